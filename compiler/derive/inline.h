// Derived quantities written out: mu = X * theta; y ~ Normal(mu, s2) is y ~ Normal(X * theta, s2).
#pragma once

#include "compiler/model/model.h"

namespace lmmdsl {

/// e with the definitions of derived symbols in their place; constants keep their names.
Expr inline_derived(const Model& model, const Expr& e);

/// Densities of a model with the arguments so written out.
std::vector<Density> inlined_densities(const Model& model, std::vector<Density> densities);

}  // namespace lmmdsl
