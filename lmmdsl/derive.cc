#include "lmmdsl/derive.h"

#include <fmt/format.h>

#include <algorithm>

#include "lmmdsl/display_width.h"
#include "lmmdsl/lists.h"
#include "lmmdsl/run_files.h"
#include "runtime/replay.h"
#include "runtime/summary.h"

namespace lmmdsl {
namespace {

Diagnostic wrong(const SourcePtr& source, Span span, std::string message, std::string hint = {}) {
  Diagnostic d;
  d.source = source;
  d.span = span;
  d.message = std::move(message);
  d.hint = std::move(hint);
  return d;
}

/// The statements by themselves: whether they are definitions, of names that the model lacks.
Diagnostics check_definitions(const SourcePtr& source, const Model& model) {
  const Result<Ast> ast = parse_model(source);
  if (!ast || has_error(ast.diagnostics)) return ast.diagnostics;
  Diagnostics errors;
  if (ast->statements.empty())
    errors.push_back(wrong(source, {}, "there is no definition", "as in  'ratio = a / b'"));
  for (const Statement& s : ast->statements) {
    if (s.kind == StatementKind::define) {
      const AstExpr* name = &s.define.lhs;
      while (name->kind == AstKind::index) name = &name->children[0];
      if (name->kind == AstKind::name && model.find(name->text) >= 0)
        errors.push_back(
            wrong(source, name->span,
                  fmt::format("`{}` is in the model of the run already", printable(name->spelling)),
                  "take another name"));
    } else {
      errors.push_back(
          wrong(source, s.span, "only definitions can be added after the run",
                s.kind == StatementKind::distribution
                    ? "a distribution belongs to the model: write it there, and run again"
                    : "as in  'ratio = a / b'"));
    }
  }
  return errors;
}

/// Messages about the text after `begin` of the joined source point into the definitions.
Diagnostics in_definitions(Diagnostics diagnostics, const std::string& joined, std::size_t begin,
                           const SourcePtr& definitions, const Model& model) {
  std::vector<std::string> names;
  for (const Symbol& s : model.symbols)
    if (!s.auxiliary && (s.role == Role::parameter || s.role == Role::derived))
      names.push_back(s.spelling);
  const auto base = static_cast<std::uint32_t>(begin);
  for (Diagnostic& d : diagnostics) {
    if (!d.source || d.source->text() != joined || d.span.begin < base) continue;
    d.source = definitions;
    d.span = {d.span.begin - base, d.span.end - base};
    // What a model would mend by a statement, nothing mends after the run.
    if (d.hint.starts_with("give it a prior"))
      d.hint = fmt::format("quantities of the run: {}", fmt::join(names, ", "));
  }
  return diagnostics;
}

}  // namespace

Result<DerivedQuantities> derive_after(const SavedRun& run,
                                       const std::vector<std::string>& definitions,
                                       const std::vector<std::string>& store, int threads) {
  if (Diagnostics errors = check_record(run); !errors.empty()) return errors;
  std::string text;
  for (const std::string& d : definitions) text += d + "\n";
  const auto source = std::make_shared<const Source>("definition", text);
  const Result<Program> before = compile_model(
      std::make_shared<const Source>(printable(run.record->model_file), run.record->model_text),
      run.record->constants);
  if (!before) return before.diagnostics;
  if (Diagnostics errors = check_definitions(source, *before->model); has_error(errors))
    return errors;

  SavedRun again{run.folder, run.record, {}};
  std::string& model_text = again.record->model_text;
  if (!model_text.empty() && model_text.back() != '\n') model_text += '\n';
  const std::size_t begin = model_text.size();
  model_text += source->text();
  again.draws.columns = run.draws.columns;
  const Result<Bound> bound = bind_again(again, store);
  if (!bound) return in_definitions(bound.diagnostics, model_text, begin, source, *before->model);

  DerivedQuantities result;
  const Model& model = *bound->program->model;
  std::vector<std::string> on_rows, all;
  for (std::size_t id = 0; id < model.symbols.size(); ++id) {
    const Symbol& s = model.symbols[id];
    if (s.span.begin < begin || !s.definition) continue;
    if (s.role != Role::derived)
      return wrong(source,
                   {s.span.begin - static_cast<std::uint32_t>(begin),
                    s.span.end - static_cast<std::uint32_t>(begin)},
                   fmt::format("`{}` depends on no unknown: it is the same in all draws",
                               printable(s.spelling)));
    result.variables.push_back(s.name);
    if (s.plate.rows) on_rows.push_back(s.spelling);
  }
  for (const std::string& name : store)
    if (!contains(on_rows, name) && !contains(result.variables, name))
      return plain_error(
          ExitCode::command_line,
          fmt::format("--store: `{}` is not among the definitions", printable(name, 40)));
  const DrawStates states(*bound->plan, run.draws);
  if (!states.missing().empty()) return draws_not_kept(run, states.missing().front());
  all = result.variables;
  for (const RunningQuantity& q : running_quantities(*bound->plan)) all.push_back(q.variable());
  const auto names = [](std::vector<std::string> v) {
    std::sort(v.begin(), v.end());
    v.erase(std::unique(v.begin(), v.end()), v.end());
    return v;
  };
  Replay replayed = replay(*bound->plan, run.draws, states, names(all), threads);
  // Quantities without draws that the run has already are wanted for the folder's table only.
  result.model_text = model_text;
  result.draws = std::move(replayed.draws);
  for (std::size_t j = result.draws.columns.size(); j-- > 0;) {
    if (contains(result.variables, result.draws.columns[j].variable)) continue;
    result.draws.columns.erase(result.draws.columns.begin() + static_cast<std::ptrdiff_t>(j));
    for (auto& values : result.draws.values) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(j * run.draws.per_chain);
      values.erase(from, from + static_cast<std::ptrdiff_t>(run.draws.per_chain));
    }
  }
  result.all_running = std::move(replayed.running);
  for (const RunningQuantity& q : result.all_running)
    if (contains(result.variables, q.variable())) result.running.push_back(q);
  return {std::move(result),
          in_definitions(bound.diagnostics, model_text, begin, source, *before->model)};
}

