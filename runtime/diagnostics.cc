#include "runtime/diagnostics.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "runtime/diagnostics_autocovariance.h"
#include "runtime/diagnostics_ess.h"
#include "runtime/diagnostics_ranks.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

std::size_t count(const Chains& chains) {
  return chains.empty() ? 0 : chains.size() * chains[0].size();
}

bool has_nan(const Chains& chains) {
  for (const auto& chain : chains)
    for (const double x : chain)
      if (std::isnan(x)) return true;
  return false;
}

std::vector<double> pool(const Chains& chains) {
  std::vector<double> all;
  all.reserve(count(chains));
  for (const auto& chain : chains) all.insert(all.end(), chain.begin(), chain.end());
  return all;
}

/// f of each draw, chains split in halves.
template <class F>
SplitChains split(const Chains& chains, F f) {
  SplitChains result(chains.size(), chains[0].size());
  auto out = result.values.begin();
  for (const auto& chain : chains) {
    out = std::transform(chain.begin(), chain.begin() + result.length, out, f);
    if (chain.size() > 1) out = std::transform(chain.end() - result.length, chain.end(), out, f);
  }
  return result;
}

/// NaN if any is NaN.
double smaller(double a, double b) { return std::isnan(a) || a < b ? a : b; }
double larger(double a, double b) { return std::isnan(a) || a > b ? a : b; }

double deviation(const std::vector<double>& draws, double centre) {
  const double sum = sum_of(draws, [&](double x) { return (x - centre) * (x - centre); });
  return std::sqrt(sum / (static_cast<double>(draws.size()) - 1));
}

double mcse_of_sd(const Chains& chains, const std::vector<double>& draws, double centre) {
  const auto square = [&](double x) { return (x - centre) * (x - centre); };
  const double ess = basic_ess(split(chains, square));
  const double n = static_cast<double>(draws.size());
  const double second = sum_of(draws, square) / n;
  const double fourth = sum_of(draws, [&](double x) { return square(x) * square(x); }) / n;
  return std::sqrt((fourth - second * second) / ess / second / 4);
}

std::vector<double> values_of(const std::vector<Ranked>& sorted) {
  std::vector<double> values;
  values.reserve(sorted.size());
  for (const Ranked& r : sorted) values.push_back(r.value);
  return values;
}

/// The larger of the R-hat of the draws and of their distances from the median.
double rhat_of(std::size_t chains, const SplitChains& bulk, const std::vector<Ranked>& sorted,
               double median, const NormalScores& scores) {
  if (!std::isfinite(median)) return kNan;
  const SplitChains folded = rank_normalise(fold(sorted, median), chains, scores);
  return larger(basic_rhat(bulk), basic_rhat(folded));
}

/// ESS of the estimated probability that a draw is at most the given quantile.
double ess_of_indicator(const Chains& chains, double quantile) {
  return basic_ess(split(chains, [&](double x) { return x <= quantile ? 1.0 : 0.0; }));
}

double ess_tail_of(const Chains& chains, std::span<const double> sorted) {
  if (!varies(sorted)) return kNan;
  return smaller(ess_of_indicator(chains, quantile_sorted(sorted, 0.05)),
                 ess_of_indicator(chains, quantile_sorted(sorted, 0.95)));
}

/// The tails have 3 sqrt(n / efficiency) draws, or a fifth of all when there are few.
double tail_index_of(std::span<const double> sorted, double ess_tail) {
  const double n = static_cast<double>(sorted.size());
  if (n < 10 || std::isnan(ess_tail)) return kNan;
  const double length = std::floor(ess_tail > 225 ? 3 * n / std::sqrt(ess_tail) : n / 5);
  return pareto_shape(sorted, static_cast<std::size_t>(std::max(length, 5.0)));
}

}  // namespace

double mean(const Chains& chains) {
  return count(chains) == 0 ? kNan : accurate_mean(pool(chains));
}

double standard_deviation(const Chains& chains) {
  if (count(chains) < 2) return kNan;
  const std::vector<double> draws = pool(chains);
  return deviation(draws, accurate_mean(draws));
}

double quantile_sorted(std::span<const double> sorted, double probability) {
  if (sorted.empty()) return kNan;
  const double position = static_cast<double>(sorted.size() - 1) * probability + 1;
  const double whole = std::floor(position);
  const double low = sorted[static_cast<std::size_t>(whole) - 1];
  if (position == whole) return low;
  const double high = sorted[static_cast<std::size_t>(whole)];
  const double h = position - whole;
  return low == high ? low : (1 - h) * low + h * high;
}

Interval highest_density_interval(std::span<const double> sorted, double probability) {
  if (sorted.size() < 2) return {kNan, kNan};
  const std::size_t n = sorted.size();
  // Ties to even, as R rounds.
  const double share = std::nearbyint(static_cast<double>(n) * probability);
  const auto gap = static_cast<std::size_t>(std::clamp(share, 1.0, static_cast<double>(n - 1)));
  std::size_t best = 0;
  double shortest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + gap < n; ++i) {
    const double length = sorted[i + gap] - sorted[i];
    if (length < shortest) shortest = length, best = i;
  }
  return {sorted[best], sorted[best + gap]};
}

