// From rows of cells to a table: the header, the row names, and that every row has a field for each
// column.
//
// Row names, as R writes them, are no data and are left out. Before them the header line has an
// empty name or, among blanks, no name at all. In the latter case they must be distinct, as in R,
// or else the header has rather lost a name and every column would be taken for its neighbour.

#include <algorithm>
#include <new>
#include <unordered_map>
#include <utility>

#include "runtime/table.h"
#include "runtime/table/error_list.h"
#include "runtime/table/header_errors.h"
#include "runtime/table/number_text.h"
#include "runtime/table/plain_text.h"
#include "runtime/table/row_errors.h"
#include "runtime/table/row_scanner.h"
#include "runtime/table/separator.h"

namespace lmmdsl {

class TableReader {
 public:
  TableReader(SourcePtr source, const ReadOptions& options) {
    table_.source_ = std::move(source);
    layout_.separator = options.separator;
    layout_.separator_given = options.separator != 0;
  }

  Result<Table> read() {
    if (!find_header() || !read_header() || !read_rows() || !check_row_names()) {
      return std::move(diagnostics_);
    }
    table_.separator_ = layout_.separator;
    table_.headers_ = std::move(layout_.headers);
    return {std::move(table_), std::move(diagnostics_)};
  }

 private:
  const SourcePtr& source() const { return table_.source_; }
  std::string_view text() const { return source()->text(); }

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
  void reserve();
  void store(const std::vector<Cell>& cells);
  void warn_of_cut(const RowScanner& scanner);

  Table table_;
  RowLayout layout_;
  Diagnostics diagnostics_;
  std::uint32_t header_at_ = 0;  ///< the first line that is neither blank nor a comment
  std::uint32_t rows_at_ = 0;    ///< after the header line
  Span header_line_;
  bool row_names_guessed_ = false;  ///< from the number of fields, not from an empty first name
  std::vector<Span> row_name_spans_;
  bool warned_of_cut_ = false;
};

bool TableReader::find_header() {
  constexpr const char* kHint = "a data file begins with a line of column names";
  const std::uint32_t begin = after_byte_order_mark(*source());
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
  if (auto model = looks_like_model(source(), header_at_)) return fail(std::move(*model));
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
    return !cell.quoted && parse_number(source()->slice(cell.span), layout_.separator).ok();
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
  reserve();
  RowScanner scanner(text(), rows_at_, layout_.separator);
  ErrorList quote_errors, count_errors;
  std::vector<Cell> cells;
  std::size_t rows = 0, empty_rows = 0, first_count = 0;
  Span first_empty;
  bool one_count = true;
  while (scanner.next(cells)) {
    const bool only_separators = layout_.separator != kBlanks && cells.size() > 1 &&
                                 std::all_of(cells.begin(), cells.end(), is_empty);
    if (only_separators && !scanner.fault()) {  // spreadsheets end a table so
      if (empty_rows++ == 0) first_empty = scanner.row();
      continue;
    }
    ++rows;
    if (rows == 1) first_count = cells.size();
    one_count = one_count && cells.size() == first_count;
    warn_of_cut(scanner);
    if (scanner.fault()) {
      quote_errors.add([&] { return quote_error(source(), *scanner.fault(), layout_.separator); });
    } else if (cells.size() != layout_.fields()) {
      count_errors.add(
          [&] { return field_count_error(source(), layout_, cells, scanner.row(), rows); });
    } else {
      store(cells);
    }
  }

  if (empty_rows > 0) {
    diagnostics_.push_back(empty_rows_warning(source(), first_empty, empty_rows));
  }
  append(quote_errors.take("rows with faulty quotes"));
  if (count_errors.count() > 1 && one_count && count_errors.count() == rows) {
    append(all_field_counts_error(std::move(count_errors), layout_, rows, first_count));
  } else {
    append(count_errors.take("rows with a wrong number of fields"));
  }
  std::stable_sort(
      diagnostics_.begin(), diagnostics_.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  if (has_error(diagnostics_)) return false;
  if (table_.rows_ > 0) return true;
  return fail(located_error(source(), header_line_, "the data file has a header, but no rows", "",
                            "the rows of the table follow the line of column names"));
}

/// Takes the memory for all cells at once: growing would take twice as much.
void TableReader::reserve() {
  const std::string_view rest = text().substr(rows_at_);
  const auto lines = static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')) + 1;
  // Each field takes a byte at least, its separator.
  const std::size_t rows = std::min(lines, rest.size() / layout_.headers.size() + 1);
  table_.cells_.resize(layout_.headers.size());
  for (auto& column : table_.cells_) column.reserve(rows);
}

void TableReader::store(const std::vector<Cell>& cells) {
  if (row_names_guessed_) row_name_spans_.push_back(cells.front().span);
  std::size_t next = layout_.row_names ? 1 : 0;
  for (auto& column : table_.cells_) column.push_back(cells[next++]);
  ++table_.rows_;
}

bool TableReader::check_row_names() {
  std::unordered_map<std::string_view, Span> seen;
  seen.reserve(row_name_spans_.size());
  for (const Span span : row_name_spans_) {
    const auto [first, is_new] = seen.emplace(source()->slice(span), span);
    if (!is_new) {
      return fail(row_names_error(source(), layout_, header_line_, first->second, span));
    }
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
  if (source->text().size() > UINT32_MAX) {
    return plain_error(ExitCode::limit, "`" + source->name() + "` is too large: at most 4 GiB");
  }
  if (auto refusal = not_plain_text(source)) return std::move(*refusal);
  try {
    return TableReader(with_line_feeds(std::move(source)), options).read();
  } catch (const std::bad_alloc&) {
    return plain_error(ExitCode::limit, "not enough memory to hold the table",
                       "keep only the columns that the model needs");
  }
}

}  // namespace lmmdsl
