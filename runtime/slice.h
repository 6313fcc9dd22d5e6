// Slice sampling of one number (Neal 2003, Annals of Statistics 31: 705-767): a level below the
// density at the current point, an interval about the point that is stepped out until its ends lie
// below the level, and points of it, shrinking it, until one lies above.
#pragma once

#include <algorithm>
#include <cmath>

#include "runtime/random.h"

namespace lmmdsl {

/// A point of {x: log_density(x) > level} about `x`, uniformly, between two bounds; the last point
/// at which log_density was asked. `current` is the log density at x. NaN where there is none: the
/// density vanishes at x, or does not fall.
template <class F>
double slice(const F& log_density, double x, double current, double width, double lower,
             double upper, Random& random) {
  constexpr int kMostSteps = 10'000;
  const double level = current - exponential_variate(random);
  if (!std::isfinite(level)) return NAN;
  double left = x - width * random.uniform(), right = left + width;
  int steps = 0;
  while (left > lower && log_density(left) > level && ++steps < kMostSteps) left -= width;
  while (right < upper && log_density(right) > level && ++steps < kMostSteps) right += width;
  left = std::max(left, lower);
  right = std::min(right, upper);
  for (; steps < kMostSteps; ++steps) {
    const double at = left + (right - left) * random.uniform();
    if (log_density(at) > level) return at;
    (at < x ? left : right) = at;
  }
  return NAN;
}

}  // namespace lmmdsl
