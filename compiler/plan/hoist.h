// Sums over rows that are taken once. A sum over rows whose terms mention parameters is rewritten
// so that what mentions parameters is constant within cells (the combinations of levels of the
// factors that index those parameters) and what is left on the rows mentions data only. It is then
// computed when data are bound, and a sweep costs the number of cells, not of rows.
//
//   sum(X' * (y - Z * gamma[g]), by plot)
//     ->  sum(X' * y, by plot) - sum(sum(X' * Z, by plot, g) * gamma[g], by plot)
//
// Squared residuals are not expanded, since y'y - 2 b'X'y + b'X'X b cancels: they become the
// distance
//   sum((y - X * beta[plot])^2)  ->  sum(|T[plot] * [beta[plot]; 1]|^2)
// with T the triangular factor of the QR decomposition of the cell's rows [-X, y] (Golub and Van
// Loan 2013, section 5.3): |T [b; 1]|^2 = RSS + |R (b - b_hat)|^2 without any cancellation.
#pragma once

#include "compiler/model/model.h"

namespace lmmdsl {

/// e with every sum over rows so rewritten where its form allows; others stay as they are.
Expr hoist(const Model& model, const Expr& e);

}  // namespace lmmdsl
