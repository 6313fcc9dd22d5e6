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

/// Where a row from `row` on begins: the first that is marked; the end of the text after the last.
std::size_t begin_of_row_after(const Table& table, std::size_t row);

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
