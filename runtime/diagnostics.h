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
double mcse_mean(const Chains& chains);
double mcse_sd(const Chains& chains);
/// ESS of the estimated probability of lying at or below the quantile, and the error of a quantile
/// that follows: half the width between the order statistics where its 16 % and 84 % points lie.
double ess_quantile(const Chains& chains, double probability);
double mcse_quantile(const Chains& chains, double probability);

/// The shortest interval between two order statistics that holds the given share of the draws
/// (Chen and Shao 1999): the highest posterior density interval of a density with one peak. As
/// coda::HPDinterval does it, with the draws of all chains together.
struct Interval {
  double lower, upper;
};
Interval highest_density_interval(std::span<const double> sorted, double probability);
/// The interval that leaves out equally much on both sides.
Interval equal_tailed_interval(std::span<const double> sorted, double probability);

/// Autocorrelations at lags 0..max_lag, averaged over chains (each about the chain's own mean,
/// divisor n). NaN at lags not below the length, and where a chain is constant.
std::vector<double> autocorrelation(const Chains& chains, int max_lag);
/// The first lag at which |autocorrelation| is below this, from where on a chain has forgotten
/// where it was; -1 if it is nowhere so.
constexpr double kForgotten = 0.05;
int lag_of_decay(const std::vector<double>& autocorrelations);
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
  Interval hpd;  ///< of the probability asked for
};

/// `scores` has size split_size(chains.size(), chains[0].size()).
ChainFigures diagnose(const Chains& chains, const NormalScores& scores,
                      double hpd_probability = 0.95);

}  // namespace lmmdsl
