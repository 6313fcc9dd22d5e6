// Cuts the text of a table into cells where each row is a line (Table::rows_are_lines): what
// RowScanner finds, in less time.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/table.h"
#include "runtime/table/find_byte.h"

namespace lmmdsl {

/// Without `Quotes` no cell is quoted.
template <bool Quotes>
class LineScanner {
 public:
  /// From the line on that begins at `begin`. The text must outlive the scanner.
  LineScanner(std::string_view text, std::size_t begin, char separator)
      : text_(text), separator_(separator), at_(begin) {
    look(begin);
  }

  /// The next `count` lines, each of fields.size() cells: those of a field go where it says, one
  /// after the other; nowhere if it says null.
  void next(std::size_t count, const std::vector<Cell*>& fields) {
    for (std::size_t i = 0; i < count; ++i) {
      for (Cell* cells : fields) {
        const std::size_t end = find_end();
        if (cells) cells[i] = cell(at_, end);
        at_ = std::min(end + 1, text_.size());
      }
    }
  }

 private:
  void look(std::size_t at) {
    block_ = at;
    found_ = find_in_block(text_, at, [this](const char* block) {
      return equal_bytes(block, separator_) | equal_bytes(block, '\n');
    });
  }

  std::size_t find_end() {
    while (found_ == 0) {
      if (text_.size() - block_ <= kByteBlock) return text_.size();
      look(block_ + kByteBlock);
    }
    const std::size_t end = block_ + static_cast<std::size_t>(std::countr_zero(found_));
    found_ &= found_ - 1;
    return end;
  }

  bool is_blank(char c) const { return c == ' ' || c == '\r' || (c == '\t' && separator_ != '\t'); }

  Cell cell(std::size_t begin, std::size_t end) const {
    while (begin < end && is_blank(text_[begin])) ++begin;
    while (end > begin && is_blank(text_[end - 1])) --end;
    const bool quoted = Quotes && begin < end && text_[begin] == '"';
    if (quoted) ++begin, --end;
    return {{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}, quoted};
  }

  std::string_view text_;
  char separator_;
  std::size_t at_;           ///< where the next cell begins
  std::size_t block_ = 0;    ///< of kByteBlock bytes
  std::uint64_t found_ = 0;  ///< the ends of cells in it that are yet to come
};

}  // namespace lmmdsl
