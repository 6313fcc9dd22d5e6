// Missing responses: drawn from their predictive distribution given the current parameters, after
// the sweep, so that the statistics of the observed rows stay fixed.
#pragma once

#include <vector>

#include "runtime/draw_kind.h"
#include "runtime/machine.h"
#include "runtime/random.h"

namespace lmmdsl {

/// The missing components of y ~ Normal(mean, V) given the others; those of `y` that are NaN are
/// filled in, in place. False where V is not positive definite.
bool complete_normal(int p, const double* mean, const double* V, double* y, Random& random);

class Predictor {
 public:
  /// Both must outlive it; the values of the arguments must be up to date when it is called.
  Predictor(const BoundPlan& bound, const Machine& machine);

  /// One draw of each missing response, in the order of the columns. The streams are those of
  /// `address`, whose step and level are set here.
  const std::vector<double>& operator()(StreamAddress address);

 private:
  /// Missing components of the k-th response, a vector's; `at` is where their values go.
  void complete(std::size_t k, StreamAddress address, std::size_t& at);

  const BoundPlan& bound_;
  const Machine& machine_;
  std::vector<std::vector<ParameterReader>> arguments_;  ///< by missing response
  std::vector<std::size_t> sizes_;
  std::vector<double> values_;
};

}  // namespace lmmdsl
