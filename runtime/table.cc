#include "runtime/table.h"

#include <algorithm>

#include "runtime/table/row_scanner.h"

namespace lmmdsl {

std::optional<std::size_t> Table::find(std::string_view header) const {
  const auto found = std::find(headers_.begin(), headers_.end(), header);
  if (found == headers_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - headers_.begin());
}

std::string Table::text(std::size_t row, std::size_t column) const {
  return cell_text(source_->text(), cell(row, column), separator_);
}

bool Table::is_missing(std::size_t row, std::size_t column) const {
  const Cell& cell = this->cell(row, column);
  if (cell.span.begin == cell.span.end) return true;
  return !cell.quoted && source_->slice(cell.span) == "NA";
}

int Table::line(std::size_t row) const {
  return source_->position(cells_.front()[row].span.begin).line;
}

}  // namespace lmmdsl
