// Values that are the same for all elements of their plate, kept and computed once: groups that
// share a design share its cross-products, the precision of their coefficients, its factor.
#pragma once

#include "runtime/bound_plan.h"

namespace lmmdsl {

/// Finds constants whose elements are all the same, to the last bit, and everything that is
/// computed element by element from such. Sets ValueSize::shared and shortens their buffers. Not
/// `renewed` constants, whose elements may differ later.
void share(BoundPlan& bound, const std::vector<int>& renewed = {});

}  // namespace lmmdsl
