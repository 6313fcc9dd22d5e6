// Full conditionals with their normalising constants.
#pragma once

#include "runtime/draw_kind.h"

namespace lmmdsl {

/// Whether the full conditional has a density with a known normalising constant.
bool is_normalised(const DrawKind& kind);

/// Log density of the target's quantity in one element, if it is normalised.
double normalised_log_density(const DrawKind& kind, const StepParameters& at, const double* target);

}  // namespace lmmdsl
