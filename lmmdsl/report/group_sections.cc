// Curves of groups, shrinkage, and predictive checks.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/math/render.h"
#include "lmmdsl/report/sections.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kMostRows = 100;

/// "A is smaller than B" as numbers show it; nothing is said of differences below a hundredth.
std::string relation(double model, double separate) {
  const double ratio = model / separate;
  return ratio < 0.99 ? "smaller than" : ratio > 1.01 ? "larger than" : "about the same as";
}

}  // namespace

void add_curves(HtmlPage& page, const Posterior& posterior) {
  const std::vector<RegressionCurves> found = regression_curves(posterior);
  if (found.empty()) return;
  page.section("curves", "Fitted curves");
  for (const RegressionCurves& r : found) {
    const std::string x = posterior.model()[r.covariate].spelling;
    const CurveCharts charts = curve_charts(posterior.model(), r);
    if (r.groups.once()) {
      page.paragraph(
          fmt::format("{} against {}: the posterior mean with its 95 % band, and the "
                      "least squares curve, dashed.",
                      r.response, x));
      page.charts(charts.groups);
      continue;
    }
    page.paragraph(fmt::format(
        "{} against {}. On one side the least squares curve of each group, fitted to its own rows; "
        "on the other the posterior means, which borrow from each other{}.",
        r.response, x,
        r.population.x.empty() ? "" : ", with the curve of the population and its 95 % band"));
    page.charts(charts.overview);
    page.heading("Group by group");
    page.paragraph(
        "The posterior mean with its 95 % band, the least squares curve dashed, and the "
        "data.");
    page.charts(charts.groups, /*narrow=*/true);
  }
}

void add_shrinkage(HtmlPage& page, const Posterior& posterior,
                   const std::vector<Shrinkage>& found) {
  const bool any = std::any_of(found.begin(), found.end(), [](const Shrinkage& s) {
    return std::any_of(s.groups.begin(), s.groups.end(),
                       [](const GroupEstimate& e) { return e.own.allFinite(); });
  });
  if (!any) return;
  page.section("shrinkage", "Shrinkage");
  page.paragraph(
      "The posterior mean of a group lies between what its own rows say (least squares) and what "
      "the population says (pooled). The weight is that of the own rows: 1 is no shrinkage, 0 is "
      "complete pooling; for a vector it is the mean of the eigenvalues of the weight matrix. "
      "Variances are held at their posterior means.");
  for (const Shrinkage& s : found) {
    const std::string name = render_name(posterior.model()[s.parameter].name, Notation::unicode);
    std::vector<std::string> remarks;
    for (const VarianceComparison& v : s.between)
      remarks.push_back(fmt::format(
          "Between groups, the variance of {} is {} in the posterior mean, {} the variance {} of "
          "the least squares estimates, which is in part noise.",
          v.what, short_number(v.model), relation(v.model, v.separate), short_number(v.separate)));
    for (const ResidualComparison& v : s.within)
      remarks.push_back(fmt::format(
          "Within groups, the residual variance {} is {} in the posterior mean, {} the {} about "
          "separate least squares fits (residual sum of squares by rows){}. By degrees of freedom "
          "these fits give {}.",
          v.what, short_number(v.model), relation(v.model, v.mean_square),
          short_number(v.mean_square),
          v.model > v.mean_square
              ? ": curves that are shrunk lie farther from their data than those fitted to them"
              : "",
          short_number(v.unbiased)));
    page.heading(name);
    for (const std::string& remark : remarks) page.paragraph(remark, "remark");
    page.charts(shrinkage_charts(posterior.model(), s));
    std::vector<std::string> titles = {"group"};
    for (const std::string& c : s.components)
      for (const char* what : {"least squares", "pooled", "posterior"})
        titles.push_back(c.empty() ? std::string(what) : fmt::format("{}: {}", c, what));
    titles.push_back("weight");
    std::vector<std::vector<std::string>> rows;
    for (const GroupEstimate& e : s.groups) {
      if (rows.size() == kMostRows) break;
      std::vector<std::string> row = {e.label};
      for (Eigen::Index k = 0; k < e.own.size(); ++k)
        for (const double x : {e.own(k), e.pooled(k), e.posterior(k)})
          row.push_back(short_number(x));
      row.push_back(fmt::format("{:.2f}", e.weight));
      rows.push_back(std::move(row));
    }
    page.table(titles, rows);
    if (s.groups.size() > kMostRows)
      page.paragraph(fmt::format("and {} more groups", s.groups.size() - kMostRows), "quiet");
  }
}

void add_predictive(HtmlPage& page, const Posterior& posterior) {
  const PredictiveChecks found = predictive_checks(posterior);
  if (found.checks.empty() && found.left_out.empty()) return;
  page.section("predictive", "Posterior predictive checks");
  page.paragraph(
      "Data sets drawn from the model at draws of the posterior, beside the data. A statistic of "
      "the data far out among those of the replications (less than 2 % or more than 98 % above) is "
      "something that the model does not explain.");
  for (const PredictiveCheck& check : found.checks) {
    page.charts(predictive_charts(check), /*narrow=*/true);
    std::vector<std::vector<std::string>> rows;
    for (const StatisticCheck& s : check.statistics) {
      std::vector<double> sorted = s.replicated;
      std::sort(sorted.begin(), sorted.end());
      rows.push_back({s.name, short_number(s.observed), short_number(quantile_sorted(sorted, 0.5)),
                      short_number(quantile_sorted(sorted, 0.025)),
                      short_number(quantile_sorted(sorted, 0.975)),
                      fmt::format("{:.3f}", s.share_above)});
    }
    page.table({"of " + check.response, "data", "replications 50 %", "2.5 %", "97.5 %", "p"}, rows);
    page.paragraph("p: the share of the replications that lie at or above the data.", "quiet");
    for (const StatisticCheck& s : check.statistics)
      if (s.extreme())
        page.paragraph(
            fmt::format("The {} of {} is {} in the data; {:.1f} % of the replications lie "
                        "above it.",
                        s.name, check.response, short_number(s.observed), 100 * s.share_above),
            "warning");
  }
  for (const std::string& why : found.left_out) page.paragraph("Not replicated: " + why, "quiet");
}

}  // namespace lmmdsl
