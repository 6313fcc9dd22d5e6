// Goes through the rows of a table that has been read, from any of them on.
//
//     RowCursor rows(table, 1000000);
//     while (rows.next(cells)) ...      // cells of row 1000000, 1000001, ...; one for each column
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/table.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {

/// The last row that is marked, up to `row`.
const RowMark& mark_before(const Table& table, std::size_t row);

/// The first row after `row` that is marked and begins at `offset` or after it; after the last row
/// the end of the text.
RowMark mark_after(const Table& table, std::size_t row, std::size_t offset);

class RowCursor {
 public:
  /// Before the row `row`.
  RowCursor(const Table& table, std::size_t row);

  /// The cells of the next row; false after the last.
  bool next(std::vector<Cell>& cells);
  /// Of the row read last: its name, where rows have one.
  Span name() const { return name_; }

 private:
  bool scan(std::vector<Cell>& cells);

  const Table& table_;
  RowScanner scanner_;
  Span name_;
};

}  // namespace lmmdsl
