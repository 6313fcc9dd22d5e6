// What an expression needs of the columns of the data: elementwise, a number in each row, or
// gathered, through a function of a whole column.
#pragma once

#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// True for operators that gather elements of another plate: functions of data and sums.
bool gathers(Op op);

/// True if e mentions no parameter, itself or through definitions.
bool is_constant(const Model& model, const Expr& e);

/// The columns whose NA makes the value of `e` NA: those that it mentions, itself or through the
/// constants it is made of, outside functions of data (mean(x), ols(y ~ X), ...), which use the
/// rows in which their own arguments are present.
std::vector<SymbolId> elementwise_columns(const Model& model, const Expr& e);

}  // namespace lmmdsl
