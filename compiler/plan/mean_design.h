// The design of a coefficient in the mean of a response with every coefficient that has a Normal
// prior replaced by its prior mean: what the data can say of it, whatever the variances.
//
//   y ~ Normal(X * b[g], v), b[g] ~ Normal(t, S)      t has the design X
#pragma once

#include <optional>

#include "compiler/derive/conditional.h"

namespace lmmdsl {

/// Null expression: the target does not reach the density. Nothing: it does, but through a product
/// with another parameter, so there is no fixed design. One row for each row of the density's plate
/// (a scalar for a scalar target).
std::optional<Expr> mean_design(const Model& model, const std::vector<Conditional>& conditionals,
                                SymbolId target, int density);

}  // namespace lmmdsl
