// Flat scales: variances with p(v) ∝ v^(-a-1) (flat on the sd: a = -1/2; on the variance: -1; on
// the log: 0), after Hobert and Casella (1996), JASA 91: 1461-1473, Theorem 1:
//   one group variance: proper iff a < 0 and t > -2a, t the rank of the group effects' design after
//     projecting out the flat coefficients;
//   several: a_i < 0, and q_i > q - t - 2 a_i for each is sufficient (q_i effects each, q in all);
//   an error variance: n + 2 sum a - rank of the flat coefficients > 0, and residuals that are not
//   0. Of censored responses those count that were seen.
// Covariances of vectors that lack components are proper if the complete ones make them so.
#pragma once

#include "runtime/propriety_flat.h"

namespace lmmdsl {

/// `scales`: the conditionals of scales and covariances with improper priors.
void check_scales(const BoundPlan& bound, const FlatCoefficients& flat,
                  const std::vector<const Conditional*>& scales, ProprietyFindings& findings);

}  // namespace lmmdsl
