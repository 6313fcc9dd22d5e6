// One column of a table while its cells become numbers or labels. Threads share the rows in parts;
// a part is read by one thread, in order.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/table.h"
#include "runtime/table/row_scanner.h"

namespace lmmdsl {

class ColumnReader {
 public:
  ColumnReader() = default;
  virtual ~ColumnReader() = default;
  ColumnReader(const ColumnReader&) = delete;
  ColumnReader& operator=(const ColumnReader&) = delete;

  /// The cells of the row `first` and those that follow, which stand in `text`. Parts may be added
  /// to at the same time.
  virtual void add(std::size_t part, std::size_t first, std::string_view text,
                   const std::vector<Cell>& cells) = 0;
  /// After all rows: the same however they were shared.
  virtual ColumnContent finish() = 0;
};

std::unique_ptr<ColumnReader> numbers_reader(const Table& table, std::size_t column,
                                             std::size_t parts);
std::unique_ptr<ColumnReader> labels_reader(const Table& table, std::size_t column,
                                            std::size_t parts);

}  // namespace lmmdsl
