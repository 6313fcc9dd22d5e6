// lmmdsl derive DIR 'NAME = EXPRESSION' ...: quantities defined after the run.

#include <algorithm>
#include <thread>

#include "lmmdsl/advice.h"
#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/derive.h"
#include "lmmdsl/exchange/formats.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/running_figures.h"
#include "lmmdsl/summary_files.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

/// The new quantities, each whole.
std::string text_of(const DerivedQuantities& derived, const Draws& draws, const Summary& summary,
                    const std::string& format, const IntervalChoice& interval) {
  if (format == "json") return summary_json(draws, summary, derived.running, FigureSet::all);
  if (format == "csv") return summary_csv(draws, summary, derived.running, FigureSet::all);
  SummaryTableOptions table;
  table.variables = derived.variables;
  table.interval = interval;
  if (format == "markdown") return summary_markdown(draws, summary, table);
  if (format == "latex") return summary_latex(draws, summary, table);
  table.colour = colour_on_output();
  std::string text = draws.columns.size() > 1 ? summary_table(draws, summary, table) : "";
  const std::string running =
      running_table(derived.running, {.variables = derived.variables, .colour = table.colour});
  return text + (text.empty() || running.empty() ? "" : "\n") + running;
}

int execute_derive(const Arguments& arguments) {
  Diagnostics errors;
  const std::string format = arguments.get("--format", "table");
  const std::vector<std::string>& formats = kSummaryFormatRow.choices;
  if (std::find(formats.begin(), formats.end(), format) == formats.end())
    errors.push_back(unknown_name("format", format, formats));
  const Result<IntervalChoice> interval = interval_choice(arguments);
  errors.insert(errors.end(), interval.diagnostics.begin(), interval.diagnostics.end());
  if (!errors.empty()) return report_and_code(errors);

  doing().stage = "read";
  Result<SavedRun> run = read_saved_run(arguments.operands[0]);
  if (!run) return report_and_code(run.diagnostics);
  doing().stage = "derive";
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Result<DerivedQuantities> derived =
      derive_after(*run, {arguments.operands.begin() + 1, arguments.operands.end()},
                   split_names(arguments.get("--store")), threads);
  if (const int code = report_and_code(derived.diagnostics)) return code;

  doing().stage = "summary";
  Draws draws = derived->draws;  // with a place for lp__, which summaries leave out
  draws.columns.insert(draws.columns.begin(), Column());
  draws.columns[0].name = draws.columns[0].variable = draws.columns[0].csv_name = "lp__";
  for (std::vector<double>& values : draws.values)
    values.insert(values.begin(), draws.per_chain, 0.0);
  const Summary summary = summarize(draws, threads, interval->probability);
  doing().stage = "write";
  if (arguments.has("--out"))
    if (const Failure failure = write_tidy(derived->draws, *run->record, arguments.get("--out")))
      return report_and_code({*failure});
  const SampleSettings settings = run->record->settings;
  if (arguments.has("--add"))
    if (const int code = report_and_code(add_to_folder(std::move(*run), *derived))) return code;
  out(text_of(*derived, draws, summary, format, *interval));
  if (!summary.rows.empty()) report(advice(draws, summary, settings));
  return 0;
}

}  // namespace

Command derive_command() {
  std::vector<OptionRow> rows = {
      {"--add", "", "add them to the run: to its draws, its summaries and its model"},
      {"--out", "FILE", "write their draws to this file, as a table with .chain and .iteration",
       "-o"},
      {"--store", "A,B", "keep the draws of these, which have a value for each row"},
      kSummaryFormatRow,
  };
  rows.insert(rows.end(), kIntervalOptionRows.begin(), kIntervalOptionRows.end());
  return {
      "derive",
      "DIR DEFINITION...",
      2,
      -1,
      "figure quantities from the draws of a run that its model does not define",
      rows,
      "DIR is a folder of `lmmdsl run --out`. A definition is a statement as in a model, name =\n"
      "expression, read as if it stood at the end of the run's model.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl derive fit 'ratio = sigma / tau'\n"
      "  lmmdsl derive fit 'peak[plot] = -beta[plot][2] / (2 * beta[plot][3])' --interval hpd\n"
      "  lmmdsl derive fit 'gap = m[\"E\"] - m[\"F\"]' 'larger = gap > 0' --add\n"
      "  lmmdsl derive fit 'fitted = X * beta[plot]' --store fitted -o fitted.csv\n",
      execute_derive};
}

}  // namespace lmmdsl
