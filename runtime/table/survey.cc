#include "runtime/table/survey.h"

#include <algorithm>

#include "runtime/parts.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {
namespace {

void look_at(SurveyedPart& part, std::string_view text, char separator, std::size_t fields) {
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
