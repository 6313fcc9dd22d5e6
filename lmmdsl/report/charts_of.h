// The charts of a run by kind: what `plot` writes and the report shows.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "charts/charts.h"
#include "lmmdsl/report/marginals.h"
#include "lmmdsl/report/posterior.h"
#include "lmmdsl/report/predictive.h"
#include "lmmdsl/report/regression_curves.h"
#include "lmmdsl/report/shrinkage.h"

namespace lmmdsl {

/// Draws with the columns that charts show, and what is needed for densities. Without a model
/// (draws of another program) there are no closed forms.
class ScalarCharts {
 public:
  ScalarCharts(const Draws& draws, const Summary& summary, const Posterior* posterior);

  Svg trace(std::size_t column) const;
  Svg rank(std::size_t column) const;
  Svg autocorrelation(std::size_t column) const;
  Svg density(std::size_t column) const;
  std::string name(std::size_t column) const;

 private:
  const Draws& draws_;
  const Summary& summary_;
  std::map<std::string, DensityFunction> priors_, posteriors_;
};

/// Columns to show: of these variables, or hyper-parameters first and then plates, at most `most`;
/// one triangle of symmetric matrices, no constants.
std::vector<std::size_t> columns_to_show(const Draws& draws, const Summary& summary,
                                         const std::vector<std::string>& variables,
                                         const std::vector<std::string>& symmetric,
                                         std::size_t most);

/// A forest for each component of each variable on a plate. Own estimates of groups beside them
/// where `shifts` has them.
std::vector<Svg> forest_charts(const Draws& draws, const std::vector<std::string>& variables,
                               const std::vector<Shrinkage>& own, const Model* model);

/// The two figures of a regression with groups: least squares and posterior; then each group.
struct CurveCharts {
  std::vector<Svg> overview;  ///< least squares, posterior
  std::vector<Svg> groups;
};
CurveCharts curve_charts(const Model& model, const RegressionCurves& curves);

std::vector<Svg> shrinkage_charts(const Model& model, const Shrinkage& shrinkage);
std::vector<Svg> predictive_charts(const PredictiveCheck& check);

}  // namespace lmmdsl
