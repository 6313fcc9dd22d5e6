// A full conditional as a page: from the objects that run, in words and formulas.
#pragma once

#include "compiler/derive/conditional.h"
#include "compiler/page/numbers.h"
#include "compiler/page/page.h"

namespace lmmdsl {

/// What the densities that mention a parameter add up to, and why. With `numbers` also the values
/// of what the data fix.
Page explain(const Model& model, const Conditional& conditional, Detail detail,
             const Numbers* numbers = nullptr);

/// Of a parameter without one: how far the derivation goes, what spoils it, and what would mend it.
Page explain_refusal(const Model& model, const Derived& derived);

/// The joint density, the graph, what the priors mean; sizes and constants of the data.
Page explain_model(const Model& model, const Numbers* numbers = nullptr);

}  // namespace lmmdsl
