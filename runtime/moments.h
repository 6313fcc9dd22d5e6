// Whether a derived quantity may have no mean because it is divided by what can be 0.
#pragma once

#include "compiler/model/model.h"

namespace lmmdsl {

/// Somewhere in `e`, derived names written out, a divisor can be 0: one that mentions parameters
/// and is not known to be positive. A variance, a diagonal entry of a covariance, exp(x) and sums
/// and products of such are known to be.
bool may_lack_mean(const Model& model, const Expr& e);

}  // namespace lmmdsl
