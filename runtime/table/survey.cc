#include "runtime/table/survey.h"

#include <algorithm>
#include <bit>

#include "runtime/parts.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {
namespace {

/// Whether a line that begins with a character is a row like any other where it has the separators
/// of one: no comment, nothing before the first cell, and not separators alone.
bool begins_row(std::string_view text, std::size_t begin, char separator) {
  std::size_t at = begin;
  while (at < text.size() && text[at] == separator) ++at;
  if (at == text.size()) return false;
  const char c = text[at];
  return c != ' ' && c != '\t' && c != '\r' && c != '\n' && (c != '#' || at > begin);
}

/// Counts the rows of a part in which no cell is quoted, by its line ends and separators. False
/// where a line is not a row with all fields: the part is then looked at row by row.
bool count_lines(SurveyedPart& part, std::string_view text, char separator, std::size_t fields) {
  if (separator == kBlanks || fields < 2) return false;
  const std::string_view seen = text.substr(0, part.until);
  std::size_t line = part.begin, separators = 0;
  const auto end_line = [&](std::size_t next) {
    if (separators + 1 != fields || !begins_row(seen, line, separator)) return false;
    if (part.rows % kRowsToAMark == 0)
      part.marks.push_back(
          {static_cast<std::uint32_t>(part.rows), static_cast<std::uint32_t>(line)});
    ++part.rows;
    line = next;
    separators = 0;
    return true;
  };
  for (std::size_t at = part.begin; at < part.until; at += kByteBlock) {
    std::uint64_t ends = 0, quotes = 0;
    std::uint64_t between = find_in_block(seen, at, [&](const char* block) {
      ends = equal_bytes(block, '\n');
      quotes = equal_bytes(block, '"');
      return equal_bytes(block, separator);
    });
    const std::size_t size = seen.size() - at;
    if (size < kByteBlock) ends &= (std::uint64_t{1} << size) - 1;
    if (quotes != 0) return false;
    for (; ends != 0; ends &= ends - 1) {
      const std::uint64_t before = (ends & -ends) - 1;
      separators += count_bits(between & before);
      between &= ~before;
      if (!end_line(at + static_cast<std::size_t>(std::countr_zero(ends)) + 1)) return false;
    }
    separators += count_bits(between);
  }
  if (line < part.until && !end_line(part.until)) return false;
  part.end = part.until;
  return part.plain = part.lines = true;
}

void look_at(SurveyedPart& part, std::string_view text, char separator, std::size_t fields) {
  if (count_lines(part, text, separator, fields)) return;
  part.rows = 0;
  part.marks.clear();
  // From the middle of a cell a quote may seem to open and never to close: no part looks further
  // than twice its length.
  const std::size_t length = part.until - part.begin;
  const std::string_view seen = text.substr(0, part.until + std::min(length, text.size()));
  RowScanner scanner(seen, part.begin, separator);
  std::vector<Cell> cells;
  part.end = part.until;
  while (scanner.offset() < part.until && scanner.next(cells)) {
    if (scanner.row().begin >= part.until) break;
    if (scanner.fault() || scanner.cut() || cells.size() != fields ||
        only_separators(cells, separator))
      return;
    if (part.rows % kRowsToAMark == 0)
      part.marks.push_back({static_cast<std::uint32_t>(part.rows), scanner.row().begin});
    ++part.rows;
    part.end = std::max(part.until, scanner.offset());
  }
  part.plain = part.end < seen.size() || seen.size() == text.size();
}

}  // namespace

std::vector<SurveyedPart> survey(std::string_view text, std::uint32_t begin, char separator,
                                 std::size_t fields, const ReadOptions& options) {
  std::vector<SurveyedPart> parts;
  for (std::size_t at = begin; at < text.size();) {
    const std::size_t least = std::min(at + std::max<std::size_t>(options.part, 1), text.size());
    const std::size_t line_end = text.find('\n', least - 1);
    const std::size_t until = line_end == text.npos ? text.size() : line_end + 1;
    SurveyedPart& part = parts.emplace_back();
    part.begin = static_cast<std::uint32_t>(at);
    part.until = static_cast<std::uint32_t>(until);
    at = until;
  }
  for_each_part(parts.size(), options.threads,
                [&](std::size_t i) { look_at(parts[i], text, separator, fields); });
  return parts;
}

}  // namespace lmmdsl
