// Improper priors beside truncated responses.
//
// Above a limit L, a Normal distribution with its mean m far below it is nearly exponential with
// the rate (L - m)/v: on the way m = L - c v the likelihood goes to that of a rate c and does not
// vanish, however large the variance v. Of p flat coefficients the rates on such ways make a volume
// that grows as v^p, so that the prior of v, v^(-a-1) in its tail, must have a moment of order p:
// the posterior is improper if a <= p. Between two limits the rate may have either sign, and be 0:
// there p = 0 counts, too, and with it every flat prior of v.
#pragma once

#include "runtime/bound_plan.h"

namespace lmmdsl {

bool has_truncated_responses(const Model& model);

/// Errors where a response shows that the posterior is improper, warnings where it may be.
Diagnostics check_truncated(const BoundPlan& bound);

}  // namespace lmmdsl
