// Leave-one-out cross-validation from draws of one posterior: Pareto smoothed importance sampling,
// and WAIC.
//
// The posterior without unit i (a row, a group) is the posterior reweighted by 1 / p(y_i | draw).
// The largest of these weights are replaced by quantiles of a generalised Pareto distribution
// fitted to them; its shape k tells whether the weights can be trusted.
//
//   elpd_loo = sum over i of log [ sum_s w_s p(y_i | s) / sum_s w_s ]
//   WAIC     = sum over i of log mean_s p(y_i | s)  -  var_s log p(y_i | s)
//
// Vehtari, Gelman and Gabry (2017), Statistics and Computing 27: 1413-1432; Vehtari, Simpson,
// Gelman, Yao and Gabry (2024), JMLR 25(72); Watanabe (2010), JMLR 11: 3571-3594.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/diagnostics.h"

namespace lmmdsl {

struct SmoothedWeights {
  std::vector<double> log_weights;  ///< not normalised
  double k =
      0;  ///< shape of the tail; infinite where there are too few draws, or no fit; 0 where all ratios are the same
};

/// `log_ratios` of all chains; `efficiency` is effective draws / draws.
SmoothedWeights smooth_weights(const std::vector<double>& log_ratios, double efficiency);

/// The figures of one unit.
struct UnitFit {
  double elpd_loo = 0, p_loo = 0, k = 0;
  double mcse = 0;  ///< Monte Carlo standard error of elpd_loo
  double elpd_waic = 0, p_waic = 0;
};

/// `log_likelihood` has the log density of one unit at each draw, chain by chain.
UnitFit unit_fit(const Chains& log_likelihood);

/// A sum over units, with its standard error: sqrt(n) times the standard deviation of the terms.
struct SumWithError {
  double sum = 0, error = 0;
};
SumWithError sum_with_error(const std::vector<double>& terms);

}  // namespace lmmdsl
