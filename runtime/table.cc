#include "runtime/table.h"

#include <algorithm>

#include "runtime/table/row_cursor.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {

std::optional<std::size_t> Table::find(std::string_view header) const {
  const auto found = std::find(headers_.begin(), headers_.end(), header);
  if (found == headers_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - headers_.begin());
}

void Table::add(JoinedColumn column) {
  headers_.push_back(column.join->groups->headers()[column.column]);
  joined_.push_back(std::move(column));
}

const JoinedColumn* Table::joined(std::size_t column) const {
  return column < header_spans_.size() ? nullptr : &joined_[column - header_spans_.size()];
}

Origin Table::origin(std::size_t row, std::size_t column) const {
  if (column < header_spans_.size()) return {this, row, column};
  const JoinedColumn& j = joined_[column - header_spans_.size()];
  const std::int32_t group = j.join->row_of[row];
  if (group < 0) return origin(row, j.join->key);
  return {j.join->groups.get(), static_cast<std::size_t>(group), j.column};
}

Cell Table::cell(std::size_t row, std::size_t column) const {
  std::vector<Cell> cells;
  RowCursor(*this, row).next(cells);
  return cells[column];
}

std::string Table::text(std::size_t row, std::size_t column) const {
  const Origin o = origin(row, column);
  return cell_text(o.table->source_->text(), o.table->cell(o.row, o.column), o.table->separator_);
}

bool Table::is_missing(std::size_t row, std::size_t column) const {
  const Origin o = origin(row, column);
  return lmmdsl::is_missing(o.table->source_->text(), o.table->cell(o.row, o.column));
}

int Table::line(std::size_t row) const { return source_->position(cell(row, 0).span.begin).line; }

}  // namespace lmmdsl
