// The order in which the terms of a sum and the factors of a product are written, whatever the
// notation: positive terms first, what divides below the line, X' y for a row X and a number y.
#pragma once

#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

/// +-coefficient * above / below.
struct ArrangedProduct {
  bool negative = false;
  double coefficient = 1;  ///< > 0; a half stands as a 2 in `below`
  std::vector<Expr> above, below;
};
ArrangedProduct arrange_product(const Expr& e);

/// Whether a minus sign can be taken out of a term.
bool is_negative(const Expr& term);

/// Terms of a sum, those without a minus sign first.
std::vector<Expr> arrange_sum(const Expr& e);

/// Every term has a coefficient of a half, or of an odd number of halves: n / 2 - 1 / 2 is written
/// (n - 1) / 2.
bool sum_of_halves(const Expr& e);

/// The rows of a design and of a column, one below the other: the sum over rows of X' y in each
/// element of a plate is X[plot]' y[plot]. Null where the sum is not of this form.
struct StackedProduct {
  Expr left, right;  ///< X and y
  explicit operator bool() const { return left != nullptr; }
};
StackedProduct stacked_product(const Expr& sum_over);

/// A sum over rows or levels of what does not vary with each of them, as the sum over the elements
/// with which it varies: the sum over rows of s[g] is that over the levels of g of
/// count(y, by g) * s[g]. Null where each term of the sum varies.
Expr counted_sum(const Expr& sum_over);

}  // namespace lmmdsl
