// Cuts the text of a data file into rows of cells, in one pass.
//
// Two dialects. Separated by a character (comma, tab, semicolon): blanks around a cell are not part
// of it, a cell may be empty, "quotes" may hold separators, line breaks and doubled quotes, and `#`
// begins a comment at the start of a line only. Separated by blanks, as R's read.table: any run of
// blanks separates, 'single' quotes serve too, a quote in quotes may also be written \", quotes end
// on their line, and `#` outside of quotes begins a comment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/table.h"
#include "runtime/table/find_byte.h"

namespace lmmdsl {

inline constexpr char kBlanks = ' ';  ///< the separator that stands for any run of blanks

/// A quoted cell that does not end as it should.
struct QuoteFault {
  enum class Kind { unclosed, text_after };
  Kind kind;
  Span span;             ///< from the quote to the end of its line, or the text after the quote
  std::uint32_t opened;  ///< where the opening quote stands
};

class RowScanner {
 public:
  /// Scans `text` from the offset `begin` on. The text must outlive the scanner.
  RowScanner(std::string_view text, std::uint32_t begin, char separator)
      : text_(text),
        at_(begin),
        separator_(separator),
        field_end_(text, {separator, '\n', '\r'}),
        word_end_(text, {' ', '\t', '\n', '\r', '#'}) {}

  /// Reads the next row that is neither blank nor a comment; false at the end of the text.
  bool next(std::vector<Cell>& cells);

  /// Of the row read last: where it stands, without its line end and comment.
  Span row() const { return row_; }
  /// Of the row read last: its first fault. After one the cells are not to be trusted.
  const std::optional<QuoteFault>& fault() const { return fault_; }
  /// Of the row read last: a `#` directly after a character of a cell cut that cell short.
  const std::optional<Span>& cut() const { return cut_; }
  /// Offset of the next byte to be read.
  std::uint32_t offset() const { return static_cast<std::uint32_t>(at_); }

 private:
  bool at_line_end() const {
    return at_ == text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
  }
  bool is_blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  void skip_blanks();
  void skip_line();
  void end_line();
  bool skip_to_row();
  void separated_row(std::vector<Cell>& cells);
  void blank_row(std::vector<Cell>& cells);
  Cell quoted_cell(bool many_lines, bool backslash);
  void report(QuoteFault::Kind kind, std::size_t begin, std::size_t end, std::size_t opened);

  std::string_view text_;
  std::size_t at_;
  char separator_;
  ByteFinder<3> field_end_;  ///< of a cell without quotes, by either dialect
  ByteFinder<5> word_end_;
  Span row_;
  std::optional<QuoteFault> fault_;
  std::optional<Span> cut_;
};

/// A row of separators and nothing else, as spreadsheets end a table.
bool only_separators(const std::vector<Cell>& cells, char separator);

/// NA unquoted, or empty.
inline bool is_missing(std::string_view source, const Cell& cell) {
  const std::uint32_t size = cell.span.end - cell.span.begin;
  return size == 0 || (size == 2 && !cell.quoted && source.compare(cell.span.begin, 2, "NA") == 0);
}

/// What a cell says: its text with escaped quotes undone.
std::string cell_text(std::string_view source, const Cell& cell, char separator);

}  // namespace lmmdsl
