// One draw from a full conditional, worked by hand: its parameters with the numbers put in, and
// what the random numbers of this draw make of them.
#pragma once

#include "lmmdsl/numbers_in.h"
#include "lmmdsl/worksheet.h"
#include "runtime/bound_plan.h"

namespace lmmdsl {

/// A conditional at one moment: the state it is drawn from, and that with the draw in it.
struct Drawing {
  const BoundPlan& bound;
  const Conditional& conditional;
  const Evaluator& oracle;
  const State& before;
  const State& after;
  Notation notation;
};

/// "beta[plot] | rest ~ Normal(inv(P) * h, inv(P))": the distribution with letters for its
/// parameters.
std::string distribution_in_letters(const Drawing& drawing);

/// One element in full. An exercise says what the data give, and with `alone`, when the state is
/// not on the sheet, all that the formulas look up.
void write_element(Worksheet& sheet, const Drawing& drawing, std::size_t element, bool alone);

/// A table of the parameters and draws of all elements but this one, the first `most` of them;
/// empty if there are no others.
std::string other_elements(const Drawing& drawing, std::size_t element, std::size_t most);

/// "plot=1"; "" for what holds once.
std::string element_label(const BoundPlan& bound, const Plate& plate, std::size_t element);

}  // namespace lmmdsl
