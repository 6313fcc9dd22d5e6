// Lines of a text and places in them.
#include "grammar/source.h"

#include <algorithm>
#include <utility>

namespace lmmdsl {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

Source::Source(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {}

Source::Source(std::string name, std::unique_ptr<const StoredText> stored)
    : name_(std::move(name)), stored_(std::move(stored)) {}

const std::string& Source::text() const {
  if (stored_) {
    const std::lock_guard lock(reading_);
    if (text_.empty()) {
      std::string text(stored_->size(), '\0');
      stored_->read(0, text.size(), text.data());
      text_ = std::move(text);
    }
  }
  return text_;
}

std::string_view Source::piece(std::size_t begin, std::size_t end,
                               std::vector<char>& buffer) const {
  if (!stored_) return std::string_view(text_).substr(begin, end - begin);
  {
    const std::lock_guard lock(reading_);
    if (!text_.empty()) return std::string_view(text_).substr(begin, end - begin);
  }
  if (buffer.size() < end - begin) buffer = std::vector<char>(end - begin);
  stored_->read(begin, end - begin, buffer.data());
  return {buffer.data(), end - begin};
}

const std::vector<std::uint32_t>& Source::line_begins() const {
  std::call_once(lines_found_, [this] {
    const std::string& text = this->text();
    // A byte order mark is no character of the first line: editors do not show it.
    line_begins_.push_back(std::string_view(text).starts_with(kByteOrderMark) ? 3 : 0);
    for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) {
      line_begins_.push_back(static_cast<std::uint32_t>(at + 1));
    }
  });
  return line_begins_;
}

Position Source::position(std::uint32_t offset) const {
  const std::string& text = this->text();
  offset = std::min(offset, static_cast<std::uint32_t>(text.size()));
  const std::vector<std::uint32_t>& begins = line_begins();
  auto next = std::upper_bound(begins.begin(), begins.end(), offset);
  int number = std::max(1, static_cast<int>(next - begins.begin()));
  std::uint32_t begin = std::min(begins[number - 1], offset);
  auto before = text.begin() + begin;
  auto characters = std::count_if(before, text.begin() + offset, begins_character);
  return {number, static_cast<int>(characters) + 1};
}

std::string_view Source::line(int number) const {
  const std::string_view text = this->text();
  std::size_t begin = line_begin(number);
  std::size_t end = text.find('\n', begin);
  if (end == text.npos) end = text.size();
  if (end > begin && text[end - 1] == '\r') --end;
  return text.substr(begin, end - begin);
}

std::uint32_t Source::line_begin(int number) const {
  const std::vector<std::uint32_t>& begins = line_begins();
  if (number < 1) return begins.front();
  if (number > static_cast<int>(begins.size())) {
    return static_cast<std::uint32_t>(size());
  }
  return begins[number - 1];
}

std::string_view Source::slice(Span span) const {
  const std::string_view text = this->text();
  std::size_t begin = std::min<std::size_t>(span.begin, text.size());
  std::size_t end = std::clamp<std::size_t>(span.end, begin, text.size());
  return text.substr(begin, end - begin);
}

}  // namespace lmmdsl
