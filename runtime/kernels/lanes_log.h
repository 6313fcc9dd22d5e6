// Logarithms, the same to the last bit on all instruction sets.
#pragma once

#include "runtime/kernels/lanes_blocks.h"

namespace lmmdsl {
namespace {

/// x = m 2^e with m in [1/sqrt 2, sqrt 2), and with s = (m - 1) / (m + 1)
///
///     log m = 2 artanh s = 2 s (1 + s^2 / 3 + s^4 / 5 + ...),
///
/// where |s| < 0.172: the terms from s^22 on are below 2^-57. Within 2 units in the last place of
/// the larger of log m and e log 2. For normal positive x.
inline V log_of(V x) {
  V e = all(0);
  split(x, e);
  const B large = x > 1.41421356237309504880;
  x = large ? x * 0.5 : x;
  e = large ? e + 1 : e;
  const V s = (x - 1) / (x + 1), z = s * s;
  // Every other term by itself, so that fewer wait for the one before.
  const V square = z * z;
  V even = all(1.0 / 19), odd = all(1.0 / 21);
  for (int k = 15; k >= 3; k -= 4) {
    even = even * square + 1.0 / k;
    odd = odd * square + 1.0 / (k + 2);
  }
  return e * kLog2 + (2 * s + 2 * s * z * (even + odd * z));
}

void log_of_lanes(const double* x, double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    const V at = load(x + lane);
    V y = log_of(at);
    const B usual = (at >= kLeastNormal) & (at <= kMostFinite);
    if (any(~usual))
      for (int i = 0; i < kWidth; ++i)
        if (!usual[i]) y[i] = __builtin_log(at[i]);
    store(out + lane, y);
  }
}

}  // namespace
}  // namespace lmmdsl