Interval equal_tailed_interval(std::span<const double> sorted, double probability) {
  const double outside = (1 - probability) / 2;
  return {quantile_sorted(sorted, outside), quantile_sorted(sorted, 1 - outside)};
}

double ess_mean(const Chains& chains) {
  return count(chains) == 0 ? kNan : basic_ess(split(chains, [](double x) { return x; }));
}

double mcse_mean(const Chains& chains) {
  return standard_deviation(chains) / std::sqrt(ess_mean(chains));
}

double mcse_sd(const Chains& chains) {
  if (count(chains) == 0) return kNan;
  return mcse_of_sd(chains, pool(chains), mean(chains));
}

double rhat(const Chains& chains) {
  if (count(chains) == 0 || has_nan(chains)) return kNan;
  const NormalScores scores(split_size(chains.size(), chains[0].size()));
  const std::vector<Ranked> sorted = sort_draws(chains);
  const SplitChains bulk = rank_normalise(sorted, chains.size(), scores);
  return rhat_of(chains.size(), bulk, sorted, quantile_sorted(values_of(sorted), 0.5), scores);
}

double ess_bulk(const Chains& chains) {
  if (count(chains) == 0 || has_nan(chains)) return kNan;
  const NormalScores scores(split_size(chains.size(), chains[0].size()));
  return basic_ess(rank_normalise(sort_draws(chains), chains.size(), scores));
}

double ess_tail(const Chains& chains) {
  if (count(chains) == 0 || has_nan(chains)) return kNan;
  return ess_tail_of(chains, values_of(sort_draws(chains)));
}

double ess_quantile(const Chains& chains, double probability) {
  if (count(chains) == 0 || has_nan(chains)) return kNan;
  const std::vector<double> sorted = values_of(sort_draws(chains));
  return varies(sorted) ? ess_of_indicator(chains, quantile_sorted(sorted, probability)) : kNan;
}

double mcse_quantile(const Chains& chains, double probability) {
  const double ess = ess_quantile(chains, probability);
  if (!(ess > 0)) return kNan;
  const std::vector<double> sorted = values_of(sort_draws(chains));
  const double n = static_cast<double>(sorted.size());
  // A standard deviation below and above, of a normal distribution.
  const auto position = [&](double p) {
    return boost::math::ibeta_inv(ess * probability + 1, ess * (1 - probability) + 1, p) * n;
  };
  const double below = std::max(std::floor(position(0.1586553)), 1.0);
  const double above = std::min(std::ceil(position(0.8413447)), n);
  return (sorted[static_cast<std::size_t>(above) - 1] -
          sorted[static_cast<std::size_t>(below) - 1]) /
         2;
}

int lag_of_decay(const std::vector<double>& autocorrelations) {
  for (std::size_t lag = 1; lag < autocorrelations.size(); ++lag)
    if (std::fabs(autocorrelations[lag]) < kForgotten) return static_cast<int>(lag);
  return -1;
}

double tail_index(const Chains& chains) {
  if (count(chains) == 0 || has_nan(chains)) return kNan;
  const std::vector<double> sorted = values_of(sort_draws(chains));
  return tail_index_of(sorted, ess_tail_of(chains, sorted));
}

std::vector<double> autocorrelation(const Chains& chains, int max_lag) {
  std::vector<double> result(max_lag + 1, 0.0);
  const std::size_t length = chains.empty() ? 0 : chains[0].size();
  for (const auto& chain : chains) {
    std::vector<double> centred(chain.begin(), chain.end());
    const double m = accurate_mean(chain);
    for (double& x : centred) x -= m;
    AutocovarianceSums sums(centred, 1);
    for (std::size_t lag = 0; lag < result.size() && lag < length; ++lag)
      result[lag] += sums(lag) / sums(0) / static_cast<double>(chains.size());
  }
  for (std::size_t lag = length; lag < result.size(); ++lag) result[lag] = kNan;
  return result;
}

ChainFigures diagnose(const Chains& chains, const NormalScores& scores, double hpd_probability) {
  ChainFigures d{kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, kNan, {kNan, kNan}};
  if (count(chains) == 0 || has_nan(chains)) return d;

  const std::vector<Ranked> sorted = sort_draws(chains);
  const std::vector<double> values = values_of(sorted);
  d.q5 = quantile_sorted(values, 0.05);
  d.median = quantile_sorted(values, 0.5);
  d.q95 = quantile_sorted(values, 0.95);

  const SplitChains bulk = rank_normalise(sorted, chains.size(), scores);
  d.rhat = rhat_of(chains.size(), bulk, sorted, d.median, scores);
  d.ess_bulk = basic_ess(bulk);
  d.ess_tail = ess_tail_of(chains, values);
  if (!std::isfinite(values.front()) || !std::isfinite(values.back())) return d;

  const std::vector<double> draws = pool(chains);
  d.mean = accurate_mean(draws);
  if (draws.size() > 1) d.sd = deviation(draws, d.mean);
  d.mcse_mean = d.sd / std::sqrt(ess_mean(chains));
  d.mcse_sd = mcse_of_sd(chains, draws, d.mean);
  d.tail_index = tail_index_of(values, d.ess_tail);
  d.hpd = highest_density_interval(values, hpd_probability);
  return d;
}

}  // namespace lmmdsl
