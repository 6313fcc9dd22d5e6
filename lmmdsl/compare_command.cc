// lmmdsl compare DIR...: leave-one-out cross-validation, WAIC, marginal likelihoods.

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "lmmdsl/commands.h"
#include "lmmdsl/compare/comparison_text.h"
#include "lmmdsl/console.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/output.h"
#include "lmmdsl/progress_bar.h"
#include "lmmdsl/report/posterior.h"
#include "lmmdsl/signals.h"

namespace lmmdsl {
namespace {

struct FormatRow {
  const char* name;
  std::string (*text)(const std::vector<ModelFit>&, const std::vector<std::string>&, bool);
};
const FormatRow kCompareFormats[] = {
    {"table", comparison_table}, {"csv", comparison_csv}, {"json", comparison_json}};

int execute_compare(const Arguments& arguments) {
  Diagnostics errors;
  const auto* row =
      row_named(kCompareFormats, "format", arguments.get("--format", "table"), errors);
  CompareSettings settings;
  settings.by = split_names(arguments.get("--by"));
  settings.marginal = !arguments.has("--no-marginal");
  settings.threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (arguments.has("--draws")) {
    const auto n = whole_number("--draws", arguments.get("--draws"), 100, 100'000'000);
    errors.insert(errors.end(), n.diagnostics.begin(), n.diagnostics.end());
    if (n) settings.draws = *n;
  }
  if (!errors.empty()) return report_and_code(errors);

  std::vector<SavedRun> runs;
  std::vector<Bound> bounds;
  for (const std::string& folder : arguments.operands) {
    doing().stage = "read";
    Result<SavedRun> run = read_saved_run(folder);
    if (!run) return report_and_code(run.diagnostics);
    doing().stage = "bind";
    Result<Bound> bound = bind_again(*run);
    if (!bound) return report_and_code(bound.diagnostics);
    if (const auto refused = lacks_levels(*bound->program->model, "comparisons are"))
      return report_and_code({*refused});
    for (Grouping& g : groupings(*bound, settings.groupings))
      settings.groupings.push_back(std::move(g));
    runs.push_back(std::move(*run));
    bounds.push_back(std::move(*bound));
  }
  doing().stage = "compare";
  std::vector<ModelFit> fits;
  Progress progress;
  std::uint64_t steps = 0;
  for (std::size_t m = 0; m < runs.size(); ++m)
    steps += comparison_steps(runs[m], bounds[m], settings);
  {
    const StopOnSignal signals(progress.stop);
    const ProgressBar bar(progress, steps, error_is_terminal(), "steps");
    for (std::size_t m = 0; m < runs.size() && errors.empty() && !progress.stop; ++m) {
      Result<ModelFit> fit = fit_of_model(runs[m], bounds[m], settings, progress);
      if (!fit) errors = fit.diagnostics;
      if (!fit || progress.stop) break;
      fits.push_back(std::move(*fit));
      if (m > 0) errors = check_same_data(fits.front(), fits.back());
    }
  }
  if (const int signal = StopOnSignal::received()) {
    err(fmt::format("stopped by {}: nothing is compared\n", name_of_signal(signal)));
    return exit_code_of_signal(signal);
  }
  if (!errors.empty()) return report_and_code(errors);
  doing().stage = "write";
  if (arguments.has("--pointwise"))
    if (const Failure failure = replace_file(arguments.get("--pointwise"), pointwise_csv(fits)))
      return report_and_code({*failure});
  out(row->text(fits, common_kinds(fits), settings.marginal));
  report(comparison_remarks(fits));
  return 0;
}

}  // namespace

Command compare_command() {
  return {
      "compare",
      "DIR...",
      1,
      -1,
      "compare models of the same data: leave-one-out, WAIC, marginal likelihood",
      {
          {"--by", "A,B", "what is left out: row, or factors (row and the factors of groups)"},
          {"--draws", "N", "use at most so many draws, evenly from all chains (4000)"},
          {"--no-marginal", "", "leave out the marginal likelihood"},
          {"--pointwise", "FILE", "write the figures of each unit to this file, as CSV"},
          kTableFormatRow,
      },
      "DIR is a folder of `lmmdsl run --out`. elpd_loo is the expected log predictive density of\n"
      "what is left out, by Pareto smoothed importance sampling; more is better. The effects of a\n"
      "group that is left out are integrated out exactly where they are Normal.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl compare line curve\n"
      "  lmmdsl compare pooled separate hierarchical --by row,school --pointwise loo.csv\n",
      execute_compare};
}

}  // namespace lmmdsl
