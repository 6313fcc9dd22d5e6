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

const std::vector<std::uint32_t>& Source::line_begins() const {
  std::call_once(lines_found_, [this] {
    // A byte order mark is no character of the first line: editors do not show it.
    line_begins_.push_back(std::string_view(text_).starts_with(kByteOrderMark) ? 3 : 0);
    for (std::size_t at = text_.find('\n'); at != std::string::npos;
         at = text_.find('\n', at + 1)) {
      line_begins_.push_back(static_cast<std::uint32_t>(at + 1));
    }
  });
  return line_begins_;
}

Position Source::position(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text_.size()));
  const std::vector<std::uint32_t>& begins = line_begins();
  auto next = std::upper_bound(begins.begin(), begins.end(), offset);
  int number = std::max(1, static_cast<int>(next - begins.begin()));
  std::uint32_t begin = std::min(begins[number - 1], offset);
  auto before = text_.begin() + begin;
  auto characters = std::count_if(before, text_.begin() + offset, begins_character);
  return {number, static_cast<int>(characters) + 1};
}

std::string_view Source::line(int number) const {
  std::size_t begin = line_begin(number);
  std::size_t end = text_.find('\n', begin);
  if (end == std::string::npos) end = text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

std::uint32_t Source::line_begin(int number) const {
  const std::vector<std::uint32_t>& begins = line_begins();
  if (number < 1) return begins.front();
  if (number > static_cast<int>(begins.size())) {
    return static_cast<std::uint32_t>(text_.size());
  }
  return begins[number - 1];
}

std::string_view Source::slice(Span span) const {
  std::size_t begin = std::min<std::size_t>(span.begin, text_.size());
  std::size_t end = std::clamp<std::size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace lmmdsl
