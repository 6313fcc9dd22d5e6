#include "runtime/table/row_cursor.h"

#include <algorithm>

namespace lmmdsl {

const RowMark& mark_before(const Table& table, std::size_t row) {
  const std::vector<RowMark>& marks = table.row_marks();
  const auto after =
      std::upper_bound(marks.begin(), marks.end(), row,
                       [](std::size_t r, const RowMark& mark) { return r < mark.row; });
  return *(after - 1);
}

std::size_t begin_of_row_after(const Table& table, std::size_t row) {
  const std::vector<RowMark>& marks = table.row_marks();
  const auto mark = std::lower_bound(marks.begin(), marks.end(), row,
                                     [](const RowMark& m, std::size_t r) { return m.row < r; });
  return mark == marks.end() ? table.source()->size() : mark->offset;
}

RowCursor::RowCursor(const Table& table, std::size_t row)
    : table_(table),
      scanner_(table.source()->text(), mark_before(table, row).offset, table.separator()) {
  std::vector<Cell> passed;
  for (std::size_t at = mark_before(table, row).row; at < row; ++at) scan(passed);
}

bool RowCursor::scan(std::vector<Cell>& cells) {
  while (scanner_.next(cells))
    if (!only_separators(cells, table_.separator())) return true;
  return false;
}

bool RowCursor::next(std::vector<Cell>& cells) {
  if (!scan(cells)) return false;
  if (table_.has_row_names()) {
    name_ = cells.front().span;
    cells.erase(cells.begin());
  }
  return true;
}

}  // namespace lmmdsl
