// Expressions as text. ASCII is the model language itself (with `sum(e, by f)` for sums), Unicode
// what a page shows (see layout.h, which also has LaTeX and MathML).
#pragma once

#include <string>

#include "compiler/math/expr.h"

namespace lmmdsl {

struct Model;

enum class Notation { ascii, unicode };

/// Names of factors are taken from the model; with no model they are printed as f1, f2, ...
std::string render(const Expr& e, const Model* model, Notation notation = Notation::ascii);

/// A name as a page shows it: sigma_e is σ_e in Unicode.
std::string render_name(const std::string& name, Notation notation);

}  // namespace lmmdsl
