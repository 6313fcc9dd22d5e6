#include "runtime/table/row_scanner.h"

#include <algorithm>

namespace lmmdsl {
namespace {

std::uint32_t offset32(std::size_t offset) { return static_cast<std::uint32_t>(offset); }

Span span_of(std::size_t begin, std::size_t end) { return {offset32(begin), offset32(end)}; }

}  // namespace

bool RowScanner::next(std::vector<Cell>& cells) {
  cells.clear();
  fault_.reset();
  cut_.reset();
  if (!skip_to_row()) return false;
  const std::size_t begin = at_;
  if (separator_ == kBlanks) {
    blank_row(cells);
  } else {
    separated_row(cells);
  }
  std::size_t end = at_;
  while (end > begin && is_blank(text_[end - 1])) --end;
  row_ = span_of(begin, end);
  skip_line();
  return true;
}

void RowScanner::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

void RowScanner::skip_line() {
  while (!at_line_end()) ++at_;
  end_line();
}

void RowScanner::end_line() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
}

bool RowScanner::skip_to_row() {
  while (at_ < text_.size()) {
    skip_blanks();
    if (at_line_end()) {
      end_line();
    } else if (text_[at_] == '#') {
      skip_line();
    } else {
      return true;
    }
  }
  return false;
}

void RowScanner::separated_row(std::vector<Cell>& cells) {
  for (;;) {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '"') {
      const std::size_t opened = at_;
      cells.push_back(quoted_cell(/*many_lines=*/true, /*backslash=*/false));
      skip_blanks();
      const std::size_t after = at_;
      at_ = field_end_(at_);
      if (at_ > after) report(QuoteFault::Kind::text_after, after, at_, opened);
    } else {
      const std::size_t begin = at_;
      at_ = field_end_(at_);
      std::size_t end = at_;
      while (end > begin && is_blank(text_[end - 1])) --end;
      cells.push_back({span_of(begin, end)});
    }
    if (at_line_end()) return;
    ++at_;
  }
}

void RowScanner::blank_row(std::vector<Cell>& cells) {
  for (;;) {
    skip_blanks();
    if (at_line_end() || text_[at_] == '#') return;
    const std::size_t begin = at_;
    if (text_[at_] == '"' || text_[at_] == '\'') {
      cells.push_back(quoted_cell(/*many_lines=*/false, /*backslash=*/true));
      const std::size_t after = at_;
      at_ = word_end_(at_);
      if (at_ > after) report(QuoteFault::Kind::text_after, after, at_, begin);
    } else {
      at_ = word_end_(at_);
      cells.push_back({span_of(begin, at_)});
      if (at_ < text_.size() && text_[at_] == '#') cut_ = span_of(begin, at_ + 1);
    }
  }
}

Cell RowScanner::quoted_cell(bool many_lines, bool backslash) {
  const std::size_t opened = at_;
  const char quote = text_[at_++];
  Cell cell;
  cell.quoted = true;
  const auto followed_by_quote = [&] { return at_ + 1 < text_.size() && text_[at_ + 1] == quote; };
  std::size_t line_end = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if ((c == quote || (backslash && c == '\\')) && followed_by_quote()) {
      cell.escaped = true;
      at_ += 2;
    } else if (c == quote) {
      cell.span = span_of(opened + 1, at_);
      ++at_;
      return cell;
    } else if (c == '\n' || c == '\r') {
      if (line_end == 0) line_end = at_;
      if (!many_lines) break;
      ++at_;
    } else {
      ++at_;
    }
  }
  if (line_end == 0) line_end = at_;
  report(QuoteFault::Kind::unclosed, opened, line_end, opened);
  cell.span = span_of(opened + 1, at_);
  return cell;
}

void RowScanner::report(QuoteFault::Kind kind, std::size_t begin, std::size_t end,
                        std::size_t opened) {
  if (!fault_) fault_ = QuoteFault{kind, span_of(begin, end), offset32(opened)};
}

bool only_separators(const std::vector<Cell>& cells, char separator) {
  return separator != kBlanks && cells.size() > 1 &&
         std::all_of(cells.begin(), cells.end(),
                     [](const Cell& cell) { return cell.span.begin == cell.span.end; });
}

std::string cell_text(std::string_view source, const Cell& cell, char separator) {
  const std::string_view inner = source.substr(cell.span.begin, cell.span.end - cell.span.begin);
  if (!cell.escaped) return std::string(inner);
  const char quote = source[cell.span.begin - 1];
  std::string result;
  result.reserve(inner.size());
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const bool escapes = inner[i] == quote || (separator == kBlanks && inner[i] == '\\');
    if (escapes && i + 1 < inner.size() && inner[i + 1] == quote) ++i;
    result += inner[i];
  }
  return result;
}

}  // namespace lmmdsl
