#include "lmmdsl/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "grammar/print.h"
#include "lmmdsl/advice.h"
#include "lmmdsl/load.h"
#include "lmmdsl/report/sections.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kMostOneByOne = 20'000;  // for what is worked out row by row

/// What a reader wants to know first: what was run, and whether it can be trusted.
void add_head(HtmlPage& page, const SavedRun& run, const Bound* bound, const Summary& summary) {
  std::size_t length = run.draws.per_chain;
  for (const std::size_t kept : run.draws.kept) length = std::min(length, kept);
  std::string text = fmt::format("{} chain{} of {} draws", run.draws.chains,
                                 run.draws.chains == 1 ? "" : "s", length);
  if (run.record)
    text += fmt::format(", schedule {}, seed {}", run.record->schedule, run.record->settings.seed);
  if (bound != nullptr) text += ". " + run.record->data_file + ": " + describe_data(*bound);
  page.paragraph(text + ".");
  SampleSettings settings;
  if (run.record) settings = run.record->settings;
  else settings.draws = run.draws.per_chain;
  const Diagnostics found = advice(run.draws, summary, settings);
  for (const Diagnostic& d : found)
    page.paragraph(d.message + (d.hint.empty() ? "" : ". " + d.hint), "warning");
  if (found.empty())
    page.paragraph(fmt::format("The chains agree (every R-hat is at most {}), and every effective "
                               "sample size is at least {:.0f}.",
                               kLargestRhat, kLeastEss),
                   "remark");
  if (run.record)
    for (const std::string& name : run.record->not_kept)
      page.paragraph(fmt::format("The draws of {} were not kept: "
                                 "its mean, sd, MCSE and R-hat are in summary.csv.",
                                 name),
                     "remark");
  if (run.record && run.record->status != "done")
    page.paragraph(fmt::format("The run was {}: these are its draws so far.", run.record->status),
                   "warning");
}

/// Why nothing can be worked out row by row; empty if it can.
std::string what_lacks(const Posterior& posterior) {
  if (unobserved_factor(posterior.model()) >= 0) return "A factor is not observed";
  if (!posterior.missing().empty())
    return fmt::format("The draws of {} were not kept", posterior.missing().front());
  if (posterior.data().rows() > kMostOneByOne)
    return fmt::format("The table has more than {} rows", kMostOneByOne);
  return {};
}

}  // namespace

std::string report_page(const SavedRun& run, const Bound* bound, const std::string& why_not) {
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Summary summary = summarize(run.draws, threads);
  std::string title = run.folder;
  std::vector<std::string> symmetric;
  if (run.record) {
    title = run.record->model_title.empty() ? run.record->model_file : run.record->model_title;
    symmetric = run.record->symmetric;
  }
  HtmlPage page(title);
  std::unique_ptr<Posterior> posterior;
  std::vector<Shrinkage> shrunk;
  std::string without;
  if (bound != nullptr) {
    posterior = std::make_unique<Posterior>(run, *bound, summary);
    without = what_lacks(*posterior);
    if (without.empty()) shrunk = shrinkage(*posterior);
  }
  add_head(page, run, bound, summary);
  if (posterior) {
    add_model(page, *posterior);
    add_data(page, *posterior);
  } else {
    page.paragraph("There is no model on this page: " + why_not, "remark");
  }
  add_summary(page, run.draws, summary, symmetric);
  const std::vector<Svg> forests =
      forest_charts(run.draws, {}, shrunk, posterior ? &posterior->model() : nullptr);
  if (!forests.empty()) {
    page.section("groups", "Groups");
    page.charts(forests);
  }
  if (posterior && without.empty()) {
    add_curves(page, *posterior);
    add_shrinkage(page, *posterior, shrunk);
    add_predictive(page, *posterior);
  } else if (posterior) {
    page.paragraph(without + ": there are no curves, no shrinkage and no predictive checks here.",
                   "quiet");
  }
  const bool whole =
      posterior && posterior->missing().empty() && unobserved_factor(posterior->model()) < 0;
  const ScalarCharts charts(run.draws, summary, whole ? posterior.get() : nullptr);
  add_chains(page, run.draws, summary, charts, symmetric);
  add_run(page, run);
  return page.text();
}

}  // namespace lmmdsl
