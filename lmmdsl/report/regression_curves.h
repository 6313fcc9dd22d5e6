// A regression on one continuous covariate: the fitted curve of each group with a band, and beside
// it the least squares curve of the group's own rows.
#pragma once

#include <optional>
#include <vector>

#include "charts/charts.h"
#include "lmmdsl/report/posterior.h"

namespace lmmdsl {

struct RegressionCurves {
  int density = 0;  ///< of the likelihood
  SymbolId covariate = -1;
  std::string response;
  Plate groups;               ///< once: a single curve
  std::vector<Curve> curves;  ///< a group each: mean of the posterior, 95 % band, least squares
  Curve population;           ///< at the mean of the population; no x: there is none
  Range x, y;
};

/// One for each Normal likelihood whose mean is linear in the unknowns and depends, within a group,
/// on one numeric column only.
std::vector<RegressionCurves> regression_curves(const Posterior& posterior);

}  // namespace lmmdsl
