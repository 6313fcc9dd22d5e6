// What the data leave to the priors. Told when data are bound; nothing of it is an error, as the
// posterior is proper:
//
//   columns that are declared and not used
//   a factor with one level
//   a parameter that no data reach: its posterior is its prior
//   groups with fewer rows than coefficients, a covariance matrix of fewer vectors than it has
//   rows: in the directions that the data leave open the prior decides
//
// Values are counted, not looked at: covariates that do not vary within a group are not found.
#pragma once

#include "runtime/bound_plan.h"

namespace lmmdsl {

Diagnostics notes_on_data(const BoundPlan& bound);

}  // namespace lmmdsl
