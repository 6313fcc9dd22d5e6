// lmmdsl ppc DIR: posterior predictive checks, as numbers.

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/csv_text.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/report/predictive.h"
#include "lmmdsl/report/sections.h"
#include "lmmdsl/saved_run.h"
#include "lmmdsl/text_table.h"

namespace lmmdsl {
namespace {

constexpr std::uint64_t kReplications = 1000;

struct Line {
  std::string response;
  const StatisticCheck* check;
  double low, middle, high;  ///< quantiles of the replications
};

/// `check` must outlive them.
std::vector<Line> lines_of(const PredictiveCheck& check) {
  std::vector<Line> lines;
  for (const StatisticCheck& s : check.statistics) {
    std::vector<double> sorted = s.replicated;
    std::sort(sorted.begin(), sorted.end());
    lines.push_back({check.response, &s, quantile_sorted(sorted, 0.025),
                     quantile_sorted(sorted, 0.5), quantile_sorted(sorted, 0.975)});
  }
  return lines;
}

std::string as_table(const std::vector<PredictiveCheck>& checks) {
  std::string text;
  for (const PredictiveCheck& c : checks) {
    TextTable table({{printable(c.response), Align::left},
                     {"data", Align::decimal},
                     {"replicated", Align::decimal},
                     {"2.5 %", Align::decimal},
                     {"97.5 %", Align::decimal},
                     {"p", Align::decimal}});
    bool far = false;
    for (const Line& l : lines_of(c)) {
      const StatisticCheck& s = *l.check;
      table.add_row(
          {s.name, short_number(s.observed), short_number(l.middle), short_number(l.low),
           short_number(l.high),
           TextCell(fmt::format("{:.3f}{}", s.share_above, s.extreme() ? " *" : ""), s.extreme())});
      far = far || s.extreme();
    }
    text += (text.empty() ? "" : "\n") + table.to_text(colour_on_output());
    text += fmt::format("\n{} replications; p: the share of them at or above the data\n",
                        c.replicated.size());
    if (far) text += "* far out: something in the data that the model does not explain\n";
  }
  return text;
}

std::string as_csv(const std::vector<PredictiveCheck>& checks) {
  std::string text = "response,statistic,data,median,q2.5,q97.5,p\n";
  for (const PredictiveCheck& c : checks)
    for (const Line& l : lines_of(c))
      text += fmt::format("{},{},{},{},{},{},{}\n", csv_cell(l.response), csv_cell(l.check->name),
                          csv_number(l.check->observed), csv_number(l.middle), csv_number(l.low),
                          csv_number(l.high), csv_number(l.check->share_above));
  return text;
}

std::string as_json(const std::vector<PredictiveCheck>& checks) {
  std::string text = "[";
  const char* between = "\n";
  for (const PredictiveCheck& c : checks)
    for (const Line& l : lines_of(c)) {
      text += fmt::format(
          "{}{{\"response\": {}, \"statistic\": {}, \"data\": {}, \"median\": {}, \"q2.5\": {}, "
          "\"q97.5\": {}, \"p\": {}}}",
          between, json_string(l.response), json_string(l.check->name),
          json_number(l.check->observed), json_number(l.middle), json_number(l.low),
          json_number(l.high), json_number(l.check->share_above));
      between = ",\n";
    }
  return text + "\n]\n";
}

struct PpcFormat {
  const char* name;
  std::string (*text)(const std::vector<PredictiveCheck>&);
};
const PpcFormat kPpcFormats[] = {{"table", as_table}, {"csv", as_csv}, {"json", as_json}};

int execute_ppc(const Arguments& arguments) {
  Diagnostics errors;
  const auto* row = row_named(kPpcFormats, "format", arguments.get("--format", "table"), errors);
  std::uint64_t replications = kReplications;
  if (arguments.has("--replicates")) {
    const auto n = whole_number("--replicates", arguments.get("--replicates"), 20, 1'000'000);
    errors.insert(errors.end(), n.diagnostics.begin(), n.diagnostics.end());
    if (n) replications = *n;
  }
  if (!errors.empty()) return report_and_code(errors);
  doing().stage = "read";
  const Result<SavedRun> run = read_saved_run(arguments.operands[0]);
  if (!run) return report_and_code(run.diagnostics);
  const Result<Bound> bound = bind_again(*run);
  if (!bound) return report_and_code(bound.diagnostics);
  doing().stage = "predictive checks";
  const Summary none;
  const Posterior posterior(*run, *bound, none);
  if (const auto refused = lacks_levels(posterior.model(), "replicated responses are"))
    return report_and_code({*refused});
  if (!posterior.missing().empty())
    return report_and_code({draws_not_kept(*run, posterior.missing().front())});
  const PredictiveChecks found = predictive_checks(posterior, replications);
  if (found.checks.empty()) {
    Diagnostic d = plain_error(ExitCode::refused, "the model has no response to be replicated");
    for (const std::string& why : found.left_out) d.notes.push_back({printable(why)});
    return report_and_code({d});
  }
  out(row->text(found.checks));
  report(left_out_notes(found));
  return 0;
}

}  // namespace

Command ppc_command() {
  return {
      "ppc",
      "DIR",
      1,
      1,
      "compare the data with data drawn from the fitted model",
      {
          {"--replicates", "N", "data sets to draw (1000; fewer for long tables)"},
          kTableFormatRow,
      },
      "Posterior predictive checks: each replication is drawn from the likelihood at a draw of\n"
      "the posterior. `lmmdsl plot DIR --kind ppc` draws them.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl ppc fit\n"
      "  lmmdsl ppc fit --replicates 5000 --format csv\n",
      execute_ppc};
}

}  // namespace lmmdsl
