// Sums over plates: what does not vary inside a sum stands before it.
#pragma once

#include "compiler/math/expr.h"

namespace lmmdsl {

/// Sum of e over the elements of `over` within each element of `to`, simplified: sums of sums are
/// split, and factors that are constant within an element of `to` are taken out, on either side of
/// a product of matrices. What is left of a sum with no varying factor is a count.
///   sum over plot of inv(Sigma) * beta[plot]  ->  inv(Sigma) * sum over plot of beta[plot]
///   sum over plot of inv(Sigma)               ->  levels(plot) * inv(Sigma)
Expr simplified_sum(const Expr& e, const Plate& over, const Plate& to);

}  // namespace lmmdsl
