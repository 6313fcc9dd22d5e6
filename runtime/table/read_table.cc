// From rows of cells to a table: the header, the row names, and that every row has a field for each
// column.
//
// Row names, as R writes them, are no data and are left out. Before them the header line has an
// empty name or, among blanks, no name at all. In the latter case they must be distinct, as in R,
// or else the header has rather lost a name and every column would be taken for its neighbour.
//
// Parts of the text in which all rows are as they should be are only counted (survey.h). The others
// are read row by row here, which is where the messages come from. Of a stored text the parts are
// read one by one, as long as there is nothing to tell; else it is read as a whole.

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "runtime/table.h"
#include "runtime/table/dictionary.h"
#include "runtime/table/error_list.h"
#include "runtime/table/header_errors.h"
#include "runtime/table/number_text.h"
#include "runtime/table/plain_text.h"
#include "runtime/table/row_cursor.h"
#include "runtime/table/row_errors.h"
#include "runtime/table/row_scanner.h"
#include "runtime/table/separator.h"
#include "runtime/table/survey.h"

namespace lmmdsl {

class TableReader {
 public:
  /// The text is all of the source, or its front.
  TableReader(SourcePtr source, std::string_view text, const ReadOptions& options) : text_(text) {
    table_.source_ = std::move(source);
    table_.options_ = options;
    layout_.separator = options.separator;
    layout_.separator_given = options.separator != 0;
  }

  Result<Table> read() {
    if (!find_header() || !read_header() || !read_rows()) return std::move(diagnostics_);
    take_layout();
    if (row_names_guessed_ && !check_row_names()) return std::move(diagnostics_);
    return {std::move(table_), std::move(diagnostics_)};
  }

  /// Piece by piece, given the front of the text, if the header ends in it, the pieces end where
  /// rows do, and there is nothing to tell.
  std::optional<Table> read_pieces();

 private:
  const SourcePtr& source() const { return table_.source_; }
  std::string_view text() const { return text_; }

  bool fail(Diagnostic diagnostic) {
    diagnostics_.push_back(std::move(diagnostic));
    return false;
  }
  void append(Diagnostics more) {
    for (Diagnostic& diagnostic : more) diagnostics_.push_back(std::move(diagnostic));
  }

  // The steps of read(). Each is false if there is no table because of what it found.
  bool find_header();
  bool read_header();
  bool read_rows();
  bool check_row_names();

  bool has_row_names(RowScanner scanner) const;
  void take_layout();
  void take(const SurveyedPart& part);
  void read_slowly(RowScanner& scanner, std::uint32_t until);
  void warn_of_cut(const RowScanner& scanner);

  std::string_view text_;
  Table table_;
  RowLayout layout_;
  Diagnostics diagnostics_;
  std::uint32_t header_at_ = 0;  ///< the first line that is neither blank nor a comment
  std::uint32_t rows_at_ = 0;    ///< after the header line
  Span header_line_;
  bool row_names_guessed_ = false;  ///< from the number of fields, not from an empty first name
  bool warned_of_cut_ = false;

