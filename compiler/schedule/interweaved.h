// Steps that draw a scale given standardised coefficients, and which parameters these are.
#pragma once

#include "compiler/schedule/schedule.h"

namespace lmmdsl {

/// A coefficient that may be drawn together with others: nothing cuts it off, and the data say
/// which rows it belongs to.
bool is_location(const Conditional& c);

/// Variances, precisions and covariances.
bool is_scale(const Model& model, const Conditional& c);

/// The schedule with such a step for each scale that has coefficients: after the draws of these,
/// and of what was integrated out of them. For a scale of a marginal step it is a fallback.
Schedule interweaved(Schedule schedule, const Model& model,
                     const std::vector<Conditional>& conditionals);

}  // namespace lmmdsl
