#include "runtime/generalized_pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace lmmdsl {
namespace {

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

}  // namespace

double GeneralizedPareto::quantile(double probability) const {
  const double log_survival = std::log1p(-probability);
  return k == 0 ? -sigma * log_survival : sigma * std::expm1(-k * log_survival) / k;
}

GeneralizedPareto fit_generalized_pareto(std::span<const double> x) {
  const double n = static_cast<double>(x.size());
  const double quartile = x[static_cast<std::size_t>(std::floor(n / 4 + 0.5)) - 1];
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
  const double mean = sum / total;
  const double k = profile_shape(mean, x);
  const double prior = 10;
  const double shrunk = (k * n + 0.5 * prior) / (n + prior);
  return {std::isnan(shrunk) ? std::numeric_limits<double>::infinity() : shrunk, -k / mean};
}

}  // namespace lmmdsl
