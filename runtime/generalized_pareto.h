// The generalised Pareto distribution, fitted to what exceeds a threshold.
//
//   F(x) = 1 - (1 + k x / sigma)^(-1/k)
//
// Zhang and Stephens (2009), Technometrics 51: 316-325: with theta = -k / sigma the maximum
// likelihood k for a given theta is the mean of log(1 - theta x); theta is estimated by its mean
// over the profile likelihood on a grid. (Their k has the other sign.) Vehtari, Simpson, Gelman,
// Yao and Gabry (2024), JMLR 25(72), add a weak prior to k: ten draws that say k = 1/2.
#pragma once

#include <span>

namespace lmmdsl {

struct GeneralizedPareto {
  double k, sigma;
  /// The quantile of a probability.
  double quantile(double probability) const;
};

/// Of exceedances in ascending order, all positive and not all equal. k is infinite where there is
/// no fit.
GeneralizedPareto fit_generalized_pareto(std::span<const double> exceedances);

}  // namespace lmmdsl
