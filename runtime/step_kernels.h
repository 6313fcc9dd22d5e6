// How the elements of a step are computed, in words, for `plan`.
#pragma once

#include <string>

#include "runtime/bound_plan.h"

namespace lmmdsl {

/// "eight at a time, ..." or "one by one: ..." with the reason; empty where there is one element.
std::string elements_text(const BoundPlan& bound, const PlanStep& step);

}  // namespace lmmdsl
