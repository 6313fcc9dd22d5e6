#include "runtime/diagnostics_ess.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/diagnostics_autocovariance.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

std::vector<double> piece_means(const SplitChains& x) {
  std::vector<double> means(x.pieces);
  for (std::size_t i = 0; i < x.pieces; ++i) means[i] = accurate_mean(x.piece(i));
  return means;
}

double variance(std::span<const double> x) {
  const double m = accurate_mean(x);
  return sum_of(x, [m](double v) { return (v - m) * (v - m); }) /
         (static_cast<double>(x.size()) - 1);
}

}  // namespace

SplitChains::SplitChains(std::size_t chains, std::size_t draws)
    : pieces(draws > 1 ? 2 * chains : chains),
      length(draws > 1 ? draws / 2 : draws),
      values(pieces * length),
      draws_(draws),
      all_kept_(draws % 2 == 0 || draws == 1) {}

double accurate_mean(std::span<const double> x) {
  const double n = static_cast<double>(x.size());
  const double first = sum_of(x, [](double v) { return v; }) / n;
  if (!std::isfinite(first)) return first;
  return first + sum_of(x, [first](double v) { return v - first; }) / n;
}

bool varies(std::span<const double> x) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const double v : x) {
    if (!std::isfinite(v)) return false;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  return high - low >= std::numeric_limits<double>::epsilon();
}

double basic_rhat(const SplitChains& x) {
  if (!varies(x.values)) return kNan;
  const double n = static_cast<double>(x.length);
  double within = 0;
  for (std::size_t i = 0; i < x.pieces; ++i) within += variance(x.piece(i));
  within /= static_cast<double>(x.pieces);
  const double between = n * variance(piece_means(x));
  return std::sqrt((between / within + n - 1) / n);
}

double basic_ess(const SplitChains& x) {
  if (x.length < 3 || !varies(x.values)) return kNan;
  const std::size_t length = x.length;
  const double n = static_cast<double>(length);
  const std::vector<double> means = piece_means(x);
  std::vector<double> centred = x.values;
  for (std::size_t i = 0; i < x.pieces; ++i)
    for (std::size_t t = 0; t < length; ++t) centred[i * length + t] -= means[i];
  AutocovarianceSums sums(centred, x.pieces);

  const double total = n * static_cast<double>(x.pieces);
  const double variance_within = sums(0) / total;  // divisor n
  const double unbiased = variance_within * n / (n - 1);
  const double variance_plus = variance_within + (x.pieces > 1 ? variance(means) : 0);
  const auto rho = [&](std::size_t lag) {
    return 1 - (unbiased - sums(lag) / total) / variance_plus;
  };

  // Initial positive sequence: pairs of autocorrelations until the first negative sum. The last
  // pair stays out, but its even member, if positive, sharpens the estimate for antithetic chains.
  std::vector<double> kept = {1, rho(1)};
  double even = kept[0], odd = kept[1];
  std::size_t t = 0;
  while (t + 5 < length && even + odd > 0) {
    t += 2;
    even = rho(t);
    odd = rho(t + 1);
    const bool positive = even + odd >= 0;
    kept.push_back(positive ? even : 0);
    kept.push_back(positive ? odd : 0);
  }
  const std::size_t last = t;
  if (even > 0) kept[last] = even;

  // Initial monotone sequence: sums of pairs do not increase.
  for (t = 2; t + 2 <= last; t += 2) {
    const double before = kept[t - 2] + kept[t - 1];
    if (kept[t] + kept[t + 1] > before) kept[t] = kept[t + 1] = before / 2;
  }

  double sum = kept[0];  // stays in where there is no pair at all
  for (std::size_t lag = 1; lag < last; ++lag) sum += kept[lag];
  const double tau = std::max(-1 + 2 * sum + kept[last], 1 / std::log10(total));
  return total / tau;
}

}  // namespace lmmdsl
