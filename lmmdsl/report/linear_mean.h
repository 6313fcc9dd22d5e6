// The mean of a likelihood as a linear function of the unknowns, at any values of the data:
//
//   mean at row i  =  sum over unknowns t of  A_t(i) t[group of i]  +  offset(i)
//
// with A free of unknowns. Most models of the language are of this form.
#pragma once

#include <optional>
#include <vector>

#include "lmmdsl/report/posterior.h"

namespace lmmdsl {

/// One unknown in the mean.
struct MeanTerm {
  SymbolId parameter = -1;
  Expr design;  ///< a row, or a scalar for a scalar unknown
};

struct LinearMean {
  std::vector<MeanTerm> terms;
  Expr offset;  ///< free of unknowns
};

/// Nothing if the mean of the density is not of this form. Derived quantities are written out;
/// `mean` may be the density's mean with something in the place of something.
std::optional<LinearMean> linear_mean(const Model& model, const Expr& mean);

/// e with constants and derived quantities on rows written out, and the column x, except within
/// functions of data, replaced by a number. No poly(x, k) may be left in it (held_functions.h).
Expr at_value(const Model& model, const Expr& e, SymbolId x, double value);

/// Numeric columns that e uses row by row, itself or through constants.
std::vector<SymbolId> covariates(const Model& model, const Expr& e);

}  // namespace lmmdsl
