// Is the posterior proper? Checked when data are bound, for models with improper priors: of
// coefficients (propriety_flat.h), of scales (propriety_scales.h) and beside truncated responses,
// which have a way of their own to an improper posterior (propriety_truncated.h).
#pragma once

#include "runtime/bound_plan.h"

namespace lmmdsl {

/// Errors: certainly improper, with the direction or the count. Warnings: may be improper.
Diagnostics check_propriety(const BoundPlan& bound);

}  // namespace lmmdsl
