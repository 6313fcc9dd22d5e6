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
#include "lmmdsl/running_figures.h"
#include "lmmdsl/saved_run.h"
#include "lmmdsl/signals.h"
#include "lmmdsl/summary_files.h"
#include "lmmdsl/summary_table.h"

namespace lmmdsl {
namespace {

/// One run: its inputs, and what comes of them.
struct CurrentRun {
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

/// Shows messages (with --quiet no notes), and keeps them for run.json.
void tell(CurrentRun& run, const Diagnostics& diagnostics) {
  Diagnostics shown = diagnostics;
  if (run.options.quiet)
    std::erase_if(shown, [](const Diagnostic& d) { return d.severity == Severity::note; });
  report(shown);
  run.messages.insert(run.messages.end(), diagnostics.begin(), diagnostics.end());
}

// ---- before sampling -----------------------------------------------------------------------

Diagnostics check_variables(const CurrentRun& run) {
  std::vector<std::string> running;
  for (const RunningQuantity& q : running_quantities(*run.loaded.bound.plan))
    running.push_back(q.variable());
  return check_variables(draw_columns(*run.loaded.bound.plan), run.options.variables, running);
}

/// --store is for quantities on the rows and on plates; draws of others are kept in any case.
Diagnostics check_stored(const CurrentRun& run) {
  const Model& model = run.model();
  const auto has_draws = [](const Symbol& s) {
    return s.role == Role::parameter || s.role == Role::derived;
  };
  std::vector<std::string> known;
  for (const Symbol& s : model.symbols)
    if (has_draws(s) && !s.auxiliary && (!s.plate.once() || s.levels > 0))
      known.push_back(s.spelling);
  Diagnostics errors;
  for (const std::string& name : run.options.data.bind.store) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto found =
        std::find_if(model.symbols.begin(), model.symbols.end(),
                     [&](const Symbol& s) { return s.name == name || s.spelling == name; });
    if (found != model.symbols.end() && has_draws(*found)) {
      if (found->plate.once() && found->levels == 0)
        errors.push_back(plain_error(
            ExitCode::command_line,
            fmt::format("--store: the draws of `{}` are kept in any case", printable(name))));
      continue;
    }
    std::string hint = nearest(name, known);
    if (!hint.empty()) hint = fmt::format("did you mean `{}`?", hint);
    else if (!known.empty()) hint = fmt::format("those are: {}", fmt::join(known, ", "));
    else hint = "the model defines none, as in  fitted = X * beta";
    errors.push_back(plain_error(
        ExitCode::command_line,
        fmt::format("--store: there is no quantity `{}` with a value for each row or group",
                    printable(name)),
        hint));
  }
  return errors;
}

/// Plates of which the draws are not kept.
Diagnostics note_running(const CurrentRun& run) {
  Diagnostics notes;
  const SampleSettings& s = run.options.sampling;
  for (const RunningQuantity& q : running_quantities(*run.loaded.bound.plan)) {
    if (!q.rows.empty() || !q.tail.empty() || q.auxiliary) continue;
    const double bytes = 8.0 * static_cast<double>(q.elements() * q.components.size()) *
                         static_cast<double>(s.chains) * static_cast<double>(s.draws);
    Diagnostic note = plain_error(
        ExitCode::done,
        fmt::format("the draws of `{}` would take {} and are not kept: it has mean, sd, MCSE and "
                    "R-hat, no quantiles",
                    printable(q.variable()), describe_bytes(bytes)),
        fmt::format("`--store {}` keeps them", printable(q.head)));
    note.severity = Severity::note;
    notes.push_back(std::move(note));
  }
  return notes;
}

/// A summary works on a few copies of one column's draws in each thread.
constexpr std::uint64_t kBytesToSummarise = 64;  // of one draw

/// The draws are there throughout, beside them first what chains work on, then the summary.
Diagnostics check_memory(const CurrentRun& run) {
  const SampleSettings& s = run.options.sampling;
  const BoundPlan& plan = *run.loaded.bound.plan;
  const std::size_t columns = draw_columns(plan).size();
  const std::uint64_t draws = draws_bytes(plan, s);
  const std::uint64_t work = running_bytes(plan, s) + working_bytes(plan, s);
  const std::uint64_t summary =
      running_bytes(plan, s) +
      static_cast<std::uint64_t>(s.chains) * s.draws * kBytesToSummarise *
          std::min<std::uint64_t>(static_cast<std::uint64_t>(s.threads), columns);
  const std::uint64_t available = available_memory();
  if (draws <= available && std::max(work, summary) <= available - draws) return {};
  const auto bytes = [](std::uint64_t n) { return describe_bytes(static_cast<double>(n)); };
  const bool many_chains = work > draws && s.chains_at_once() > 1;
  return {plain_error(
      ExitCode::limit,
      fmt::format(
          "the run does not fit in memory: {} chains x {} draws x {} columns x 8 bytes = "
          "{}, beside them {} for {} to work on and then {} to summarise the draws, but {} "
          "are available",
          s.chains, s.draws, columns, bytes(draws), bytes(work),
          s.chains_at_once() == 1 ? "a chain" : fmt::format("{} chains", s.chains_at_once()),
          bytes(summary), bytes(available)),
      many_chains ? "fewer chains at the same time with `--threads`"
                  : "fewer draws with `--draws`, each standing for more sweeps with `--thin`")};
}

/// Scalars of all parameters; of a symmetric matrix one triangle.
std::size_t count_parameters(const CurrentRun& run) {
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

std::string steps(const CurrentRun& run) {
  const Program& program = *run.loaded.bound.program;
  return to_text(program.schedule, *program.model, program.conditionals);
}

/// "nu0 = 4, tau0 = 2"
std::string set_constants_text(const CurrentRun& run) {
  std::string text;
  for (const Setting& s : run.options.settings)
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", s.name, s.value);
  return text;
}

/// What is about to be run.
std::string heading(const CurrentRun& run) {
  const SampleSettings& s = run.options.sampling;
  const std::string title = run.model().title;
  std::string text = printable(title.empty() ? run.model_file : title) + '\n';
  const auto shown = [](const std::string& file) {
    return file == "-" ? "standard input" : printable(file);
  };
  text +=
      fmt::format("  data      {}: {}\n", shown(run.data_file), describe_data(run.loaded.bound));
  for (const auto& [factor, file] : run.options.data.tables)
    text += fmt::format("            {}: by {}\n", shown(file), printable(factor));
  const std::size_t parameters = count_parameters(run);
  text += fmt::format("  model     {} parameter{}\n", parameters, parameters == 1 ? "" : "s");
  if (!run.options.settings.empty())
    text += fmt::format("  set       {}\n", printable(set_constants_text(run)));
  text += fmt::format("  schedule  {}: {}\n", run.loaded.bound.program->schedule.name, steps(run));
  text += fmt::format("  run       {} chain{}, each {} sweeps of warm-up and {} draws{}; seed {}\n",
                      s.chains, s.chains == 1 ? "" : "s", s.warmup, s.draws,
                      s.thin == 1 ? "" : fmt::format(", one in {} sweeps", s.thin), s.seed);
  return text;
}

/// Where a file is, whatever the current folder; empty for standard input.
std::string absolute_path(const std::string& file) {
  if (file == "-") return {};
  std::error_code error;
  return std::filesystem::absolute(file, error).lexically_normal().string();
}

/// Which data the run has, for its folder: files may change while it samples.
void record_data(CurrentRun& run) {
  RunRecord& r = run.record;
  r.data_file = run.data_file;
  r.data_fnv1a64 = fnv1a64(*run.loaded.data_source);
  r.data_path = absolute_path(run.data_file);
  for (std::size_t i = 0; i < run.loaded.table_sources.size(); ++i) {
    const auto& [factor, file] = run.options.data.tables[i];
    r.tables.push_back(
        {factor, file, fnv1a64(*run.loaded.table_sources[i]), absolute_path(file), ""});
  }
}

/// All that can refuse the run. Gives the exit code; 0 to go on.
int prepare(CurrentRun& run) {
  Result<Loaded> loaded =
      load(run.model_file, run.data_file, run.options.settings, run.options.data);
  tell(run, loaded.diagnostics);
  for (const Diagnostic& d : loaded.diagnostics)
    if (d.severity == Severity::error) return static_cast<int>(d.code);
  run.loaded = std::move(*loaded);
  if (const int code = report_and_code(check_variables(run))) return code;
  for (const auto check : {check_stored, check_memory})
    if (const int code = report_and_code(check(run))) return code;
  tell(run, note_running(run));
  if (!run.options.out.empty()) {
    record_data(run);
    Result<OutputFolder> folder = OutputFolder::open(run.options.out, run.options.force);
    if (!folder) return report_and_code(folder.diagnostics);
    run.folder.emplace(std::move(*folder));
  }
  return 0;
}

// ---- sampling and after --------------------------------------------------------------------

void draw(CurrentRun& run, Progress& progress) {
  const SampleSettings& s = run.options.sampling;
  const std::uint64_t sweeps = static_cast<std::uint64_t>(s.chains) * (s.warmup + s.draws * s.thin);
  const ProgressBar bar(progress, sweeps, error_is_terminal() && !run.options.quiet);
  doing().stage = "sample";
  run.samples = sample(*run.loaded.bound.plan, s, progress);
}

std::string stopped_message(const CurrentRun& run, int signal) {
  std::size_t kept = 0;
  for (const std::size_t n : run.samples.draws.kept) kept += n;
  const std::string what = kept == 0 ? "before the first draw" : fmt::format("with {} draws", kept);
  const std::string where =
      run.folder ? fmt::format("; what there is was written to {}", printable(run.options.out))
                 : "";
  return fmt::format("stopped by {} {}{}\n", name_of_signal(signal), what, where);
}

SummaryTableOptions table_options(const CurrentRun& run) {
  SummaryTableOptions options;
  options.variables = run.options.variables;
  options.colour = colour_on_output();
  options.symmetric = symmetric_variables(run.model());
  options.interval = run.options.interval;
  return options;
}

void show(const CurrentRun& run) {
  const Draws& draws = run.samples.draws;
  if (run.options.json) {
    out(summary_json(draws, run.summary, run.samples.running));
  } else if (!run.options.quiet && draws.chains > 0) {
    const std::string table = summary_table(draws, run.summary, table_options(run));
    if (!table.empty()) out('\n' + table);
    const std::string running =
        running_table(run.samples.running,
                      {.variables = run.options.variables, .colour = table_options(run).colour});
    if (!running.empty()) out('\n' + running);
    if (run.options.acf > 0)
      out("\nautocorrelations\n" +
          autocorrelation_table(draws, run.options.acf, table_options(run)));
  }
}

void fill_record(CurrentRun& run) {
  RunRecord& r = run.record;
  const Bound& bound = run.loaded.bound;
  r.status = run.samples.failure ? "failed" : run.samples.interrupted ? "interrupted" : "done";
  r.model_file = run.model_file;
  r.model_title = run.model().title;
  r.model_text = run.model().source ? run.model().source->text() : "";
  r.constants = run.options.settings;
  r.separator = run.options.data.read.separator;
  r.rows = bound.data->rows();
  for (std::size_t id = 0; id < run.model().symbols.size(); ++id)
    if (id < bound.data->factors.size() && !bound.data->factors[id].levels.empty())
      r.levels.emplace_back(run.model().symbols[id].spelling,
                            bound.data->factors[id].levels.size());
  for (const Column& column : run.samples.draws.columns)
    if (!column.moments && (r.no_moments.empty() || r.no_moments.back() != column.variable))
      r.no_moments.push_back(column.variable);
  r.symmetric = symmetric_variables(run.model());
  for (const RunningQuantity& q : run.samples.running)
    if (q.rows.empty()) r.not_kept.push_back(q.variable());
  r.headers = run.options.data.bind.headers;
  r.drop_missing = run.options.data.bind.drop_missing;
  r.most_bytes = run.options.data.bind.most_bytes;
  r.settings = run.options.sampling;
  r.schedule = bound.program->schedule.name;
  r.steps = steps(run);
  r.acceptance = run.samples.acceptance;
  r.kept = run.samples.draws.kept;
  r.timings.read = run.loaded.times.read;
  r.timings.compile = run.loaded.times.compile;
  r.timings.warmup = run.samples.warmup_seconds;
  r.timings.sampling = run.samples.sampling_seconds;
}

/// Summarises, and writes the files of --out. Gives what could not be written.
Failure conclude(CurrentRun& run) {
  fill_record(run);
  Failure failure;
  std::optional<RunFiles> files;
  if (run.folder) {
    doing().stage = "write";
    files.emplace(*run.folder, run.record);
    failure = files->write_data(run.loaded.data_source, run.loaded.table_sources);
    if (!failure) failure = files->write_draws(run.samples);
  }
  doing().stage = "summary";
  const double begin = cpu_seconds();
  const int chains = run.samples.draws.chains;
  leave_out_short_chains(run.samples.draws);
  if (const int left = run.samples.draws.chains; left < chains && left > 0)
    err(fmt::format("note: the summary is over {} of {} chains\n", left, chains));
  if (run.samples.draws.chains > 0) {
    run.summary = summarize(run.samples.draws, run.options.sampling.threads,
                            run.options.interval.probability);
    tell(run, advice(run.samples.draws, run.summary, run.options.sampling));
    tell(run, advice_on_acceptance(run.samples.acceptance));
  }
  run.record.timings.summary = cpu_seconds() - begin;
  for (const Diagnostic& d : run.messages) run.record.messages.push_back(print({d}));
  if (files && !failure) {
    doing().stage = "write";
    failure = files->write_summary(run.samples, run.summary);
    if (!failure) failure = files->publish();
  }
  return failure;
}

int execute_run(const Arguments& arguments) {
  Result<RunOptions> options = run_options(arguments);
  if (!options) return report_and_code(options.diagnostics);
  CurrentRun run;
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
          execute_run};
}

}  // namespace lmmdsl
