// What the signs of a formula mean in words: levels(plot), count(yield), sum(e, by plot), X[plot];
// and the warning that a prior was computed from data which have a likelihood.
#pragma once

#include <string>
#include <vector>

#include "compiler/math/render.h"
#include "compiler/model/model.h"

namespace lmmdsl {

/// One line for each sign that stands in the formulas; empty if there is none to explain.
std::string legend(const Model& model, const std::vector<Expr>& formulas, Notation notation);

/// A sentence; empty if no prior is computed from responses.
std::string data_used_twice(const Model& model);

}  // namespace lmmdsl
