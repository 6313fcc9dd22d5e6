#include "lmmdsl/report/charts_of.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/math/render.h"
#include "lmmdsl/lists.h"
#include "lmmdsl/report/kernel_density.h"
#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kMostForestRows = 120;
constexpr std::size_t kOverlays = 30;
constexpr std::size_t kMostForests = 24;
constexpr std::size_t kMostDots = 1000;  // of all groups together

std::vector<double> sorted_draws(const Draws& draws, std::size_t column) {
  std::vector<double> sorted;
  for (const auto& chain : complete_chains(draws, column))
    sorted.insert(sorted.end(), chain.begin(), chain.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

bool has_nan(const Draws& draws, std::size_t column) {
  for (const auto& chain : complete_chains(draws, column))
    for (const double x : chain)
      if (std::isnan(x)) return true;
  return false;
}

const SummaryRow* row_of(const Summary& summary, std::size_t column) {
  for (const SummaryRow& r : summary.rows)
    if (r.column == column) return &r;
  return nullptr;
}

}  // namespace

ScalarCharts::ScalarCharts(const Draws& draws, const Summary& summary, const Posterior* posterior)
    : draws_(draws), summary_(summary) {
  if (posterior == nullptr) return;
  priors_ = prior_densities(*posterior);
  posteriors_ = posterior_densities(*posterior);
}

std::string ScalarCharts::name(std::size_t column) const {
  return shown_name(draws_.columns[column]);
}

Svg ScalarCharts::trace(std::size_t column) const {
  return trace_chart(name(column), complete_chains(draws_, column));
}

Svg ScalarCharts::rank(std::size_t column) const {
  return rank_chart(name(column), complete_chains(draws_, column));
}

Svg ScalarCharts::autocorrelation(std::size_t column) const {
  const std::vector<double> rho = lmmdsl::autocorrelation(complete_chains(draws_, column), 50);
  return autocorrelation_chart(name(column), rho, lag_of_decay(rho));
}

Svg ScalarCharts::density(std::size_t column) const {
  const Density1 drawn = kernel_density(complete_chains(draws_, column));
  const std::string& key = draws_.columns[column].csv_name;
  std::vector<DensityCurve> curves;
  if (drawn.x.empty()) return density_chart(name(column), {}, 0, 0);
  const auto on_grid = [&](const DensityFunction& f) {
    std::vector<double> y;
    for (const double x : drawn.x) y.push_back(f(x));
    return y;
  };
  const auto closed = posteriors_.find(key);
  if (closed != posteriors_.end())
    curves.push_back({"posterior", drawn.x, on_grid(closed->second), "c1 bold"});
  else curves.push_back({"posterior", drawn.x, drawn.y, "c1 bold"});
  const auto prior = priors_.find(key);
  if (prior != priors_.end())
    curves.push_back({"prior", drawn.x, on_grid(prior->second), "c2 dashed"});
  const SummaryRow* row = row_of(summary_, column);
  return density_chart(name(column), curves, row ? row->hpd_lower : NAN,
                       row ? row->hpd_upper : NAN);
}

std::vector<std::size_t> columns_to_show(const Draws& draws, const Summary& summary,
                                         const std::vector<std::string>& variables,
                                         const std::vector<std::string>& symmetric,
                                         std::size_t most) {
  std::vector<std::size_t> result;
  for (const bool hyper : {true, false})
    for (std::size_t j = 0; j < draws.columns.size() && result.size() < most; ++j) {
      const Column& c = draws.columns[j];
      if (c.name == "lp__" || c.hyper != hyper) continue;
      if (!variables.empty() && !contains(variables, c.variable)) continue;
      const auto n = c.index.size();
      if (n >= 2 && contains(symmetric, c.variable) && c.index[n - 2] > c.index[n - 1]) continue;
      const SummaryRow* row = row_of(summary, j);
      if (row == nullptr || !(row->q5 < row->q95)) continue;
      result.push_back(j);
    }
  return result;
}

std::vector<Svg> forest_charts(const Draws& draws, const std::vector<std::string>& variables,
                               const std::vector<Shrinkage>& own, const Model* model) {
  struct Group {
    std::string title;
    std::vector<std::size_t> columns;
  };
  std::vector<std::string> order;
  std::map<std::string, Group> groups;  // by variable and component
  for (std::size_t j = 0; j < draws.columns.size(); ++j) {
    const Column& c = draws.columns[j];
    if (c.index.empty() || c.hyper || c.auxiliary) continue;
    if (!variables.empty() && !contains(variables, c.variable)) continue;
    std::string component;
    for (const auto& [key, label] : c.labels)
      if (key == "component") component += (component.empty() ? "" : ", ") + label;
    const std::string key = c.variable + '\n' + component;
    if (groups.find(key) == groups.end()) order.push_back(key);
    Column head;
    head.variable = c.variable;
    if (!component.empty()) head.labels.emplace_back("component", component);
    groups[key].title = shown_name(head);
    groups[key].columns.push_back(j);
  }
  std::vector<Svg> charts;
  for (const std::string& key : order) {
    const Group& group = groups[key];
    if (group.columns.size() < 2 || charts.size() == kMostForests) continue;
    std::vector<ForestRow> rows;
    for (const std::size_t j : group.columns) {
      if (rows.size() == kMostForestRows || has_nan(draws, j)) continue;
      const Column& c = draws.columns[j];
      const std::vector<double> sorted = sorted_draws(draws, j);
      ForestRow row{"",
                    quantile_sorted(sorted, 0.5),
                    quantile_sorted(sorted, 0.25),
                    quantile_sorted(sorted, 0.75),
                    quantile_sorted(sorted, 0.025),
                    quantile_sorted(sorted, 0.975)};
      std::size_t component = 0;
      for (const auto& [factor, label] : c.labels)
        if (factor != "component") row.label += (row.label.empty() ? "" : ", ") + label;
      if (row.label.empty()) row.label = std::to_string(c.index[0]);
      if (c.index.size() > 1) component = static_cast<std::size_t>(c.index.back() - 1);
      for (const Shrinkage& s : own) {
        if (model == nullptr || (*model)[s.parameter].name != c.variable) continue;
        const auto g = static_cast<std::size_t>(c.index[0] - 1);
        if (g < s.groups.size() && component < static_cast<std::size_t>(s.groups[g].own.size()))
          row.other = s.groups[g].own(static_cast<Eigen::Index>(component));
      }
      rows.push_back(std::move(row));
    }
    const std::size_t left = group.columns.size() - rows.size();
    ForestText text{group.title,
                    fmt::format("Medians with 50 % and 95 % intervals of {} groups{}", rows.size(),
                                left > 0 ? fmt::format("; {} more are not shown", left) : ""),
                    "least squares"};
    charts.push_back(forest_chart(rows, text));
  }
  return charts;
}

CurveCharts curve_charts(const Model& model, const RegressionCurves& all) {
  CurveCharts charts;
  RegressionCurves r = all;
  std::size_t dots = 0;
  for (const Curve& c : r.curves) dots += c.data.size();
  const std::size_t every = (dots + kMostDots - 1) / kMostDots;  // of long tables one in so many
  for (Curve& c : r.curves) {
    std::size_t k = 0;
    if (every > 1) std::erase_if(c.data, [&](const Point&) { return k++ % every != 0; });
  }
  const std::string x = model[r.covariate].spelling;
  CurvesText text{"", "", x, r.response, "", ""};
  Range y = r.y;
  std::vector<double> heights;
  std::vector<Curve> separate;
  for (const Curve& c : r.curves) {
    if (c.other.empty()) continue;
    Curve s = c;
    s.y = c.other;
    heights.insert(heights.end(), c.other.begin(), c.other.end());
    separate.push_back(std::move(s));
  }
  if (!heights.empty()) y = unite(y, range_of(heights));
  if (!separate.empty()) {
    text.title = "Least squares, each group alone";
    text.description = fmt::format("Curves of {} groups over the data", separate.size());
    charts.overview.push_back(curves_chart(separate, {}, r.x, y, text));
  }
  text.title = "Posterior means";
  text.description = fmt::format(
      "Curves of {} groups over the data, nearer to each other than those of least "
      "squares where the groups are shrunk",
      r.curves.size());
  charts.overview.push_back(curves_chart(r.curves, r.population, r.x, y, text));
  for (const Curve& c : r.curves) {
    text.title = c.label;
    text.description =
        "The posterior mean with its 95 % band, "
        "the least squares curve dashed, and the data";
    charts.groups.push_back(group_chart(c, r.x, y, text));
  }
  return charts;
}

std::vector<Svg> shrinkage_charts(const Model& model, const Shrinkage& s) {
  std::vector<Svg> charts;
  const std::string name = render_name(model[s.parameter].name, Notation::unicode);
  for (std::size_t k = 0; k < s.components.size(); ++k) {
    const auto at = static_cast<Eigen::Index>(k);
    std::vector<Shift> shifts;
    double pooled = 0;
    std::set<double> different;
    for (const GroupEstimate& e : s.groups) {
      if (std::isfinite(e.own(at))) shifts.push_back({e.label, e.own(at), e.posterior(at)});
      different.insert(std::round(e.pooled(at) * 1e9));
      pooled = e.pooled(at);
    }
    if (shifts.size() < 2) continue;
    const std::string component = s.components[k];
    charts.push_back(shift_chart(
        shifts, {name + (component.empty() ? "" : "[" + component + "]"),
                 fmt::format("From the {} groups' own estimates above to the posterior means below",
                             shifts.size()),
                 "least squares", "posterior", different.size() == 1 ? pooled : NAN}));
  }
  return charts;
}

std::vector<Svg> predictive_charts(const PredictiveCheck& check) {
  std::vector<DensityCurve> replicated;
  for (std::size_t i = 0; i < std::min(kOverlays, check.replicated.size()); ++i) {
    Density1 d = kernel_density({check.replicated[i]}, 80);
    replicated.push_back({"", std::move(d.x), std::move(d.y), ""});
  }
  Density1 own = kernel_density({check.observed}, 80);
  std::vector<Svg> charts;
  charts.push_back(
      overlay_chart(check.response, replicated, {"data", std::move(own.x), std::move(own.y), ""}));
  for (const StatisticCheck& s : check.statistics)
    charts.push_back(statistic_chart(fmt::format("{} of {}", s.name, check.response), s.replicated,
                                     s.observed, s.share_above));
  return charts;
}

}  // namespace lmmdsl
