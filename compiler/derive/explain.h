// A full conditional in words and formulas, from the object that runs.
#pragma once

#include <string>

#include "compiler/derive/conditional.h"
#include "compiler/math/render.h"

namespace lmmdsl {

/// One block of text: the densities that mention the parameter with their lines, the form that each
/// is recognised by, the terms collected, the named result, and why.
std::string explain(const Model& model, const Conditional& conditional, Notation notation);

/// The head of an explanation: the joint density and the conventions of the priors.
std::string explain_model(const Model& model, Notation notation);

/// One line: "theta | rest ~ Normal(precision = ..., shift = ...)".
std::string result_line(const Model& model, const Conditional& conditional, Notation notation);

}  // namespace lmmdsl
