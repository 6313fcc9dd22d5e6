// The table of figures, the chains of each scalar, and how the run was made.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "lmmdsl/figures.h"
#include "lmmdsl/report/sections.h"
#include "lmmdsl/summary_table.h"
#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kMostLines = 400;
constexpr std::size_t kMostCharts = 40;  // scalars, each with four charts

std::vector<std::string> cells(const Draws& draws, const SummaryRow& r) {
  const Digits digits = supported_digits(r);
  Digits finer = digits;
  ++finer.decimals;
  const int dies = lag_of_decay(autocorrelation(complete_chains(draws, r.column), 50));
  return {shown_name(draws.columns[r.column]),
          figure(r.mean, digits),
          figure(r.sd, digits),
          figure(r.mcse, finer),
          figure(r.median, digits),
          figure(r.hpd_lower, digits),
          figure(r.hpd_upper, digits),
          count_text(r.ess_bulk),
          count_text(r.ess_tail),
          std::isnan(r.rhat) ? "–" : fmt::format("{:.3f}", r.rhat),
          dies >= 0 ? std::to_string(dies) : "> 50"};
}

}  // namespace

void add_summary(HtmlPage& page, const Draws& draws, const Summary& summary,
                 const std::vector<std::string>& symmetric) {
  page.section("posterior", "The posterior");
  const std::vector<std::string> titles = {
      "",   "mean",     "sd",       "MCSE",  "median",         "95 % HPD from",
      "to", "ESS bulk", "ESS tail", "R-hat", "acf dies at lag"};
  std::vector<std::vector<std::string>> hyper, plates;
  std::size_t left = 0;
  for (const SummaryRow& r : summary.rows) {
    const Column& c = draws.columns[r.column];
    const auto n = c.index.size();
    const bool twin = n >= 2 && c.index[n - 2] > c.index[n - 1] &&
                      std::find(symmetric.begin(), symmetric.end(), c.variable) != symmetric.end();
    if (twin) continue;
    auto& rows = c.hyper ? hyper : plates;
    if (rows.size() < kMostLines) rows.push_back(cells(draws, r));
    else ++left;
  }
  page.table(titles, hyper);
  if (!plates.empty()) {
    page.begin_details(fmt::format("The {} quantities on plates", plates.size()));
    page.table(titles, plates);
    if (left > 0) page.paragraph(fmt::format("{} more are in summary.csv.", left), "quiet");
    page.end_details();
  }
  page.paragraph(
      fmt::format("HPD: highest posterior density interval, the shortest with 95 % of the draws. "
                  "MCSE: Monte Carlo standard error of the mean. ESS: effective number of draws; "
                  "it should be above {:.0f}. R-hat: near 1 where the chains agree; it should be "
                  "below {}. The autocorrelations die at the first lag with one within {} of 0.",
                  kLeastEss, kLargestRhat, kForgotten),
      "quiet");
}

void add_chains(HtmlPage& page, const Draws& draws, const Summary& summary,
                const ScalarCharts& charts, const std::vector<std::string>& symmetric) {
  page.section("chains", "Densities and chains");
  page.paragraph(
      "Of each quantity the density with its 95 % HPD interval shaded (and the prior, where it has "
      "a density of its own), the trace, the ranks by chain, which are level if the chains agree, "
      "and the autocorrelations with the lag at which they die.");
  const std::vector<std::size_t> shown =
      columns_to_show(draws, summary, {}, symmetric, kMostCharts);
  bool folded = false;
  for (const std::size_t j : shown) {
    if (!draws.columns[j].hyper && !folded) {
      page.begin_details("Quantities on plates");
      folded = true;
    }
    page.heading(charts.name(j));
    page.charts({charts.density(j), charts.trace(j), charts.rank(j), charts.autocorrelation(j)});
  }
  if (folded) page.end_details();
  const std::size_t all =
      columns_to_show(draws, summary, {}, symmetric, draws.columns.size()).size();
  if (shown.size() < all)
    page.paragraph(fmt::format("{} more quantities have no charts here; `lmmdsl plot DIR --kind "
                               "trace --vars NAME -o FILE` draws them.",
                               all - shown.size()),
                   "quiet");
}

void add_run(HtmlPage& page, const SavedRun& run) {
  page.section("run", "How it was run");
  std::vector<std::vector<std::string>> rows;
  const Draws& draws = run.draws;
  std::size_t length = draws.per_chain;
  for (const std::size_t kept : draws.kept) length = std::min(length, kept);
  rows.push_back({"chains", std::to_string(draws.chains)});
  rows.push_back({"draws of each", std::to_string(length)});
  if (run.record) {
    const RunRecord& r = *run.record;
    rows.push_back({"sweeps of warm-up", std::to_string(r.settings.warmup)});
    rows.push_back({"sweeps for each draw", std::to_string(r.settings.thin)});
    rows.push_back({"seed", std::to_string(r.settings.seed)});
    rows.push_back({"schedule", r.schedule + ": " + r.steps});
    rows.push_back({"model", r.model_file});
    rows.push_back({"data", fmt::format("{} (FNV-1a {})", r.data_file, r.data_fnv1a64)});
    for (const Setting& s : r.constants) rows.push_back({"set " + s.name, s.value});
    for (const auto& [name, header] : r.headers) rows.push_back({"column " + name, header});
    if (r.drop_missing) rows.push_back({"missing covariates", "rows left out"});
    rows.push_back({"status", r.status});
    rows.push_back({"CPU seconds", fmt::format("{:.2f} warm-up, {:.2f} sampling", r.timings.warmup,
                                               r.timings.sampling)});
  } else {
    rows.push_back({"draws", run.folder + ", of another program"});
  }
  rows.push_back({"program", std::string("lmmdsl ") + version()});
  page.table({"", ""}, rows, 2);
}

}  // namespace lmmdsl
