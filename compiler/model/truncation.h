// Priors that are cut off, by bounds or by an order of components. What is cut off is a factor of
// the density; it may be left out only where it is a constant.
#pragma once

#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

bool mentions_parameter(const Scope& scope, const Expr& e);

/// Whether what bounds cut off is free of unknowns, whose conditionals would have no name
/// otherwise; that it is not is reported. Half of a Normal density lies on either side of its mean,
/// whatever the variance.
bool cuts_off_a_constant(Scope& scope, const Distribution& distribution, const Density& density);

/// The cuts of an ordered response increase: known ones are checked with the data, an unknown
/// vector is kept in order by its prior. `density` is the likelihood.
void order_cuts(Scope& scope, const Density& density);

}  // namespace lmmdsl::resolution
