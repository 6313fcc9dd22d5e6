// A data file read into columns of text cells; columns become numbers or labels when a model asks
// for them. Errors point into the file.
//
//     Result<SourcePtr> source = open_file("yield.csv");
//     Result<Table> table = read_table(*source);
//     Result<std::vector<double>> yield = numbers(*table, *table->find("yield"));
//     Result<Factor> plot = labels(*table, *table->find("plot"));
//
// A table knows its text, which need not be in memory, and where some of its rows begin
// (row_marks): 0.5 bytes for a row, however many columns. Cells are found again in the text when
// they are asked for, all the columns that a model uses in one pass over it (read_columns). Several
// threads share both passes, in parts; what they find does not depend on their number. Where the
// text is stored and has changed, what goes back to it throws LostText; what gives a Result does
// not.
//
// The parts are in runtime/table/: a file becomes a text (open_file), is refused unless it is plain
// text (plain_text), its separator is found (separator), its rows are checked (survey, read_table);
// rows are cut into cells (row_scanner), and cells become numbers (numbers) or levels (labels).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/diagnostic.h"

namespace lmmdsl {

struct ReadOptions {
  char separator = 0;  ///< 0: found from the header line; ' ' means any run of blanks
  int threads = 0;     ///< 0: as many as the machine can run at a time
  std::size_t part = std::size_t{1} << 18;  ///< bytes of text that make a part of the work
};

/// One cell: a place in the source, and whether it was quoted.
struct Cell {
  Span span;  ///< the text without quotes
  bool quoted = false;
  bool escaped = false;  ///< holds doubled quotes that must be undone
};

class Table;

/// A table of groups, schools say, looked up for each row of another table by a key: its school.
struct Join {
  std::shared_ptr<const Table> groups;
  std::size_t key = 0;               ///< the column of the other table that says which group
  std::vector<std::int32_t> row_of;  ///< for each row of the other table; -1 where the key is NA
};

struct JoinedColumn {
  std::shared_ptr<const Join> join;
  std::size_t column = 0;  ///< of the table of groups
};

/// Where a row of a table begins in its text.
struct RowMark {
  std::uint32_t row = 0;
  std::uint32_t offset = 0;
};

/// Where the text of a cell stands.
struct Origin {
  const Table* table = nullptr;
  std::size_t row = 0, column = 0;
};

/// The rectangular text table of a data file, from which any later message can point to file, line
/// and column. Has at least one row and one column; headers are distinct, not empty and UTF-8. Row
/// names are not part of it. Asking for one cell takes a scan of some rows.
class Table {
 public:
  /// The text that all spans point into. Lone carriage returns have become line feeds in it.
  const SourcePtr& source() const { return source_; }
  char separator() const { return separator_; }
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return headers_.size(); }
  const std::vector<std::string>& headers() const { return headers_; }
  /// Index of the column with this header, or nothing.
  std::optional<std::size_t> find(std::string_view header) const;
  /// A column joined from a table of groups follows those of the file.
  void add(JoinedColumn column);
  /// Null for a column of the file.
  const JoinedColumn* joined(std::size_t column) const;
  /// The cell in the file that it stands in; for a joined column without a group, its key.
  Origin origin(std::size_t row, std::size_t column) const;
  /// A cell of the file, not of a joined column.
  Cell cell(std::size_t row, std::size_t column) const;
  /// What the cell says, without quotes and with escaped quotes undone.
  std::string text(std::size_t row, std::size_t column) const;
  bool is_missing(std::size_t row, std::size_t column) const;  ///< NA unquoted, or empty
  /// The line of the file (from 1) on which a row of the table begins.
  int line(std::size_t row) const;

 private:
  friend class TableReader;
  SourcePtr source_;
  char separator_ = ',';
  bool row_names_ = false;  ///< the first field of a row is its name
  bool rows_are_lines_ = true;
  bool has_quotes_ = false;
  ReadOptions options_;
  std::size_t rows_ = 0;
  std::vector<RowMark> marks_;  ///< ascending; of the first row and of some that follow
  std::vector<std::string> headers_;
  std::vector<Span> header_spans_;
  std::vector<JoinedColumn> joined_;  ///< the last columns

 public:
  /// Of the columns of the file.
  const std::vector<Span>& header_spans() const { return header_spans_; }
  /// What it takes to go through the rows (row_cursor.h, line_scanner.h).
  bool has_row_names() const { return row_names_; }
  /// Each, and a cell in quotes is one by QuoteCheck; and whether there are any then.
  bool rows_are_lines() const { return rows_are_lines_; }
  bool has_quotes() const { return has_quotes_; }
  const std::vector<RowMark>& row_marks() const { return marks_; }
  const ReadOptions& options() const { return options_; }
};

/// Reads files separated by blanks (as R's read.table), commas, tabs and semicolons. A column of
/// row names is left out: its header is empty or, among blanks, the header is one name shorter than
/// the rows. Errors: whatever keeps the file from being a rectangular table. Warnings may come with
/// the table.
Result<Table> read_table(SourcePtr source, const ReadOptions& options = {});

/// A column as numbers: NaN where missing. In a semicolon file a decimal comma is accepted. Errors:
/// text that is not a number (with line, column name and the text), "inf", "nan", hexadecimal, and
/// numbers beyond the range of double precision; the first 20, and how many more there are.
Result<std::vector<double>> numbers(const Table& table, std::size_t column);

/// A column as labels of a factor.
struct Factor {
  std::vector<std::string>
      levels;  ///< numerically ordered when all are numbers, else natural order
  std::vector<std::int32_t> codes;  ///< one for each row, from 0; -1 where missing
};

/// Labels that are all numbers are compared by value and shown in shortest form ("1.00" is "1"),
/// except that labels with leading zeros make the column text. Natural order: plot2 before plot10.
/// Errors: labels that are not UTF-8.
Result<Factor> labels(const Table& table, std::size_t column);

/// A column as it is asked for and as it is read.
struct ColumnRequest {
  std::size_t column = 0;
  bool labels = false;  ///< else numbers
};
struct ColumnContent {
  std::vector<double> numbers;
  Factor labels;
  Diagnostics diagnostics;  ///< with an error among them there is neither
};

/// Several columns as numbers() and labels() give them, in one pass over the text. Throws LostText
/// where that is stored and has changed.
std::vector<ColumnContent> read_columns(const Table& table,
                                        const std::vector<ColumnRequest>& requests);

/// One label in the form it has as a level when all levels are numbers: "1.00" gives "1". Other
/// labels, and those with leading zeros, as they are.
std::string normalised_label(std::string_view label);

/// "plot2" < "plot10"; ties by bytes. A strict weak order.
bool natural_less(std::string_view a, std::string_view b);

/// Reads a whole file, or standard input for "-". Errors: the system's reason
/// (ExitCode::input_output); a file too large, 4 GiB, or 1 GiB if it is not a regular file
/// (ExitCode::limit).
Result<SourcePtr> read_file(const std::string& path);

/// The same for a table. A regular file of more than `most_in_memory` bytes, but for standard
/// input, is only opened: its pieces are read when they are needed (Source::is_stored), and cannot
/// be once another program has written to it.
Result<SourcePtr> open_file(const std::string& path,
                            std::size_t most_in_memory = std::size_t{1} << 24);

}  // namespace lmmdsl
