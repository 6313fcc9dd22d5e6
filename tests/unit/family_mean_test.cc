// Means of families against integrals of their densities.
#include "runtime/family_mean.h"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.h"

namespace lmmdsl::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The mean of Normal(m, s^2) between two limits by integrals of the density, divided by its value
/// at the limit next to m.
double integrated(double m, double s, double lower, double upper) {
  const double mode = std::min(std::max(m, lower), upper);
  const auto density = [&](double x) {
    return std::exp(-0.5 * (x - mode) * (x + mode - 2 * m) / (s * s));
  };
  const double reach = s * s / std::max(s, std::abs(mode - m));
  const double from = std::max(lower, mode - 40 * reach), to = std::min(upper, mode + 40 * reach);
  using Rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  const double mass = Rule::integrate(density, from, to, 15, 1e-13);
  return mode +
         Rule::integrate([&](double x) { return (x - mode) * density(x); }, from, to, 15, 1e-13) /
             mass;
}

TEST_CASE("the mean of a truncated Normal distribution, near its limits and far from them") {
  for (const double distance : {-3.0, -0.5, 0.0, 0.8, 5.0, 29.0, 31.0, 45.0, 400.0}) {
    const double m = 1.5, s = 2;
    for (const double width : {0.01, 1.0, kInfinity}) {
      const double lower = m + s * distance, upper = lower + s * width;
      CAPTURE(distance, width);
      const double above =
          family_mean(FamilyId::truncated_normal, std::vector{m, s * s, lower, upper});
      const double wanted = integrated(m, s, lower, upper);
      CHECK(std::abs(above - wanted) < 1e-9 * std::abs(wanted - lower));
      // The same below, mirrored.
      const double below =
          family_mean(FamilyId::truncated_normal, std::vector{-m, s * s, -upper, -lower});
      CHECK(std::abs(below + wanted) < 1e-9 * std::abs(wanted - lower));
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
