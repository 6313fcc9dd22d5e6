// What machines with lanes need of a bound plan.
#pragma once

#include "runtime/bound_plan.h"

namespace lmmdsl {

/// Finds what is computed together (fusion.h), and packs constants; nothing without lanes.
void prepare_lanes(BoundPlan& bound);

/// Packs them again where they have other numbers, in the same memory.
void pack_constants(BoundPlan& bound);

}  // namespace lmmdsl
