// Traces, ranks and autocorrelations.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "charts/charts.h"

namespace lmmdsl {
namespace {

const char* chain_class(std::size_t chain) {
  static const char* const classes[] = {"c1 thin", "c2 thin", "c3 thin", "c4 thin",
                                        "c5 thin", "c6 thin", "c7 thin", "c8 thin"};
  return classes[chain % 8];
}

/// The smallest and the largest of each stretch, in the order in which they come.
void thin(std::span<const double> draws, std::size_t bins, std::vector<double>& x,
          std::vector<double>& y) {
  const std::size_t n = draws.size();
  if (n <= 2 * bins) {
    for (std::size_t t = 0; t < n; ++t)
      x.push_back(static_cast<double>(t + 1)), y.push_back(draws[t]);
    return;
  }
  for (std::size_t b = 0; b < bins; ++b) {
    const std::size_t begin = b * n / bins, end = (b + 1) * n / bins;
    std::size_t low = begin, high = begin;
    for (std::size_t t = begin; t < end; ++t) {
      if (draws[t] < draws[low]) low = t;
      if (draws[t] > draws[high]) high = t;
    }
    for (const std::size_t t : {std::min(low, high), std::max(low, high)})
      x.push_back(static_cast<double>(t + 1)), y.push_back(draws[t]);
  }
}

}  // namespace

Svg trace_chart(const std::string& name, const ChainSpans& chains, std::size_t bins) {
  // Of many chains each is shown more coarsely, so that a picture does not grow.
  bins = std::min(bins, 1000 / std::max<std::size_t>(chains.size(), 1));
  bins = std::clamp<std::size_t>(bins, 10, kMostPoints / 2);
  std::vector<std::vector<double>> xs(chains.size()), ys(chains.size());
  std::vector<double> all;
  for (std::size_t c = 0; c < chains.size(); ++c) {
    thin(chains[c], bins, xs[c], ys[c]);
    all.insert(all.end(), ys[c].begin(), ys[c].end());
  }
  const double n = chains.empty() ? 1 : static_cast<double>(chains[0].size());
  Svg svg(420, 190, "Trace of " + name,
          fmt::format("The draws of {} chain{} one after the other, {} each", chains.size(),
                      chains.size() == 1 ? "" : "s", n));
  const Frame frame(svg, {0, std::max(n, 1.0)}, range_of(all), name,
                    {.x_title = "draw", .y_title = {}});
  for (std::size_t c = 0; c < chains.size(); ++c)
    svg.path(frame.points(xs[c], ys[c]), chain_class(c));
  return svg;
}

Svg rank_chart(const std::string& name, const ChainSpans& chains) {
  constexpr std::size_t kBins = 20;
  std::vector<std::pair<double, std::size_t>> all;  // value, chain
  for (std::size_t c = 0; c < chains.size(); ++c)
    for (const double x : chains[c])
      if (!std::isnan(x)) all.emplace_back(x, c);
  std::sort(all.begin(), all.end());
  std::vector<std::vector<double>> counts(chains.size(), std::vector<double>(kBins, 0));
  for (std::size_t i = 0; i < all.size(); ++i) ++counts[all[i].second][i * kBins / all.size()];
  const double even =
      chains.empty() ? 1
                     : static_cast<double>(all.size()) / static_cast<double>(kBins * chains.size());
  std::vector<double> heights = {0, 2 * even};
  for (const auto& c : counts) heights.insert(heights.end(), c.begin(), c.end());
  Svg svg(420, 190, "Ranks of " + name,
          "How often the draws of each chain have each rank among all draws; level lines mean that "
          "the chains agree");
  const Range y = {0, range_of(heights).high};
  const Frame frame(svg, {0, 1}, y, name, {.x_title = "rank / number of draws", .y_title = {}});
  svg.line(frame.point(0, even), frame.point(1, even), "zero");
  for (std::size_t c = 0; c < chains.size(); ++c) {
    std::vector<Point> steps;
    for (std::size_t b = 0; b < kBins; ++b)
      for (const std::size_t end : {b, b + 1})
        steps.push_back(frame.point(static_cast<double>(end) / kBins, counts[c][b]));
    svg.path(steps, chain_class(c));
  }
  return svg;
}

Svg autocorrelation_chart(const std::string& name, const std::vector<double>& rho, int dies) {
  const double most = std::max<double>(1, static_cast<double>(rho.size()) - 1);
  double low = -0.1;
  for (const double r : rho)
    if (std::isfinite(r)) low = std::min(low, r);
  const std::string when =
      dies >= 0 ? fmt::format("dies by lag {}", dies) : fmt::format("alive at lag {}", most);
  Svg svg(420, 190, "Autocorrelation of " + name, when);
  const Frame frame(svg, {-0.5, most + 0.5}, {low - 0.02, 1.05}, name,
                    {.x_title = "lag", .y_title = {}});
  svg.rectangle({frame.left(), frame.y(0.05)}, frame.right() - frame.left(),
                frame.y(-0.05) - frame.y(0.05), "fill c7");
  for (std::size_t lag = 0; lag < rho.size(); ++lag)
    if (std::isfinite(rho[lag]))
      svg.line(frame.point(static_cast<double>(lag), 0),
               frame.point(static_cast<double>(lag), rho[lag]), "c1 bold");
  svg.line(frame.point(-0.5, 0), frame.point(most + 0.5, 0), "axis");
  if (dies >= 0)
    svg.line({frame.x(dies), frame.top()}, {frame.x(dies), frame.bottom()}, "c2 dashed");
  svg.label({frame.right(), 16}, when, Anchor::end, "label small");
  return svg;
}

}  // namespace lmmdsl
