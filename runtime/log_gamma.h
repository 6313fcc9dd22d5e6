// Log of the gamma function's absolute value, from any thread: std::lgamma writes a global.
#pragma once

#include <cmath>

namespace lmmdsl {

inline double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

}  // namespace lmmdsl