  std::size_t rows_ = 0;  ///< also those that have errors
  std::size_t empty_rows_ = 0;
  Span first_empty_;
  ErrorList quote_errors_, count_errors_;
  std::size_t first_count_ = 0;  ///< fields of the first row
  bool one_count_ = true;        ///< so far all rows have as many
};

bool TableReader::find_header() {
  constexpr const char* kHint = "a data file begins with a line of column names";
  const std::uint32_t begin = after_byte_order_mark(text());
  if (begin == text().size()) {
    return fail(located_error(source(), {begin, begin}, "the data file is empty", "", kHint));
  }
  // Comments and blank lines are alike in all dialects, so any separator finds the header.
  RowScanner scanner(text(), begin, ',');
  std::vector<Cell> cells;
  if (!scanner.next(cells)) {
    return fail(located_error(source(), {begin, begin},
                              "the data file holds nothing but comments and blank lines", "",
                              kHint));
  }
  header_at_ = scanner.row().begin;
  if (auto model = looks_like_model(source(), text(), header_at_)) return fail(std::move(*model));
  // A blank at the front is nothing, but a tab there is an empty first name.
  while (header_at_ > begin && text()[header_at_ - 1] == '\t') --header_at_;
  if (!layout_.separator_given) layout_.separator = find_separator(text().substr(header_at_));
  return true;
}

bool TableReader::read_header() {
  RowScanner scanner(text(), header_at_, layout_.separator);
  std::vector<Cell> cells;
  scanner.next(cells);
  header_line_ = scanner.row();
  rows_at_ = scanner.offset();
  if (scanner.fault()) return fail(quote_error(source(), *scanner.fault(), layout_.separator));
  warn_of_cut(scanner);
  if (cells.size() > 1 && is_empty(cells.front())) {
    layout_.row_names = true;
    cells.erase(cells.begin());
  }
  for (const Cell& cell : cells) {
    layout_.headers.push_back(cell_text(text(), cell, layout_.separator));
    table_.header_spans_.push_back(with_quotes(cell));
  }
  const bool only_numbers = std::all_of(cells.begin(), cells.end(), [&](const Cell& cell) {
    return !cell.quoted &&
           parse_number(cell_text(text(), cell, layout_.separator), layout_.separator).ok();
  });
  if (only_numbers) return fail(no_header_error(source(), header_line_));
  append(header_errors(source(), layout_.headers, table_.header_spans_));
  if (has_error(diagnostics_)) return false;
  row_names_guessed_ = !layout_.row_names && has_row_names(scanner);
  layout_.row_names = layout_.row_names || row_names_guessed_;
  return true;
}

/// Whether most of the first rows have one field more than the header. Among commas, tabs and
/// semicolons an empty first name must say so: a field too many is likelier there.
bool TableReader::has_row_names(RowScanner scanner) const {
  if (layout_.separator != kBlanks) return false;
  constexpr int kRows = 5;  // as many as R looks at
  std::vector<Cell> cells;
  int rows = 0, longer = 0;
  while (rows < kRows && scanner.next(cells)) {
    ++rows;
    longer += cells.size() == layout_.headers.size() + 1;
  }
  return 2 * longer > rows;
}

bool TableReader::read_rows() {
  std::uint32_t at = rows_at_;
  for (const SurveyedPart& part :
       survey(*source(), rows_at_, layout_.separator, layout_.fields(), table_.options_)) {
    const bool plain = part.plain && part.begin == at;
    table_.rows_are_lines_ = table_.rows_are_lines_ && plain && part.lines;
    table_.has_quotes_ = table_.has_quotes_ || part.quotes;
    if (plain) {
      take(part);
      at = part.end;
    } else {
      RowScanner scanner(text(), at, layout_.separator);
      read_slowly(scanner, part.until);
      at = std::max(at, scanner.offset());
    }
  }

  if (empty_rows_ > 0) {
    diagnostics_.push_back(empty_rows_warning(source(), first_empty_, empty_rows_));
  }
  append(quote_errors_.take("rows with faulty quotes"));
  if (count_errors_.count() > 1 && one_count_ && count_errors_.count() == rows_) {
    append(all_field_counts_error(std::move(count_errors_), layout_, rows_, first_count_));
  } else {
    append(count_errors_.take("rows with a wrong number of fields"));
  }
  std::stable_sort(
      diagnostics_.begin(), diagnostics_.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  if (has_error(diagnostics_)) return false;
  table_.rows_ = rows_;
  if (rows_ > 0) return true;
  return fail(located_error(source(), header_line_, "the data file has a header, but no rows", "",
                            "the rows of the table follow the line of column names"));
}

std::optional<Table> TableReader::read_pieces() {
  if (!find_header() || !read_header() || !diagnostics_.empty() || row_names_guessed_ ||
      rows_at_ >= text().size() || !is_plain(text().substr(0, rows_at_)))
    return std::nullopt;
  const auto parts =
      survey_pieces(*source(), rows_at_, layout_.separator, layout_.fields(), table_.options_);
  if (!parts) return std::nullopt;
  for (const SurveyedPart& part : *parts) {
    table_.rows_are_lines_ = table_.rows_are_lines_ && part.lines;
    table_.has_quotes_ = table_.has_quotes_ || part.quotes;
    take(part);
  }
  if (rows_ == 0) return std::nullopt;
  table_.rows_ = rows_;
  take_layout();
  return std::move(table_);
}

void TableReader::take_layout() {
  table_.separator_ = layout_.separator;
  table_.row_names_ = layout_.row_names;
  table_.headers_ = layout_.headers;
}

void TableReader::take(const SurveyedPart& part) {
  if (part.rows == 0) return;
  for (const RowMark& mark : part.marks) {
    table_.marks_.push_back({static_cast<std::uint32_t>(rows_ + mark.row), mark.offset});
  }
  if (rows_ == 0) first_count_ = layout_.fields();
  one_count_ = one_count_ && first_count_ == layout_.fields();
  rows_ += part.rows;
}

/// The rows that begin before `until`.
void TableReader::read_slowly(RowScanner& scanner, std::uint32_t until) {
  std::vector<Cell> cells;
  while (scanner.offset() < until && scanner.next(cells)) {
    if (only_separators(cells, layout_.separator) && !scanner.fault()) {
      if (empty_rows_++ == 0) first_empty_ = scanner.row();
      continue;
    }
    if (rows_ == 0) first_count_ = cells.size();
    one_count_ = one_count_ && cells.size() == first_count_;
    if (rows_ % kRowsToAMark == 0) {
      table_.marks_.push_back({static_cast<std::uint32_t>(rows_), scanner.row().begin});
    }
    ++rows_;
    warn_of_cut(scanner);
    if (scanner.fault()) {
      quote_errors_.add([&] { return quote_error(source(), *scanner.fault(), layout_.separator); });
    } else if (cells.size() != layout_.fields()) {
      count_errors_.add(
          [&] { return field_count_error(source(), layout_, cells, scanner.row(), rows_); });
    }
  }
}

bool TableReader::check_row_names() {
  Dictionary names;
  std::vector<Span> first;  // of each name
  RowCursor rows(table_, 0);
  std::vector<Cell> cells;
  while (rows.next(cells)) {
    const auto known = static_cast<std::size_t>(names.code(source()->slice(rows.name())));
    if (known < first.size())
      return fail(row_names_error(source(), layout_, header_line_, first[known], rows.name()));
    first.push_back(rows.name());
  }
  return true;
}

/// In R, too, a label like plot#3 becomes plot. Here one is told, once.
void TableReader::warn_of_cut(const RowScanner& scanner) {
  if (!scanner.cut() || warned_of_cut_) return;
  warned_of_cut_ = true;
  diagnostics_.push_back(cut_warning(source(), *scanner.cut()));
}

Result<Table> read_table(SourcePtr source, const ReadOptions& options) {
  constexpr std::string_view kUnusable = "\"'#\r\n";
  if (options.separator != 0 && kUnusable.find(options.separator) != kUnusable.npos) {
    return plain_error(ExitCode::command_line, "a quote, `#` or line end cannot separate fields");
  }
  if (source->size() > UINT32_MAX) {
    return plain_error(ExitCode::limit, "`" + source->name() + "` is too large: at most 4 GiB");
  }
  try {
    if (source->is_stored()) {
      constexpr std::size_t kFront = std::size_t{1} << 16;
      std::vector<char> buffer;
      const auto front = source->piece(0, std::min(kFront, source->size()), buffer);
      if (auto other = begins_otherwise(source, front)) return std::move(*other);
      if (auto table = TableReader(source, front, options).read_pieces()) return std::move(*table);
    }
    if (auto refusal = not_plain_text(source)) return std::move(*refusal);
    source = with_line_feeds(std::move(source));
    return TableReader(source, source->text(), options).read();
  } catch (const std::bad_alloc&) {
    return plain_error(ExitCode::limit, "not enough memory to hold the table",
                       "keep only the columns that the model needs");
  } catch (const LostText& lost) {
    return lost_text_error(lost);
  }
}

}  // namespace lmmdsl
