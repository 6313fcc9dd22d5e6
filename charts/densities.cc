// Densities, and replicated data against the data.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "charts/charts.h"

namespace lmmdsl {
namespace {

double highest(const std::vector<double>& y) {
  double most = 0;
  for (const double v : y)
    if (std::isfinite(v)) most = std::max(most, v);
  return most;
}

/// Names of lines, from right to left below the heading.
void legend(Svg& svg, const Frame& frame,
            const std::vector<std::pair<std::string, std::string>>& rows) {
  double y = frame.top() + 12;
  for (const auto& [name, classes] : rows) {
    if (name.empty()) continue;
    svg.line({frame.right() - 22, y - 4}, {frame.right() - 4, y - 4}, classes);
    svg.label({frame.right() - 26, y}, name, Anchor::end, "label small");
    y += 14;
  }
}

}  // namespace

Svg density_chart(const std::string& name, const std::vector<DensityCurve>& curves, double lower,
                  double upper) {
  std::vector<double> xs;
  double top = 0;
  if (!curves.empty()) xs = curves[0].x;
  for (const DensityCurve& c : curves)
    top = std::max(top, &c == &curves[0] ? highest(c.y) : std::min(highest(c.y), 1.6 * top));
  std::string said;
  for (const DensityCurve& c : curves) said += (said.empty() ? "" : ", ") + c.name;
  Svg svg(420, 190, "Density of " + name, said);
  const Range y = {0, top > 0 ? 1.08 * top : 1};
  const Frame frame(svg, range_of(xs, 0.02), y, name,
                    {.x_title = {}, .y_title = {}, .y_ticks = false, .left = 14, .bottom = 26});
  frame.begin_clip();
  std::vector<std::pair<std::string, std::string>> names;
  for (const DensityCurve& c : curves) {
    if (&c == &curves[0]) {
      std::vector<double> inside_x, inside_y;
      for (std::size_t i = 0; i < c.x.size(); ++i)
        if (c.x[i] >= lower && c.x[i] <= upper)
          inside_x.push_back(c.x[i]), inside_y.push_back(c.y[i]);
      if (!inside_x.empty())
        svg.area(frame.points(inside_x, std::vector<double>(inside_x.size(), 0)),
                 frame.points(inside_x, inside_y), "fill c1");
    }
    svg.path(frame.points(c.x, c.y), c.classes);
    names.emplace_back(c.name, c.classes);
  }
  frame.end_clip();
  if (names.size() > 1) legend(svg, frame, names);
  return svg;
}

Svg statistic_chart(const std::string& name, const std::vector<double>& replicated, double observed,
                    double share_above) {
  constexpr std::size_t kBins = 30;
  std::vector<double> all = replicated;
  all.push_back(observed);
  const Range x = range_of(all, 0.02);
  std::vector<double> counts(kBins, 0);
  for (const double r : replicated) {
    if (!std::isfinite(r)) continue;
    const double at = (r - x.low) / (x.high - x.low) * kBins;
    ++counts[std::min(static_cast<std::size_t>(std::max(at, 0.0)), kBins - 1)];
  }
  const std::string said = fmt::format("{:.0f} % of replications above", 100 * share_above);
  Svg svg(300, 190, fmt::format("{} of replicated data", name), said);
  const Frame frame(svg, x, {0, 1.08 * std::max(highest(counts), 1.0)}, name,
                    {.x_title = said, .y_title = {}, .y_ticks = false, .left = 14});
  for (std::size_t b = 0; b < kBins; ++b) {
    const double left = x.low + (x.high - x.low) * static_cast<double>(b) / kBins;
    const double right = x.low + (x.high - x.low) * static_cast<double>(b + 1) / kBins;
    if (counts[b] > 0)
      svg.rectangle(frame.point(left, counts[b]), frame.x(right) - frame.x(left) - 0.5,
                    frame.bottom() - frame.y(counts[b]), "fill c1");
  }
  if (std::isfinite(observed))
    svg.line({frame.x(observed), frame.top()}, {frame.x(observed), frame.bottom()}, "c2 bold");
  svg.label({frame.right(), 16}, "line: the data", Anchor::end, "label small");
  return svg;
}

Svg overlay_chart(const std::string& name, const std::vector<DensityCurve>& replicated,
                  const DensityCurve& observed) {
  double top = highest(observed.y);
  std::vector<double> xs = observed.x;
  for (const DensityCurve& c : replicated) {
    top = std::max(top, highest(c.y));
    xs.insert(xs.end(), c.x.begin(), c.x.end());
  }
  Svg svg(300, 190, fmt::format("Density of {} and of replicated data", name),
          fmt::format("The data as a bold line over {} data sets drawn from the model",
                      replicated.size()));
  const Frame frame(svg, range_of(xs, 0.01), {0, top > 0 ? 1.08 * top : 1}, name,
                    {.x_title = {}, .y_title = {}, .y_ticks = false, .left = 14, .bottom = 26});
  for (const DensityCurve& c : replicated) svg.path(frame.points(c.x, c.y), "c1 thin faint");
  svg.path(frame.points(observed.x, observed.y), "c2 bold");
  legend(svg, frame, {{"data", "c2 bold"}, {"replicated", "c1 thin"}});
  return svg;
}

}  // namespace lmmdsl
