// Whether cells in quotes can be found by the bytes beside them: each quote stands at the beginning
// or at the end of a cell, and no cell in quotes holds a separator, a line end or a quote. Programs
// that put all texts in quotes write most files so. Cells of other kinds are found by RowScanner.
#pragma once

#include <cstdint>

namespace lmmdsl {

class QuoteCheck {
 public:
  /// The next 64 bytes: where quotes are, and where a cell ends, by a separator or a line end.
  /// `next` says so of the byte after them.
  bool operator()(std::uint64_t quotes, std::uint64_t ends, bool next) {
    const std::uint64_t first = ends << 1 | before_, last = ends >> 1 | std::uint64_t{next} << 63;
    // A quote is the first of a cell or the last, not both and not neither.
    const bool in_place = (quotes & ~(first ^ last)) == 0;
    // Bit i of the exclusive or of all bits up to i: whether a quote is open after that byte.
    std::uint64_t open = quotes;
    for (int step = 1; step < 64; step *= 2) open ^= open << step;
    open ^= open_;
    before_ = ends >> 63;
    open_ = open >> 63 != 0 ? ~std::uint64_t{0} : 0;
    return in_place && (open & ends) == 0;
  }
  /// Whether a quote is open at the end of what was looked at.
  bool is_open() const { return open_ != 0; }
  /// Whether nothing need be looked at where there are no quotes.
  void skip(std::uint64_t ends) { before_ = ends >> 63; }

 private:
  std::uint64_t before_ = 1;  ///< whether the byte before ends a cell
  std::uint64_t open_ = 0;    ///< all bits: a quote is open
};

}  // namespace lmmdsl
