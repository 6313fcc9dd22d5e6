// How an expression depends on one symbol: the question that every conjugacy rule asks.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "compiler/math/expr.h"

namespace lmmdsl {

/// Where and why a dependence is not of the form asked for.
struct Obstacle {
  Span place;
  std::string reason;  ///< "theta stands inside exp", ...
};

/// e = A t + b, with A and b free of t. A row vector e is described by its transpose, so that A
/// always has as many rows as e has elements and as many columns as t has.
struct Affine {
  Expr A;
  Expr b;
};

/// `p` is the length of t (a scalar: 1). Everything is allowed in which t enters once, linearly:
/// sums, products with anything free of t, components, brackets, sums of components.
std::variant<Affine, Obstacle> affine(const Expr& e, const Expr& t);

/// e = c t^k with c free of t. For a scalar t any power; for a matrix t (k = 1 or -1) c is a
/// scalar, the number 1 when e equals t.
struct Power {
  Expr c;
  double exponent = 1;
};

std::variant<Power, Obstacle> proportional(const Expr& e, const Expr& t);

}  // namespace lmmdsl
