// Columns of a table, in one pass over its text.

#include <algorithm>
#include <new>
#include <optional>
#include <string_view>

#include "runtime/not_a_number.h"
#include "runtime/parts.h"
#include "runtime/table/column_reader.h"
#include "runtime/table/line_scanner.h"
#include "runtime/table/row_cursor.h"
#include "runtime/table/shown.h"

namespace lmmdsl {
namespace {

struct OwnColumn {
  std::size_t column;
  std::unique_ptr<ColumnReader> reader;
};

constexpr std::size_t kRowsOfABlock = 256;
constexpr std::size_t kPiece = std::size_t{1} << 17;  // bytes, or 16 longer rows

/// Cells by column; empty where they are not asked for.
using CellColumns = std::vector<std::vector<Cell>>;

/// Does for any rows what LineScanner does for lines.
class AnyRowScanner {
 public:
  AnyRowScanner(std::string_view text, std::uint32_t begin, char separator)
      : scanner_(text, begin, separator), separator_(separator) {}

  void next(std::size_t count, const std::vector<Cell*>& fields) {
    for (std::size_t i = 0; i < count; ++i) {
      while (scanner_.next(row_) && only_separators(row_, separator_)) {
      }
      for (std::size_t f = 0; f < fields.size(); ++f)
        if (fields[f]) fields[f][i] = row_[f];
    }
  }

 private:
  RowScanner scanner_;
  char separator_;
  std::vector<Cell> row_;
};

/// The rows from one on, piece by piece of the text.
template <class Scanner>
class RowBlocks {
 public:
  RowBlocks(const Table& table, std::size_t first)
      : table_(table), fields_(table.header_spans().size() + names()) {
    begin_piece(first);
  }

  /// How many rows, up to `most`, come next.
  std::size_t next_count(std::size_t most) {
    if (at_ == end_) begin_piece(at_);
    return std::min(most, end_ - at_);
  }

  /// So many rows, and the text that their cells stand in.
  std::string_view next(std::size_t count, CellColumns& cells) {
    for (std::size_t f = names(); f < fields_.size(); ++f)
      fields_[f] = cells[f - names()].empty() ? nullptr : cells[f - names()].data();
    scanner_->next(count, fields_);
    at_ += count;
    return text_;
  }

 private:
  void begin_piece(std::size_t row) {
    const RowMark& begin = mark_before(table_, row);
    const RowMark end = mark_after(table_, row, begin.offset + kPiece);
    at_ = row;
    end_ = end.row;
    text_ = table_.source()->piece(begin.offset, end.offset, buffer_);
    scanner_.emplace(text_, 0, table_.separator());
    std::fill(fields_.begin(), fields_.end(), nullptr);
    scanner_->next(row - begin.row, fields_);
  }

  std::size_t names() const { return table_.has_row_names() ? 1 : 0; }

  const Table& table_;
  std::vector<Cell*> fields_;
  std::size_t at_ = 0, end_ = 0;  ///< rows: the next, and after those of the piece
  std::vector<char> buffer_;
  std::string_view text_;
  std::optional<Scanner> scanner_;
};

/// The rows of a part, some at a time: then each column is a loop of its own.
template <class Scanner>
void read_part(const Table& table, std::size_t part, std::size_t first, std::size_t last,
               const std::vector<OwnColumn>& columns) {
  RowBlocks<Scanner> rows(table, first);
  CellColumns cells(table.header_spans().size());
  while (first < last) {
    const std::size_t count = rows.next_count(std::min(kRowsOfABlock, last - first));
    for (const OwnColumn& c : columns) cells[c.column].resize(count);
    const std::string_view text = rows.next(count, cells);
    for (const OwnColumn& c : columns) c.reader->add(part, first, text, cells[c.column]);
    first += count;
  }
}

/// The rows are shared equally.
std::size_t part_count(const Table& table) {
  const std::size_t by_size =
      table.source()->size() / std::max<std::size_t>(table.options().part, 1);
  const auto threads = static_cast<std::size_t>(thread_count(table.options().threads));
  return std::clamp<std::size_t>(by_size, 1, std::min(threads, table.rows()));
}

std::vector<ColumnContent> read_own(const Table& table,
                                    const std::vector<ColumnRequest>& requests) {
  const std::size_t parts = part_count(table);
  std::vector<OwnColumn> columns;
  for (const ColumnRequest& r : requests)
    columns.push_back({r.column, r.labels ? labels_reader(table, r.column, parts)
                                          : numbers_reader(table, r.column, parts)});
  for_each_part(parts, table.options().threads, [&](std::size_t i) {
    const auto read = !table.rows_are_lines() ? read_part<AnyRowScanner>
                      : table.has_quotes()    ? read_part<LineScanner<true>>
                                              : read_part<LineScanner<false>>;
    read(table, i, table.rows() * i / parts, table.rows() * (i + 1) / parts, columns);
  });
  std::vector<ColumnContent> contents;
  for (const OwnColumn& c : columns) contents.push_back(c.reader->finish());
  return contents;
}

/// What the groups have, for each row of the table that they are joined to.
ColumnContent spread(const ColumnContent& groups, const std::vector<std::int32_t>& group_of,
                     bool labels) {
  ColumnContent content;
  content.diagnostics = groups.diagnostics;
  if (has_error(content.diagnostics)) return content;
  content.labels.levels = groups.labels.levels;
  for (const std::int32_t group : group_of) {
    const auto g = static_cast<std::size_t>(group);
    if (labels) content.labels.codes.push_back(group < 0 ? -1 : groups.labels.codes[g]);
    else content.numbers.push_back(group < 0 ? kNan : groups.numbers[g]);
  }
  return content;
}

std::vector<ColumnContent> contents_of(const Table& table,
                                       const std::vector<ColumnRequest>& requests) {
  std::vector<ColumnRequest> own;
  for (const ColumnRequest& r : requests)
    if (table.joined(r.column) == nullptr) own.push_back(r);
  std::vector<ColumnContent> of_own =
      own.empty() ? std::vector<ColumnContent>() : read_own(table, own);
  std::vector<ColumnContent> contents;
  std::size_t next = 0;
  for (const ColumnRequest& r : requests) {
    if (const JoinedColumn* joined = table.joined(r.column)) {
      const auto groups = read_columns(*joined->join->groups, {{joined->column, r.labels}});
      contents.push_back(spread(groups.front(), joined->join->row_of, r.labels));
    } else {
      contents.push_back(std::move(of_own[next++]));
    }
  }
  return contents;
}

}  // namespace

std::vector<ColumnContent> read_columns(const Table& table,
                                        const std::vector<ColumnRequest>& requests) {
  try {
    return contents_of(table, requests);
  } catch (const std::bad_alloc&) {
    std::vector<ColumnContent> contents(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i)
      contents[i].diagnostics = {plain_error(
          ExitCode::limit,
          "not enough memory for column " + shown(table.headers()[requests[i].column]))};
    return contents;
  }
}

}  // namespace lmmdsl