Diagnostics add_to_folder(SavedRun run, const DerivedQuantities& derived) {
  RunRecord& record = *run.record;
  const auto kept = static_cast<std::size_t>(
      std::count_if(record.files.begin(), record.files.end(),
                    [](const std::string& name) { return name.starts_with("draws-"); }));
  if (kept != static_cast<std::size_t>(run.draws.chains))
    return {plain_error(ExitCode::refused,
                        fmt::format("chains of the run in `{}` ended too early to be of use: "
                                    "nothing is added to it",
                                    printable(run.folder)),
                        "write the draws of the new quantities to a file with -o FILE.csv")};
  Result<OutputFolder> folder = OutputFolder::open(run.folder, false);
  if (!folder) return folder.diagnostics;
  const auto read_copy = [&](const std::string& copy, SourcePtr& text) -> Diagnostics {
    if (copy.empty()) return {};
    const Result<SourcePtr> file = read_file(run.folder + "/" + copy);
    if (file) text = *file;
    return file.diagnostics;
  };
  SourcePtr data;
  std::vector<SourcePtr> tables(record.tables.size());
  Diagnostics errors = read_copy(record.data_copy, data);
  for (std::size_t i = 0; i < tables.size() && errors.empty(); ++i)
    errors = read_copy(record.tables[i].copy, tables[i]);
  if (!errors.empty()) return errors;

  // New columns stand after the others and before what only summaries have.
  Samples samples;
  Draws& draws = samples.draws;
  draws.chains = run.draws.chains;
  draws.per_chain = run.draws.per_chain;
  draws.kept = run.draws.kept;
  draws.values.resize(run.draws.values.size());
  const auto take = [&](const Draws& from, bool auxiliary) {
    for (std::size_t j = 0; j < from.columns.size(); ++j) {
      if (from.columns[j].auxiliary != auxiliary) continue;
      draws.columns.push_back(from.columns[j]);
      for (int c = 0; c < draws.chains; ++c) {
        std::vector<double>& values = draws.values[static_cast<std::size_t>(c)];
        values.insert(values.end(), from.column(c, j), from.column(c, j) + draws.per_chain);
      }
    }
  };
  take(run.draws, false);
  take(derived.draws, false);
  take(run.draws, true);
  samples.running = derived.all_running;
  samples.warmup_seconds = record.timings.warmup;
  samples.sampling_seconds = record.timings.sampling;
  for (const Column& c : derived.draws.columns)
    if (!c.moments && !contains(record.no_moments, c.variable))
      record.no_moments.push_back(c.variable);

  record.model_text = derived.model_text;
  record.files.clear();
  RunFiles files(*folder, record);
  Failure failure = files.write_data(data, tables);
  if (!failure) failure = files.write_draws(samples);
  if (!failure) failure = files.write_summary(samples, summarize(draws, record.settings.threads));
  if (!failure) failure = files.publish();
  if (failure) return {*failure};
  return {};
}

}  // namespace lmmdsl
