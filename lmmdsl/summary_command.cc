// lmmdsl summary DIR: the figures of draws that are there already.

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "lmmdsl/advice.h"
#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/named_row.h"
#include "lmmdsl/options.h"
#include "lmmdsl/saved_run.h"
#include "lmmdsl/summary_files.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

struct SummaryOptions {
  std::vector<std::string> variables;
  std::string format = "table";
  IntervalChoice interval;
  int acf = 0;
};

Result<SummaryOptions> read_options(const Arguments& arguments) {
  SummaryOptions options;
  Diagnostics errors;
  options.variables = split_names(arguments.get("--vars"));
  if (arguments.has("--vars") && options.variables.empty())
    errors.push_back(
        plain_error(ExitCode::command_line,
                    "`--vars` takes names of variables with commas between, not nothing"));
  options.format = arguments.get("--format", options.format);
  const std::vector<std::string>& formats = kSummaryFormatRow.choices;
  if (std::find(formats.begin(), formats.end(), options.format) == formats.end())
    errors.push_back(misspelt_name("format", options.format, formats));
  const Result<IntervalChoice> interval = interval_choice(arguments);
  errors.insert(errors.end(), interval.diagnostics.begin(), interval.diagnostics.end());
  if (interval) options.interval = *interval;
  if (arguments.has("--acf")) {
    const auto lag = whole_number("--acf", arguments.get("--acf"), 1, 100'000);
    errors.insert(errors.end(), lag.diagnostics.begin(), lag.diagnostics.end());
    if (lag) options.acf = static_cast<int>(*lag);
    if (options.format != "table")
      errors.push_back(
          plain_error(ExitCode::command_line, "`--acf` goes with the format `table` only"));
  }
  if (!errors.empty()) return errors;
  return options;
}

/// What was run, in two lines.
std::string heading(const SavedRun& run) {
  const Draws& draws = run.draws;
  std::string text;
  if (run.record) {
    const RunRecord& r = *run.record;
    text = printable(r.model_title.empty() ? r.model_file : r.model_title) + '\n';
    text += fmt::format("  {}, {} rows; schedule {}, seed {}\n", printable(r.data_file), r.rows,
                        r.schedule, r.settings.seed);
  } else {
    text = printable(run.folder) + '\n';
  }
  std::size_t length = draws.per_chain;
  for (const std::size_t kept : draws.kept) length = std::min(length, kept);
  text += fmt::format("  {} chain{} of {} draws\n\n", draws.chains, draws.chains == 1 ? "" : "s",
                      length);
  return text;
}

/// Only the columns of these variables, in the order of the draws.
Summary select(const Draws& draws, Summary summary, const std::vector<std::string>& variables) {
  if (variables.empty()) return summary;
  std::erase_if(summary.rows, [&](const SummaryRow& row) {
    const std::string& name = draws.columns[row.column].variable;
    return std::find(variables.begin(), variables.end(), name) == variables.end();
  });
  return summary;
}

std::string text_of(const SavedRun& run, const Summary& summary, const SummaryOptions& options) {
  const Draws& draws = run.draws;
  SummaryTableOptions table;
  table.variables = options.variables;
  table.interval = options.interval;
  if (run.record) table.symmetric = run.record->symmetric;
  if (options.format == "json" || options.format == "csv") {
    const Summary selected = select(draws, summary, options.variables);
    return options.format == "json" ? summary_json(draws, selected, {}, FigureSet::all)
                                    : summary_csv(draws, selected, {}, FigureSet::all);
  }
  if (options.format == "table") {
    table.colour = colour_on_output();
    std::string text = heading(run) + summary_table(draws, summary, table);
    if (options.acf > 0)
      text += "\nautocorrelations\n" + autocorrelation_table(draws, options.acf, table);
    return text;
  }
  table.longest = table.most_rows = static_cast<std::size_t>(-1);  // shared whole
  return options.format == "markdown" ? summary_markdown(draws, summary, table)
                                      : summary_latex(draws, summary, table);
}

/// Variables of which the run has kept no draws; an error for those that --vars asks for.
Diagnostics lacking(const SavedRun& run, const std::vector<std::string>& asked) {
  Diagnostics messages;
  if (!run.record) return messages;
  for (const std::string& name : run.record->not_kept) {
    const bool wanted = std::find(asked.begin(), asked.end(), name) != asked.end();
    if (!asked.empty() && !wanted) continue;
    messages.push_back(plain_error(
        ExitCode::refused,
        fmt::format("the draws of `{}` were not kept: mean, sd, MCSE and R-hat are in {}",
                    printable(name), printable(run.folder + "/summary.csv")),
        "run again with --store to keep them"));
    if (!wanted) messages.back().severity = Severity::note;
  }
  return messages;
}

int execute_summary(const Arguments& arguments) {
  const Result<SummaryOptions> options = read_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  doing().stage = "read";
  const Result<SavedRun> run = read_saved_run(arguments.operands[0]);
  if (!run) return report_and_code(run.diagnostics);
  const Diagnostics notes = lacking(*run, options->variables);
  if (const int code = report_and_code(notes)) return code;
  if (const int code = report_and_code(check_variables(run->draws.columns, options->variables)))
    return code;
  doing().stage = "summary";
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const Summary summary = summarize(run->draws, threads, options->interval.probability);
  out(text_of(*run, summary, *options));
  SampleSettings settings;
  if (run->record) settings = run->record->settings;
  else settings.draws = run->draws.per_chain;
  report(advice(run->draws, summary, settings));
  return 0;
}

}  // namespace

Command summary_command() {
  std::vector<OptionRow> rows = {
      {"--vars", "A,B", "only these variables, whole"},
      kSummaryFormatRow,
      {"--acf", "LAG", "show autocorrelations up to this lag (50)", "", false, "50"},
  };
  rows.insert(rows.end(), kIntervalOptionRows.begin(), kIntervalOptionRows.end());
  return {
      "summary",
      "DIR",
      1,
      1,
      "show the figures of a run that is there already",
      rows,
      "DIR is a folder of `lmmdsl run --out`, or draws of another program: CmdStan's CSV, CODA,\n"
      "a table with .chain and .iteration, InferenceData of ArviZ.\n"
      "\n"
      "Examples:\n"
      "  lmmdsl summary fit\n"
      "  lmmdsl summary fit --vars theta,Sigma --interval hpd --prob 0.9 --acf\n"
      "  lmmdsl summary fit --format latex\n",
      execute_summary};
}

}  // namespace lmmdsl
