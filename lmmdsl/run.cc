// lmmdsl run MODEL DATA: everything is checked, then sampled, written and shown.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "grammar/print.h"
#include "lmmdsl/advice.h"
#include "lmmdsl/commands.h"
#include "lmmdsl/console.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/load.h"
#include "lmmdsl/memory.h"
#include "lmmdsl/progress_bar.h"
#include "lmmdsl/run_files.h"
#include "lmmdsl/signals.h"
#include "lmmdsl/summary_files.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

/// One run: its inputs, and what comes of them.
struct Run {
  RunOptions options;
  Loaded loaded;
  std::string model_file, data_file;
  std::optional<OutputFolder> folder;
  Samples samples;
  Summary summary;
  Diagnostics messages;  // shown; they go to run.json as well
  RunRecord record;

  const Model& model() const { return *loaded.bound.program->model; }
};

/// Shows messages, and keeps them for run.json.
void tell(Run& run, const Diagnostics& diagnostics) {
  report(diagnostics);
  run.messages.insert(run.messages.end(), diagnostics.begin(), diagnostics.end());
}

// ---- before sampling -----------------------------------------------------------------------

Diagnostics check_variables(const Run& run) {
  std::vector<std::string> known;
  for (const Column& column : draw_columns(*run.loaded.bound.plan))
    if (std::find(known.begin(), known.end(), column.variable) == known.end() &&
        column.name != "lp__")
      known.push_back(column.variable);
  Diagnostics errors;
  for (const std::string& name : run.options.variables) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string near = nearest(name, known);
    errors.push_back(plain_error(ExitCode::command_line,
                                 fmt::format("--vars: there is no variable `{}`", printable(name)),
                                 near.empty() ? fmt::format("variables: {}", fmt::join(known, ", "))
                                              : fmt::format("did you mean `{}`?", near)));
  }
  return errors;
}

/// A summary works on a few copies of one column's draws in each thread.
constexpr std::uint64_t kBytesToSummarise = 64;  // of one draw

Diagnostics check_memory(const Run& run) {
  const SampleSettings& s = run.options.sampling;
  const std::size_t columns = draw_columns(*run.loaded.bound.plan).size();
  const std::uint64_t draws = draws_bytes(*run.loaded.bound.plan, s);
  const std::uint64_t summary =
      static_cast<std::uint64_t>(s.chains) * s.draws * kBytesToSummarise *
      std::min<std::uint64_t>(static_cast<std::uint64_t>(s.threads), columns);
  const std::uint64_t available = available_memory();
  if (draws <= available && summary <= available - draws) return {};
  const auto bytes = [](std::uint64_t n) { return describe_bytes(static_cast<double>(n)); };
  return {plain_error(
      ExitCode::limit,
      fmt::format(
          "the run does not fit in memory: {} chains x {} draws x {} columns x 8 bytes = {}, "
          "and {} to summarise them, but {} are available",
          s.chains, s.draws, columns, bytes(draws), bytes(summary), bytes(available)),
      "fewer draws with `--draws`, each standing for more sweeps with `--thin`")};
}

/// Scalars of all parameters; of a symmetric matrix one triangle.
std::size_t count_parameters(const Run& run) {
  std::size_t count = 0;
  for (const Column& column : draw_columns(*run.loaded.bound.plan)) {
    const SymbolId id = run.model().find(column.variable);
    if (id < 0 || run.model()[id].role != Role::parameter) continue;
    const auto n = column.index.size();
    const bool twin =
        run.model()[id].symmetric && n >= 2 && column.index[n - 2] > column.index[n - 1];
    if (!twin) ++count;
  }
  return count;
}

std::string steps(const Run& run) {
  const Program& program = *run.loaded.bound.program;
  return to_text(program.schedule, *program.model, program.conditionals);
}

