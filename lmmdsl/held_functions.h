// A model read on other rows than it was fitted to: functions of whole columns keep the values that
// they had.
//
//   xc = center(x);  y ~ Normal(a + b * xc, s^2)
//
// A new x is centred at the mean of the x that a and b were estimated with. So mean(x) becomes a
// number; mean(x, by g) a column of numbers, one for each level; poly(x, k) the polynomials that
// were orthogonal on the old rows.
#pragma once

#include <string>
#include <vector>

#include "runtime/evaluate.h"

namespace lmmdsl {

/// A function of a column within groups, which is a column of the model from now on.
struct HeldColumn {
  SymbolId column = -1;  ///< on the rows
  Expr function;         ///< what it stands for
};

struct HeldFunctions {
  Model model;
  std::vector<HeldColumn> columns;
};

/// A vector or matrix for each group (a least squares fit by group) stays what it is where it is
/// used itself rather than through a function of all groups; with `by_group` false all functions
/// within groups do.
HeldFunctions hold_functions(const Model& model, const Data& data, bool by_group);

}  // namespace lmmdsl
