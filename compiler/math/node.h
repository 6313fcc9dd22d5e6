// How nodes of expressions are made: for the files that build expressions (expr.h).
#pragma once

#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

/// Fills what follows from the arguments: the symbols mentioned.
Expr make(Node node);
/// The plate is the join of the arguments'.
Expr make(Op op, std::vector<Expr> args, Shape shape);
Plate joined(const std::vector<Expr>& args);

inline bool square(const Shape& s) { return s.kind == ShapeKind::matrix && s.rows == s.cols; }

/// One kind, and lengths that are equal as far as is known without data.
[[maybe_unused]] inline bool shapes_may_equal(const Shape& a, const Shape& b) {
  return a.kind == b.kind && may_equal(a.rows, b.rows) && may_equal(a.cols, b.cols);
}

}  // namespace lmmdsl
