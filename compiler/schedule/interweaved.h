// Steps that draw a scale given standardised coefficients.
#pragma once

#include "compiler/schedule/schedule.h"

namespace lmmdsl {

/// The schedule with such a step for each scale that has coefficients: after the draws of these,
/// and of what was integrated out of them. For a scale of a marginal step it is a fallback.
Schedule interweaved(Schedule schedule, const Model& model,
                     const std::vector<Conditional>& conditionals);

}  // namespace lmmdsl
