// What a page may ask of data that are bound. The compiler knows no data; whoever does fills this
// in.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

/// Values of an expression, one for each element of its plate, column-major.
struct Values {
  int rows = 1, cols = 1;
  std::vector<std::vector<double>> elements;
};

struct Numbers {
  /// Of an expression of data and constants.
  std::function<Values(const Expr&)> values;
  /// Labels of the elements of a plate: "3", "W1, A".
  std::function<std::vector<std::string>(const Plate&)> labels;
  /// Names of the components of a symbol.
  std::function<std::vector<std::string>(SymbolId)> components;
};

/// A number, or a vector or matrix of them, to five digits; `rounded` says whether that is less
/// than there is.
Expr number_expression(const Values& values, std::size_t element, bool& rounded);

/// Whether every element has the same values.
bool all_alike(const Values& values);

}  // namespace lmmdsl