/// What is about to be run.
std::string heading(const Run& run) {
  const SampleSettings& s = run.options.sampling;
  const std::string title = run.model().title;
  std::string text = printable(title.empty() ? run.model_file : title) + '\n';
  text += fmt::format("  data      {}: {}\n",
                      run.data_file == "-" ? "standard input" : printable(run.data_file),
                      describe_data(run.loaded.bound));
  text += fmt::format("  model     {} parameter{}\n", count_parameters(run),
                      count_parameters(run) == 1 ? "" : "s");
  text += fmt::format("  schedule  {}: {}\n", run.options.schedule, steps(run));
  text += fmt::format("  run       {} chain{}, each {} sweeps of warm-up and {} draws{}; seed {}\n",
                      s.chains, s.chains == 1 ? "" : "s", s.warmup, s.draws,
                      s.thin == 1 ? "" : fmt::format(", one in {} sweeps", s.thin), s.seed);
  return text;
}

/// All that can refuse the run. Gives the exit code; 0 to go on.
int prepare(Run& run) {
  Result<Loaded> loaded = load(run.model_file, run.data_file, run.options.data);
  tell(run, loaded.diagnostics);
  for (const Diagnostic& d : loaded.diagnostics)
    if (d.severity == Severity::error) return static_cast<int>(d.code);
  run.loaded = std::move(*loaded);
  for (const auto check : {check_variables, check_memory})
    if (const int code = report_and_code(check(run))) return code;
  if (!run.options.out.empty()) {
    Result<OutputFolder> folder = OutputFolder::open(run.options.out, run.options.force);
    if (!folder) return report_and_code(folder.diagnostics);
    run.folder.emplace(std::move(*folder));
  }
  return 0;
}

// ---- sampling and after --------------------------------------------------------------------

void draw(Run& run, Progress& progress) {
  const SampleSettings& s = run.options.sampling;
  const std::uint64_t sweeps = static_cast<std::uint64_t>(s.chains) * (s.warmup + s.draws * s.thin);
  const ProgressBar bar(progress, sweeps, error_is_terminal() && !run.options.quiet);
  doing().stage = "sample";
  run.samples = sample(*run.loaded.bound.plan, s, progress);
}

/// Chains that were stopped before half of the longest one's draws are left out of the summary,
/// which is over the shortest chain's length.
void leave_out_short_chains(Run& run) {
  Draws& draws = run.samples.draws;
  if (draws.kept.empty()) return;
  const std::size_t longest = *std::max_element(draws.kept.begin(), draws.kept.end());
  int chains = 0;
  for (int c = 0; c < draws.chains; ++c) {
    if (2 * draws.kept[c] < longest || draws.kept[c] == 0) continue;
    if (chains != c) draws.values[chains] = std::move(draws.values[c]);
    draws.kept[chains++] = draws.kept[c];
  }
  if (chains < draws.chains && chains > 0)
    err(fmt::format("note: the summary is over {} of {} chains\n", chains, draws.chains));
  draws.chains = chains;
  draws.kept.resize(chains);
  draws.values.resize(chains);
}

std::string stopped_message(const Run& run, int signal) {
  std::size_t kept = 0;
  for (const std::size_t n : run.samples.draws.kept) kept += n;
  const std::string what = kept == 0 ? "before the first draw" : fmt::format("with {} draws", kept);
  const std::string where =
      run.folder ? fmt::format("; what there is was written to {}", printable(run.options.out))
                 : "";
  return fmt::format("stopped by {} {}{}\n", name_of_signal(signal), what, where);
}

SummaryTableOptions table_options(const Run& run) {
  SummaryTableOptions options;
  options.variables = run.options.variables;
  options.colour = colour_on_output();
  for (const Symbol& symbol : run.model().symbols)
    if (symbol.symmetric) {
      options.symmetric.push_back(symbol.name);
      options.symmetric.push_back("cor(" + symbol.name + ")");
    }
  return options;
}

void show(const Run& run) {
  const Draws& draws = run.samples.draws;
  if (run.options.json) {
    out(summary_json(draws, run.summary));
  } else if (!run.options.quiet && draws.chains > 0) {
    out('\n' + summary_table(draws, run.summary, table_options(run)));
    if (run.options.acf > 0)
      out("\nautocorrelations\n" +
          autocorrelation_table(draws, run.options.acf, table_options(run)));
  }
}

