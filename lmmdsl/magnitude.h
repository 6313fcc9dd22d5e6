// How large numbers of data may be so that sums of their squares, and of those of their
// differences, are doubles.
#pragma once

namespace lmmdsl {

inline constexpr double kLargestToSquare = 1e150;
inline constexpr double kSmallestToSquare = 1e-150;

}  // namespace lmmdsl
