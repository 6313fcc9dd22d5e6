// Checks of draws against their law, with a stated risk of a false alarm.
//
// Seeds are fixed, so the outcome never changes; but a change of any generator draws anew. Each
// check fails by chance with probability kRisk = 5e-11, and there are at most kMostChecks = 2600 of
// them in a program (counted as they run): below 1.3e-7 for all. Bounds on the Kolmogorov-Smirnov
// distance come from the inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant,
// P(D > d) <= 2 exp(-2 n d^2), which holds for every n; those of counts and means from the
// chi-square and normal limits at sample sizes where these are good.
#pragma once

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

#include "support/catch.h"

namespace lmmdsl {

constexpr double kRisk = 5e-11;
constexpr int kMostChecks = 2600;

inline void count_check() {
  static int checks = 0;
  REQUIRE(++checks <= kMostChecks);
}

using Values = std::vector<double>;

/// Kolmogorov-Smirnov distance of the values from a distribution function, over its bound: above 1
/// is a failure. Taken at 1000 of the values only, which can but make it smaller, because Boost's
/// incomplete gamma functions are slow.
template <class Cdf>
double distance_from(Values values, Cdf cdf) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  const std::size_t stride = values.size() / 1000 + 1;
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); i += stride) {
    const double f = cdf(values[i]);
    distance =
        std::max({distance, static_cast<double>(i + 1) / n - f, f - static_cast<double>(i) / n});
  }
  return distance / std::sqrt(std::log(2 / kRisk) / (2 * n));
}

template <class Cdf>
void check_law(const Values& values, Cdf cdf) {
  count_check();
  CHECK(distance_from(values, cdf) < 1);
}

/// Counts of equally probable cells.
inline void check_counts(const std::vector<int>& counts, double total) {
  count_check();
  const double expected = total / static_cast<double>(counts.size());
  double statistic = 0;
  for (const int c : counts) statistic += (c - expected) * (c - expected) / expected;
  const boost::math::chi_squared law(static_cast<double>(counts.size()) - 1);
  const double upper = boost::math::quantile(boost::math::complement(law, kRisk / 2));
  const double lower = boost::math::quantile(law, kRisk / 2);
  CHECK(statistic < upper);
  CHECK(statistic > lower);
}

/// A mean of n values of known standard deviation.
inline void check_mean(double mean, double expected, double sd, double n) {
  count_check();
  const double z = -boost::math::quantile(boost::math::normal(), kRisk / 2);
  CHECK(std::fabs(mean - expected) < z * sd / std::sqrt(n));
}

}  // namespace lmmdsl
