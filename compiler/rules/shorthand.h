// Short names for what the rows of the tables are written with.
#pragma once

#include <cmath>
#include <numbers>

#include "compiler/rules/families.h"

namespace lmmdsl {

constexpr double kPi = std::numbers::pi;

inline Expr half(const Expr& e) { return multiply({number(0.5), e}); }
inline Expr log(const Expr& e) { return apply(Op::log, {e}); }
inline Expr log_gamma(const Expr& e) { return apply(Op::log_gamma, {e}); }
inline Expr plus(const Expr& e, double x) { return add({e, number(x)}); }
inline Expr over(const Expr& a, const Expr& b) { return multiply({a, power(b, -1)}); }

/// 1/x, of a vector component by component.
inline Expr reciprocal(const Expr& x) {
  return x->shape.is_scalar() ? power(x, -1) : apply(Op::diagonal, {inverse(diagonal_matrix(x))});
}

/// Of e, one for each component of x or the same for all: the sum over the components.
inline Expr total(const Expr& x, const Expr& e) {
  return x->shape.is_scalar()   ? e
         : e->shape.is_scalar() ? multiply({length(x->shape.rows), e})
                                : apply(Op::sum_components, {e});
}

/// Whether a limit is one: an infinite number says that there is none.
inline bool is_given(const Expr& limit) {
  return !(limit->op == Op::number && std::isinf(limit->number));
}

inline Slot positive_slot(const char* name) {
  return {name, Support::positive, SlotShape::scalar, {}};
}

}  // namespace lmmdsl
