// Slice sampling of one number (Neal 2003, Annals of Statistics 31: 705-767): a level below the
// density at the current point, an interval about the point that is stepped out until its ends lie
// below the level, and points of it, shrinking it, until one lies above.
#pragma once

#include <algorithm>
#include <cmath>

#include "runtime/random.h"

namespace lmmdsl {

/// A point of {x: log_density(x) > level} about `x`, uniformly, between two bounds; the last point
/// at which log_density was asked. `current` is the log density at x. NaN where that is not finite.
template <class F>
double slice(const F& log_density, double x, double current, double width, double lower,
             double upper, Random& random) {
  const double level = current - exponential_variate(random);
  if (!std::isfinite(level)) return NAN;
  double left = x - width * random.uniform(), right = left + width;
  // At most so many steps out in all, shared out at random among the sides (Neal's figure 3).
  constexpr int kMostSteps = 1000;
  int down = static_cast<int>(kMostSteps * random.uniform()), up = kMostSteps - 1 - down;
  while (down-- > 0 && left > lower && log_density(left) > level) left -= width;
  while (up-- > 0 && right < upper && log_density(right) > level) right += width;
  left = std::max(left, lower);
  right = std::min(right, upper);
  while (true) {
    const double at = left + (right - left) * random.uniform();
    // The interval shrinks towards x, which is above the level.
    if (log_density(at) > level || at == x) return at;
    (at < x ? left : right) = at;
  }
}

}  // namespace lmmdsl
