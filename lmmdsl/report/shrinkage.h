// Partial pooling in numbers. Given the variances, the posterior of a group's coefficients is a
// compromise of what its own rows say and of what the population says:
//
//     precision = P0 + P1,   mean = (P0 + P1)^-1 (h0 + h1)
//
// with (P0, h0) from the prior and (P1, h1) from everything else that mentions the coefficients:
// the terms of its full conditional. So P1^-1 h1 is the estimate from the rows alone, which for a
// regression is that of least squares, P0^-1 h0 the pooled one, and (P0 + P1)^-1 P1 the weight of
// the rows.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/report/posterior.h"

namespace lmmdsl {

struct GroupEstimate {
  std::string label;
  Eigen::VectorXd own, pooled, posterior;  ///< own: NaN where the rows do not determine it
  double weight = 0;  ///< of the rows, from 0 to 1: the mean eigenvalue of the weight matrix
};

/// A variance between groups: of the separate estimates, and the posterior mean of the model's.
struct VarianceComparison {
  std::string what;  ///< "β[density]"
  double separate = 0, model = 0;
};

/// A residual variance: the posterior mean, and what separate fits of the groups give, the sum of
/// squares divided by the rows and by the degrees of freedom.
struct ResidualComparison {
  std::string what;  ///< "σ²"
  double mean_square = 0, unbiased = 0, model = 0;
};

struct Shrinkage {
  SymbolId parameter = -1;
  std::vector<std::string> components;  ///< names; one empty name for a scalar
  std::vector<GroupEstimate> groups;
  std::vector<VarianceComparison> between;  ///< by component
  std::vector<ResidualComparison> within;
};

/// One for each unknown on a plate of factors that has a Normal conditional and a proper prior.
std::vector<Shrinkage> shrinkage(const Posterior& posterior);

}  // namespace lmmdsl
