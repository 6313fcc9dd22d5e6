// The full conditional of one Normal parameter with an element for each of a plate, drawn for all
// elements together: a Gaussian block of one level. Its natural parameters
//
//     precision = inv(Sigma) + 1 / s^2 * X'X[plot]
//     shift     = inv(Sigma) * theta + 1 / s^2 * X'y[plot]
//
// are not computed element by element; the block reads their terms.
#pragma once

#include <memory>

#include "runtime/gaussian_block.h"

namespace lmmdsl {

class NormalStep {
 public:
  /// Null where the step is of another kind, or its elements cannot be lanes.
  static std::unique_ptr<NormalStep> make(const BoundPlan& bound, const PlanStep& step);

  /// Of any step that draws one Normal parameter without bounds.
  NormalStep(const BoundPlan& bound, const PlanStep& step);
  const GaussianBlock& block() const { return block_; }

  /// Values to recompute before the draw: of the step's, those that are still read.
  const std::vector<int>& refresh() const { return refresh_; }

  /// False where a precision is not positive definite or a draw not finite.
  bool operator()(Machine& machine, const StreamAddress& address);

  /// Of the current values, given the factor that the machine's values give: for tests.
  double log_density(const Machine& machine);

 private:
  NormalStep(const BoundPlan& bound, const PlanStep& step, const JointValues& terms);

  GaussianBlock block_;
  GaussianFactor factor_;
  std::vector<int> refresh_;
};

}  // namespace lmmdsl
