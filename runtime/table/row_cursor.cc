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

RowMark mark_after(const Table& table, std::size_t row, std::size_t offset) {
  const std::vector<RowMark>& marks = table.row_marks();
  const auto mark = std::partition_point(marks.begin(), marks.end(), [&](const RowMark& m) {
    return m.row <= row || m.offset < offset;
  });
  if (mark != marks.end()) return *mark;
  return {static_cast<std::uint32_t>(table.rows()),
          static_cast<std::uint32_t>(table.source()->size())};
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
