// Constants computed from the responses, held fixed while responses are drawn anew.
//
//   fit = ols(y ~ X);  y ~ Normal(X * beta, v);  beta ~ Normal(fit.coef, V)
//
// Given the observed fit.coef this prior is a prior like any other, and the model is the joint law
// of beta and of a *new* y. So the response becomes a column of its own, a copy of the column y:
// the density is one of the copy, while functions of a whole column (fits, means, counts) go on
// reading y.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// The columns that a likelihood is a density of: one for each component of its left-hand side, or
/// more where that does not say which is meant (log(y / z), with neither named as the response).
std::vector<std::vector<SymbolId>> response_columns(const Model& model, const Density& density);

struct Held {
  Model model;
  /// What is held, as the text names it: "mu0", "mean(y)". Empty: the model is as it was.
  std::vector<std::string> constants;
};

Held hold_functions_of_responses(const Model& model);

}  // namespace lmmdsl
