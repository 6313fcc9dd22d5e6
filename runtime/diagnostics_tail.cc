// The shape of a tail: fit of a generalised Pareto distribution to the largest draws, less the
// largest draw that is not among them.
//
// Zhang and Stephens (2009), Technometrics 51: 316-325: with F(x) = 1 - (1 - theta x)^(-1/k) the
// maximum likelihood k for a given theta is the mean of log(1 - theta x); theta is estimated by its
// mean over the profile likelihood on a grid. (Their k has the other sign.) Vehtari, Simpson,
// Gelman, Yao and Gabry (2024), JMLR 25(72), add a weak prior: ten draws that say k = 1/2.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/diagnostics_ranks.h"

namespace lmmdsl {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// The mean of log(1 - theta x). One logarithm serves eight factors, unless their product leaves
/// the range of double.
double profile_shape(double theta, std::span<const double> x) {
  double sum = 0;
  std::size_t i = 0;
  for (; i + 8 <= x.size(); i += 8) {
    double product = 1;
    for (std::size_t j = 0; j < 8; ++j) product *= 1 - theta * x[i + j];
    if (product > 1e-290 && product < 1e290) {
      sum += std::log(product);
    } else {
      for (std::size_t j = 0; j < 8; ++j) sum += std::log1p(-theta * x[i + j]);
    }
  }
  for (; i < x.size(); ++i) sum += std::log1p(-theta * x[i]);
  return sum / static_cast<double>(x.size());
}

/// k for exceedances in ascending order; NaN if a quarter of them are equal to the smallest.
double fit_shape(std::span<const double> x) {
  const double n = static_cast<double>(x.size());
  const double quartile = x[static_cast<std::size_t>(std::floor(n / 4 + 0.5)) - 1];
  if (!(quartile > x[0])) return kNan;
  const int points = 30 + static_cast<int>(std::floor(std::sqrt(n)));
  std::vector<double> theta(points), weight(points);
  for (int j = 0; j < points; ++j) {
    theta[j] = 1 / x.back() + (1 - std::sqrt(points / (j + 0.5))) / 3 / quartile;
    const double k = profile_shape(theta[j], x);
    weight[j] = n * (std::log(-theta[j] / k) - k - 1);
  }
  const double highest = *std::max_element(weight.begin(), weight.end());
  double total = 0, sum = 0;
  for (int j = 0; j < points; ++j) {
    const double w = std::exp(weight[j] - highest);
    total += w;
    sum += w * theta[j];
  }
  const double k = profile_shape(sum / total, x);
  const double prior = 10;
  const double shrunk = (k * n + 0.5 * prior) / (n + prior);
  return std::isnan(shrunk) ? std::numeric_limits<double>::infinity() : shrunk;
}

/// k of the upper tail of values in ascending order.
double upper_shape(std::span<const double> values, std::size_t tail_length) {
  const std::size_t first = values.size() - tail_length;
  double cutoff = values[first - 1];
  const double epsilon = std::numeric_limits<double>::epsilon();
  if (values.back() - values[first] < epsilon) return kNan;
  if (cutoff == values[first]) cutoff -= epsilon;
  std::vector<double> excess(values.begin() + first, values.end());
  for (double& x : excess) x -= cutoff;
  return fit_shape(excess);
}

}  // namespace

double pareto_shape(std::span<const double> sorted, std::size_t tail_length) {
  std::vector<double> mirrored(sorted.rbegin(), sorted.rend());
  for (double& x : mirrored) x = -x;
  const double upper = upper_shape(sorted, tail_length);
  const double lower = upper_shape(mirrored, tail_length);
  return std::isnan(upper) || lower > upper ? lower : upper;
}

}  // namespace lmmdsl
