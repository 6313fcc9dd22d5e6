// How the elements of a step are computed, in words, for `plan`.
#pragma once

#include <string>

#include "runtime/bound_plan.h"

namespace lmmdsl {

/// "eight at a time, ..." or "one by one: ..." with the reason; empty where there is one element.
std::string elements_text(const BoundPlan& bound, const PlanStep& step);

/// Whether a joint step with scales before it computes its proposals as states side by side.
bool proposals_side_by_side(const BoundPlan& bound, const PlanStep& step);

}  // namespace lmmdsl
