// What the signs of formulas mean in words: levels(plot), sum(e, by plot), X[plot] in code; m_plot,
// ∑ over i ∈ plot, X_plot, plot[i] on a page. And the warning that a prior was computed from data
// which have a likelihood.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "compiler/page/page.h"

namespace lmmdsl {

/// Rows of a table: a sign and its meaning. Empty if there is none to explain.
std::vector<std::vector<Text>> legend(const Model& model, const std::vector<Formula>& formulas);

/// A sentence; empty if no prior is computed from responses.
std::string data_used_twice(const Model& model);

/// Whether an expression holds no unknown.
bool is_known(const Model& model, const Expr& e);

}  // namespace lmmdsl
