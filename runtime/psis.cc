#include "runtime/psis.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "runtime/generalized_pareto.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kLeastTail = 5;
constexpr double kSame = 1e-9;  // log ratios that differ by less do by rounding

double log_sum(const std::vector<double>& x) {
  const double most = *std::max_element(x.begin(), x.end());
  if (!std::isfinite(most)) return most;
  double sum = 0;
  for (const double v : x) sum += std::exp(v - most);
  return most + std::log(sum);
}

}  // namespace

SmoothedWeights smooth_weights(const std::vector<double>& log_ratios, double efficiency) {
  const std::size_t n = log_ratios.size();
  const double draws = static_cast<double>(n);
  const auto tail =
      static_cast<std::size_t>(std::ceil(std::min(0.2 * draws, 3 * std::sqrt(draws / efficiency))));
  SmoothedWeights result{log_ratios, kInfinity};
  std::vector<double>& w = result.log_weights;
  const auto [least, largest] = std::minmax_element(w.begin(), w.end());
  const double most = *largest;
  if (most - *least < kSame) return {log_ratios, 0};  // the mean is exact
  if (tail < kLeastTail || tail >= n || !std::isfinite(most)) return result;
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return w[a] != w[b] ? w[a] < w[b] : a < b; });
  const double cutoff = w[order[n - tail - 1]] - most;
  std::vector<double> excess;
  for (std::size_t i = n - tail; i < n; ++i)
    excess.push_back(std::exp(w[order[i]] - most) - std::exp(cutoff));
  if (!(excess.back() - excess.front() > 0)) return result;  // all equal: nothing to fit
  const GeneralizedPareto fit = fit_generalized_pareto(excess);
  if (!std::isfinite(fit.k)) return result;
  result.k = fit.k;
  for (std::size_t i = 0; i < tail; ++i) {
    const double q = fit.quantile((static_cast<double>(i) + 0.5) / static_cast<double>(tail));
    // No weight may exceed the largest that was there.
    w[order[n - tail + i]] = most + std::min(0.0, std::log(q + std::exp(cutoff)));
  }
  return result;
}

UnitFit unit_fit(const Chains& log_likelihood) {
  std::vector<double> ll;
  for (const auto& chain : log_likelihood) ll.insert(ll.end(), chain.begin(), chain.end());
  UnitFit fit;
  if (!std::all_of(ll.begin(), ll.end(), [](double x) { return std::isfinite(x); })) {
    const double nan = std::nan("");
    return {nan, nan, kInfinity, nan, nan, nan};
  }
  const double most = *std::max_element(ll.begin(), ll.end());
  const double draws = static_cast<double>(ll.size());

  // Effective draws of the likelihood itself.
  std::vector<double> likelihood;
  for (const double x : ll) likelihood.push_back(std::exp(x - most));
  Chains chains;
  std::size_t at = 0;
  for (const auto& chain : log_likelihood) {
    chains.emplace_back(likelihood.data() + at, chain.size());
    at += chain.size();
  }
  double efficiency = ess_mean(chains) / draws;
  if (!std::isfinite(efficiency) || !(efficiency > 0)) efficiency = 1;

  std::vector<double> ratios;
  for (const double x : ll) ratios.push_back(-x);
  SmoothedWeights smoothed = smooth_weights(ratios, efficiency);
  std::vector<double>& w = smoothed.log_weights;
  const double total = log_sum(w);
  std::vector<double> terms;
  for (std::size_t s = 0; s < ll.size(); ++s) {
    w[s] -= total;
    terms.push_back(w[s] + ll[s]);
  }
  const double lpd = log_sum(ll) - std::log(draws);
  fit.elpd_loo = log_sum(terms);
  fit.p_loo = lpd - fit.elpd_loo;
  fit.k = smoothed.k;
  double variance = 0;
  for (std::size_t s = 0; s < ll.size(); ++s)
    variance += std::exp(2 * w[s]) * std::pow(std::expm1(ll[s] - fit.elpd_loo), 2);
  fit.mcse = std::sqrt(variance / efficiency);
  const double sd = standard_deviation(log_likelihood);
  fit.p_waic = sd * sd;
  fit.elpd_waic = lpd - fit.p_waic;
  return fit;
}

SumWithError sum_with_error(const std::vector<double>& terms) {
  const double n = static_cast<double>(terms.size());
  const Chains all = {terms};
  return {std::accumulate(terms.begin(), terms.end(), 0.0), std::sqrt(n) * standard_deviation(all)};
}

}  // namespace lmmdsl
