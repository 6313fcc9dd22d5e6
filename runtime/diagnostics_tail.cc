// The shape of a tail: fit of a generalised Pareto distribution to the largest draws, less the
// largest draw that is not among them.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/diagnostics_ranks.h"
#include "runtime/generalized_pareto.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

/// k for exceedances in ascending order; NaN if a quarter of them are equal to the smallest.
double fit_shape(std::span<const double> x) {
  const double n = static_cast<double>(x.size());
  const double quartile = x[static_cast<std::size_t>(std::floor(n / 4 + 0.5)) - 1];
  if (!(quartile > x[0])) return kNan;
  return fit_generalized_pareto(x).k;
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
