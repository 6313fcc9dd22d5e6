// What can be checked of a distribution's arguments without data: literal numbers and matrices.
#pragma once

#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

/// False if a constant is invalid (a negative variance, too few degrees of freedom, a scale that is
/// not a covariance); it is then reported.
bool check_constants(Scope& scope, const Distribution& distribution, const Density& density);

}  // namespace lmmdsl::resolution
