// What a plan costs, counted in operations on numbers: a sum, product or quotient is one, a
// function such as exp or a standard variate is several. Estimates, to compare plans and their
// steps; the formulas are those of Golub and Van Loan (2013).
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"

namespace lmmdsl {

/// Operations for each element of a plate; one entry a plate, what is done once first.
struct Cost {
  std::vector<std::pair<Plate, double>> terms;
  bool open = false;  ///< some lengths are known with data only, and not in the count

  void add(const Plate& plate, double operations);
  Cost& operator+=(const Cost& other);
  /// All together, given how many elements plates have.
  double total(const std::function<std::size_t(const Plate&)>& elements) const;
};

/// A length, or nothing where data decide it and are not known.
using Lengths = std::function<std::optional<int>(const Dim&)>;
/// Known lengths only.
std::optional<int> length_without_data(const Dim& dim);

/// To compute one value, given its arguments.
Cost cost_of(const Expr& e, const Lengths& length);

/// To compute some values of a plan.
Cost cost_of(const Plan& plan, const std::vector<int>& values, const Lengths& length);

/// To draw all elements from a conditional, given its natural parameters.
Cost cost_of_draw(const Model& model, const Conditional& conditional, const Lengths& length);

}  // namespace lmmdsl
