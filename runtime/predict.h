// Missing responses: drawn from their predictive distribution given the current parameters, after
// the sweep, so that the statistics of the observed rows stay fixed.
#pragma once

#include <vector>

#include "runtime/draw_kind.h"
#include "runtime/machine.h"
#include "runtime/random.h"

namespace lmmdsl {

/// One value of a scalar family; `args` in the order of its slots (Normal: mean, variance). NaN
/// where the arguments are not valid.
double draw_from(FamilyId family, const double* args, Random& random);

class Predictor {
 public:
  /// Both must outlive it; the values of the arguments must be up to date when it is called.
  Predictor(const BoundPlan& bound, const Machine& machine);

  /// One draw of each missing response, in the order of the columns. The streams are those of
  /// `address`, whose step and level are set here.
  const std::vector<double>& operator()(StreamAddress address);

 private:
  const BoundPlan& bound_;
  const Machine& machine_;
  std::vector<std::vector<ParameterReader>> arguments_;  ///< by missing response
  std::vector<std::size_t> sizes_;
  std::vector<double> values_;
};

}  // namespace lmmdsl
