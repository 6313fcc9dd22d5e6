// The charts of a posterior: numbers in, a picture out. Nothing here knows a model.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "charts/frame.h"
#include "charts/svg.h"

namespace lmmdsl {

using ChainSpans = std::vector<std::span<const double>>;

/// No path has more points than this.
constexpr std::size_t kMostPoints = 1000;

/// Draws of one scalar against the number of the draw, a colour for each chain. Long chains are
/// shown by the smallest and largest draw of each of `bins` stretches.
Svg trace_chart(const std::string& name, const ChainSpans& chains, std::size_t bins = 250);

/// Histograms of the ranks that each chain's draws have among all draws (Vehtari et al. 2021):
/// level if the chains tell the same story.
Svg rank_chart(const std::string& name, const ChainSpans& chains);

/// Autocorrelations at lags 0, 1, ... and where they die (-1: they do not).
Svg autocorrelation_chart(const std::string& name, const std::vector<double>& rho, int dies);

/// A curve of a density, with its name for the legend.
struct DensityCurve {
  std::string name;
  std::vector<double> x, y;
  std::string classes;  ///< "c1 bold"
};
/// Densities of one quantity, with an interval shaded below the first.
Svg density_chart(const std::string& name, const std::vector<DensityCurve>& curves, double lower,
                  double upper);

/// One line of a forest: a median with an inner and an outer interval, and perhaps another
/// estimate to compare with (NaN: none).
struct ForestRow {
  std::string label;
  double median, inner_low, inner_high, outer_low, outer_high;
  double other = NAN;
};
struct ForestText {
  std::string title, description;
  std::string other;       ///< what the other estimates are: "least squares"
  double reference = NAN;  ///< a dashed line: the mean of the population
};
Svg forest_chart(const std::vector<ForestRow>& rows, const ForestText& text);

/// Curves of groups in one panel.
struct Curve {
  std::string label;
  std::vector<double> x, y;
  std::vector<double> low, high;  ///< a band; may be empty
  std::vector<double> other;      ///< another curve to compare with; may be empty
  std::vector<Point> data;
};
struct CurvesText {
  std::string title, description, x_title, y_title;
  std::string own, other;  ///< names for the legend
};
/// All groups in one panel: spaghetti. `population` (no x: none) is drawn over them with its band.
Svg curves_chart(const std::vector<Curve>& groups, const Curve& population, Range x, Range y,
                 const CurvesText& text);
/// One group: its data, its curve with the band, and the other curve.
Svg group_chart(const Curve& group, Range x, Range y, const CurvesText& text);

/// How estimates move: from those of each group alone (above) to those of the model (below), and
/// the value that all groups share.
struct Shift {
  std::string label;
  double from, to;
};
struct ShiftText {
  std::string title, description, from, to;
  double reference = NAN;
};
Svg shift_chart(const std::vector<Shift>& shifts, const ShiftText& text);

/// A statistic of replicated data against that of the data.
Svg statistic_chart(const std::string& name, const std::vector<double>& replicated, double observed,
                    double share_above);

/// The density of the data over those of replicated data sets.
Svg overlay_chart(const std::string& name, const std::vector<DensityCurve>& replicated,
                  const DensityCurve& observed);

}  // namespace lmmdsl
