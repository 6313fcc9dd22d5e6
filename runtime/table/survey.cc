#include "runtime/table/survey.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <string_view>

#include "runtime/parts.h"
#include "runtime/table/plain_text.h"
#include "runtime/table/quote_check.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {
namespace {

/// Whether a line that begins with a character is a row like any other where it has the separators
/// of one: no comment, nothing before the first cell, and not empty cells alone.
bool begins_row(std::string_view text, std::size_t begin, char separator) {
  std::size_t at = begin;
  while (at < text.size() && (text[at] == separator || text[at] == '"')) ++at;
  if (at == text.size()) return false;
  const char c = text[at];
  return c != ' ' && c != '\t' && c != '\r' && c != '\n' && (c != '#' || at > begin);
}

/// Counts the rows of a part by the line ends and separators in its text. False where a line is not
/// a row with all fields, or quotes are not as QuoteCheck has them: the part is then looked at row
/// by row.
bool count_lines(SurveyedPart& part, std::string_view text, char separator, std::size_t fields) {
  if (separator == kBlanks || fields < 2) return false;
  std::size_t line = 0, separators = 0;
  const auto end_line = [&](std::size_t next) {
    if (separators + 1 != fields || !begins_row(text, line, separator)) return false;
    if (part.rows % kRowsToAMark == 0)
      part.marks.push_back(
          {static_cast<std::uint32_t>(part.rows), part.begin + static_cast<std::uint32_t>(line)});
    ++part.rows;
    line = next;
    separators = 0;
    return true;
  };
  QuoteCheck simple;
  for (std::size_t at = 0; at < text.size(); at += kByteBlock) {
    std::uint64_t ends = 0, quotes = 0, returns = 0;
    std::uint64_t between = find_in_block(text, at, [&](const char* block) {
      ends = equal_bytes(block, '\n');
      quotes = equal_bytes(block, '"');
      if (quotes != 0) returns = equal_bytes(block, '\r');  // which a line feed follows
      return equal_bytes(block, separator);
    });
    const std::size_t size = text.size() - at;
    if (size < kByteBlock) ends &= (std::uint64_t{1} << size) - 1;
    if (quotes != 0 || simple.is_open()) {
      std::uint64_t of_cells = between | ends | returns;
      if (size < kByteBlock) of_cells |= std::uint64_t{1} << size;
      const char next = size > kByteBlock ? text[at + kByteBlock] : '\n';
      if (!simple(quotes, of_cells, next == separator || next == '\n' || next == '\r'))
        return false;
      part.quotes = true;
    } else {
      simple.skip(between | ends);
    }
    for (; ends != 0; ends &= ends - 1) {
      const std::uint64_t before = (ends & -ends) - 1;
      separators += count_bits(between & before);
      between &= ~before;
      if (!end_line(at + static_cast<std::size_t>(std::countr_zero(ends)) + 1)) return false;
    }
    separators += count_bits(between);
  }
  if (line < text.size() && !end_line(text.size())) return false;
  if (simple.is_open()) return false;
  part.end = part.until;
  return part.plain = part.lines = true;
}

/// `text` begins at `base`, with the part or before it, and ends with the part or after it.
void look_at(SurveyedPart& part, std::string_view text, std::uint32_t base, char separator,
             std::size_t fields) {
  const std::size_t begin = part.begin - base, until = part.until - base;
  if (count_lines(part, text.substr(begin, until - begin), separator, fields)) return;
  part.quotes = false;
  part.rows = 0;
  part.marks.clear();
  // From the middle of a cell a quote may seem to open and never to close: no part looks further
  // than twice its length.
  const std::string_view seen = text.substr(0, until + std::min(until - begin, text.size()));
  RowScanner scanner(seen, static_cast<std::uint32_t>(begin), separator);
  std::vector<Cell> cells;
  part.end = part.until;
  while (scanner.offset() < until && scanner.next(cells)) {
    if (scanner.row().begin >= until) break;
    if (scanner.fault() || scanner.cut() || cells.size() != fields ||
        only_separators(cells, separator))
      return;
    if (part.rows % kRowsToAMark == 0)
      part.marks.push_back({static_cast<std::uint32_t>(part.rows), base + scanner.row().begin});
    ++part.rows;
    part.end = std::max(part.until, base + scanner.offset());
  }
  part.plain = part.end < base + seen.size() || seen.size() == text.size();
}

/// Where the line that `at` stands in ends, with its line end.
std::size_t after_line(const Source& source, std::size_t at) {
  constexpr std::size_t kPiece = 1 << 12;
  std::vector<char> buffer;
  while (at < source.size()) {
    const std::string_view piece = source.piece(at, std::min(at + kPiece, source.size()), buffer);
    const std::size_t found = piece.find('\n');
    if (found != piece.npos) return at + found + 1;
    at += piece.size();
  }
  return source.size();
}

/// The text from `begin` on in parts that end with a line.
std::vector<SurveyedPart> cut(const Source& source, std::size_t begin, std::size_t size) {
  std::vector<SurveyedPart> parts;
  for (std::size_t at = begin; at < source.size();) {
    const std::size_t least = std::min(at + std::max<std::size_t>(size, 1), source.size());
    SurveyedPart& part = parts.emplace_back();
    part.begin = static_cast<std::uint32_t>(at);
    at = after_line(source, least - 1);
    part.until = static_cast<std::uint32_t>(at);
  }
  return parts;
}

}  // namespace

std::vector<SurveyedPart> survey(const Source& source, std::uint32_t begin, char separator,
                                 std::size_t fields, const ReadOptions& options) {
  const std::string_view text = source.text();
  std::vector<SurveyedPart> parts = cut(source, begin, options.part);
  for_each_part(parts.size(), options.threads,
                [&](std::size_t i) { look_at(parts[i], text, 0, separator, fields); });
  return parts;
}

std::optional<std::vector<SurveyedPart>> survey_pieces(const Source& source, std::uint32_t begin,
                                                       char separator, std::size_t fields,
                                                       const ReadOptions& options) {
  std::vector<SurveyedPart> parts = cut(source, begin, options.part);
  std::vector<std::vector<char>> buffers(static_cast<std::size_t>(thread_count(options.threads)));
  std::atomic<bool> as_hoped = true;
  for_each_part(parts.size(), options.threads, [&](std::size_t i, std::size_t thread) {
    if (!as_hoped) return;
    SurveyedPart& part = parts[i];
    const std::string_view text = source.piece(part.begin, part.until, buffers[thread]);
    if (is_plain(text)) look_at(part, text, part.begin, separator, fields);
    if (!part.plain) as_hoped = false;
  });
  if (!as_hoped) return std::nullopt;
  return parts;
}

}  // namespace lmmdsl
