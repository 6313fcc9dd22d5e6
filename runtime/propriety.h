// Is the posterior proper? Checked when data are bound, for models with improper priors.
//
// Flat coefficients: the design of all of them together in the marginal mean of the responses must
// have full column rank; otherwise some direction is left to the flat prior. Where responses are
// known by half only, no direction may be left in which no likelihood falls (separation.h).
// Variances with p(v) ∝ v^(-a-1) (flat on the sd: a = -1/2; on the variance: -1; on the log: 0),
// after Hobert and Casella (1996), JASA 91: 1461-1473, Theorem 1:
//   one group variance: proper iff a < 0 and t > -2a, t the rank of the group effects' design after
//     projecting out the flat coefficients;
//   several: a_i < 0, and q_i > q - t - 2 a_i for each is sufficient (q_i effects each, q in all);
//   an error variance: n + 2 sum a - rank of the flat coefficients > 0, and residuals that are not
//   0. Of censored responses those count that were seen.
// Truncated responses have a way of their own to an improper posterior (propriety_truncated.h).
#pragma once

#include "runtime/bound_plan.h"

namespace lmmdsl {

/// Errors: certainly improper, with the direction or the count. Warnings: may be improper.
Diagnostics check_propriety(const BoundPlan& bound);

}  // namespace lmmdsl
