// Convergence diagnostics and quantiles of Markov chain draws, as in Vehtari, Gelman, Simpson,
// Carpenter and Buerkner (2021), Bayesian Analysis 16: 667-718, with the conventions of R's package
// posterior, also at the edges. A set of draws is given as one span for each chain, all of equal
// length. What is not defined is NaN: diagnostics of constant columns (range below 2.2e-16), of
// draws with a NaN, of chains that are too short (ESS: halves of fewer than 3 draws). Infinite
// draws have ranks, hence quantiles, R-hat and bulk ESS, but nothing else.
#pragma once

#include <span>
#include <vector>

namespace lmmdsl {

using Chains = std::vector<std::span<const double>>;

double mean(const Chains& chains);
double standard_deviation(const Chains& chains);  ///< divisor n - 1
/// Type-7 quantile (linear interpolation of order statistics) of sorted values.
double quantile_sorted(std::span<const double> sorted, double probability);
double rhat(const Chains& chains);  ///< rank-normalised split R-hat, the larger of bulk and folded
double ess_bulk(const Chains& chains);
double ess_tail(const Chains& chains);  ///< the smaller of the ESS of the 5 % and 95 % indicators
double ess_mean(const Chains& chains);
double ess_sd(const Chains& chains);
double mcse_mean(const Chains& chains);
double mcse_sd(const Chains& chains);
/// Autocorrelations at lags 0..max_lag, averaged over chains (each about the chain's own mean,
/// divisor n). NaN at lags not below the length, and where a chain is constant.
std::vector<double> autocorrelation(const Chains& chains, int max_lag);
/// Generalised Pareto shape k of the upper and lower tail, the larger (Zhang and Stephens 2009, as
/// posterior::pareto_khat does); NaN when the tails are too short (fewer than 10 draws) or so
/// discrete that no shape can be told.
double tail_index(const Chains& chains);

/// Normal scores of ranks (Blom 1958): Phi^-1((r - 3/8) / (n + 1/4)) for the ranks r = 1, 3/2, ...,
/// n of n values. They depend on n alone, so that one table serves all columns.
class NormalScores {
 public:
  explicit NormalScores(std::size_t n);
  std::size_t size() const { return n_; }
  double operator()(std::size_t twice_rank) const { return z_[twice_rank]; }

 private:
  std::size_t n_;
  std::vector<double> z_;
};

/// How many values of chains of this length enter split diagnostics: the middle draw of chains of
/// odd length does not.
std::size_t split_size(std::size_t chains, std::size_t length);

/// All figures of one scalar at once, from a single sort.
struct ChainFigures {
  double mean, mcse_mean, sd, mcse_sd, q5, median, q95, rhat, ess_bulk, ess_tail, tail_index;
};

/// `scores` has size split_size(chains.size(), chains[0].size()).
ChainFigures diagnose(const Chains& chains, const NormalScores& scores);

}  // namespace lmmdsl
