// What the values that a marginal step computes depend on, by the plan alone.
#pragma once

#include <vector>

#include "compiler/plan/plan.h"

namespace lmmdsl {

/// Whether nothing but the scales of a step stands in its precision, and nothing but these and its
/// coefficients in the densities that mention them.
bool is_self_contained(const Plan& plan, const PlanStep& step);

/// Of the values that a proposal of the step recomputes, in order, those that its joint Normal is
/// read from.
std::vector<int> refreshed_for_block(const Plan& plan, const PlanStep& step);

}  // namespace lmmdsl