void fill_record(Run& run) {
  RunRecord& r = run.record;
  const Bound& bound = run.loaded.bound;
  r.status = run.samples.failure ? "failed" : run.samples.interrupted ? "interrupted" : "done";
  r.model_file = run.model_file;
  r.model_title = run.model().title;
  r.model_text = run.model().source ? run.model().source->text() : "";
  r.data_file = run.data_file;
  r.data_fnv1a64 = fnv1a64(run.loaded.data_source->text());
  r.rows = bound.data->rows();
  for (std::size_t id = 0; id < run.model().symbols.size(); ++id)
    if (id < bound.data->factors.size() && !bound.data->factors[id].levels.empty())
      r.levels.emplace_back(run.model().symbols[id].spelling,
                            bound.data->factors[id].levels.size());
  r.headers = run.options.data.bind.headers;
  r.drop_missing = run.options.data.bind.drop_missing;
  r.settings = run.options.sampling;
  r.schedule = run.options.schedule;
  r.steps = steps(run);
  r.kept = run.samples.draws.kept;
  r.timings.read = run.loaded.times.read;
  r.timings.compile = run.loaded.times.compile;
  r.timings.warmup = run.samples.warmup_seconds;
  r.timings.sampling = run.samples.sampling_seconds;
}

/// Summarises, and writes the files of --out. Gives what could not be written.
Failure conclude(Run& run) {
  fill_record(run);
  Failure failure;
  std::optional<RunFiles> files;
  if (run.folder) {
    doing().stage = "write";
    files.emplace(*run.folder, run.record);
    failure = files->write_draws(run.samples);
  }
  doing().stage = "summary";
  const double begin = cpu_seconds();
  leave_out_short_chains(run);
  if (run.samples.draws.chains > 0) {
    run.summary = summarize(run.samples.draws, run.options.sampling.threads);
    tell(run, advice(run.samples.draws, run.summary, run.options.sampling));
  }
  run.record.timings.summary = cpu_seconds() - begin;
  for (const Diagnostic& d : run.messages) run.record.messages.push_back(print({d}));
  if (files && !failure) {
    doing().stage = "write";
    failure = files->write_summary(run.samples.draws, run.summary);
    if (!failure) failure = files->publish();
  }
  return failure;
}

int execute(const Arguments& arguments) {
  Result<RunOptions> options = run_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  Run run;
  run.options = std::move(*options);
  run.model_file = arguments.operands[0];
  run.data_file = arguments.operands[1];
  doing().seed = std::to_string(run.options.sampling.seed);
  if (const int code = prepare(run)) return code;
  if (!run.options.quiet && !run.options.json) out(heading(run));
  else if (!run.options.quiet && !arguments.has("--seed"))
    err(fmt::format("seed {}\n", run.options.sampling.seed));

  Progress progress;
  const StopOnSignal signals(progress.stop);
  draw(run, progress);
  if (run.samples.failure) tell(run, {*run.samples.failure});
  const Failure failure = conclude(run);
  if (failure) report({*failure});
  show(run);
  if (const int signal = StopOnSignal::received()) {
    if (run.samples.interrupted) err(stopped_message(run, signal));
    return exit_code_of_signal(signal);
  }
  if (run.samples.failure) return static_cast<int>(run.samples.failure->code);
  return failure ? static_cast<int>(failure->code) : 0;
}

}  // namespace

Command run_command() {
  return {"run",
          "MODEL DATA",
          2,
          2,
          "sample the posterior of a model given data",
          kRunOptionRows,
          "DATA is a table: comma, tab, semicolon or blank separated; `-` reads standard input.\n"
          "\n"
          "Examples:\n"
          "  lmmdsl run radon.lmm radon.csv\n"
          "  lmmdsl run radon.lmm radon.csv --seed 1 --draws 10000 --out fit\n"
          "  lmmdsl run radon.lmm radon.csv --map y=log_radon --vars beta --acf 100\n"
          "  lmmdsl run radon.lmm radon.csv --json --quiet | jq '.[0].mean'\n",
          execute};
}

}  // namespace lmmdsl
