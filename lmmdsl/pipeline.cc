// The stages one after the other.
#include <algorithm>

#include "compiler/model/patterns.h"
#include "compiler/rules/augmentation.h"
#include "lmmdsl/lists.h"
#include "lmmdsl/lmmdsl.h"
#include "runtime/sizes.h"

namespace lmmdsl {

namespace {

/// An invariant of ours that does not hold.
Diagnostic bug(const char* stage, const std::string& what) {
  return plain_error(ExitCode::bug,
                     std::string("this is a bug in lmmdsl (stage ") + stage + "): " + what);
}

/// Errors in a model whose constants were set from outside say so: its text shows other values.
void note_settings(Diagnostics& all, const SourcePtr& model, const std::vector<Setting>& settings) {
  if (settings.empty()) return;
  for (Diagnostic& d : all)
    if (d.severity == Severity::error && d.source == model)
      d.notes.push_back({"with " + describe(settings)});
}

}  // namespace

const char* version() { return LMMDSL_VERSION; }

namespace {

Result<Ast> parse(const SourcePtr& source, const std::vector<Setting>& settings) {
  Result<Ast> ast = parse_model(source);
  if (!ast || settings.empty()) return ast;
  Result<Ast> set = set_constants(*ast, settings);
  append(ast.diagnostics, set.diagnostics);
  ast.value = std::move(set.value);
  return ast;
}

Result<Program> to_model(Result<Ast> ast) {
  Diagnostics all = ast.diagnostics;
  if (!ast) return all;
  Result<Model> model = resolve(*ast);
  append(all, model.diagnostics);
  // The stages find their errors in their own order; they are read in that of the text.
  std::stable_sort(all.begin(), all.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.span.begin < b.span.begin;
  });
  if (has_error(all) || !model) return all;
  Program program;
  program.ast = std::make_shared<const Ast>(std::move(*ast));
  program.model = std::make_shared<const Model>(augmented(std::move(*model)));
  return {std::move(program), std::move(all)};
}

Result<Program> to_plan(Result<Program> program) {
  Diagnostics all = program.diagnostics;
  if (!program) return all;
  const Model& model = *program->model;
  Result<std::vector<Conditional>> conditionals = derive(model);
  append(all, conditionals.diagnostics);
  if (!conditionals) return all;
  program->conditionals = std::move(*conditionals);
  program->schedule = textbook(model, program->conditionals);
  const std::string order = verify(program->schedule, model, program->conditionals);
  if (!order.empty()) return bug("schedule", order);
  program->plan = lower(model, program->conditionals, program->schedule);
  const std::string stale = verify(program->plan, model);
  if (!stale.empty()) return bug("plan", stale);
  return {std::move(*program), std::move(all)};
}

}  // namespace

Result<Program> compile_model(SourcePtr source, const std::vector<Setting>& settings) {
  Result<Program> program = to_model(parse(source, settings));
  if (program) program->settings = settings;
  return program;
}

Result<Program> compile(std::shared_ptr<const Ast> ast, Model model) {
  Program program;
  program.ast = std::move(ast);
  program.model = std::make_shared<const Model>(augmented(std::move(model)));
  return to_plan({std::move(program), {}});
}

Result<Program> compile(SourcePtr source, std::vector<Setting> settings) {
  Result<Program> program = to_plan(compile_model(source, settings));
  note_settings(program.diagnostics, source, settings);
  return program;
}

std::string reschedule(Program& program, const BindOptions& options, const Data& data) {
  const std::string name = options.schedule.empty() ? program.schedule.name : options.schedule;
  const auto row = std::find_if(schedules().begin(), schedules().end(),
                                [&](const ScheduleRow& r) { return r.name == name; });
  if (row == schedules().end()) return "there is no schedule " + name;
  program.schedule =
      row->make(*program.model, program.conditionals, find_sizes(program.conditionals, data));
  const std::string order = verify(program.schedule, *program.model, program.conditionals);
  if (!order.empty()) return order;
  program.plan =
      lower(*program.model, program.conditionals, program.schedule, {.hoist = options.statistics});
  return verify(program.plan, *program.model);
}

namespace {

Result<Bound> bind_table(Program program, Table table, const BindOptions& options) {
  Bound bound;
  Result<Table> joined = join_tables(*program.model, std::move(table), options);
  Diagnostics all = joined.diagnostics;
  if (!joined) return all;
  bound.table = std::make_shared<const Table>(std::move(*joined));
  auto data = bind_data(*program.model, *bound.table, options);
  if (data && (*data)->needs_patterns) {
    program.model = std::make_shared<const Model>(with_patterns(*program.model));
    Result<Program> patterned = to_plan(std::move(program));
    if (!patterned) return patterned.diagnostics;
    program = std::move(*patterned);
    data = bind_data(*program.model, *bound.table, options);
  }
  append(all, data.diagnostics);
  if (data && !has_error(all)) {
    bound.data = *data;
    if (!options.schedule.empty() || !options.statistics) {
      const std::string wrong = reschedule(program, options, *bound.data);
      if (!wrong.empty()) return bug("schedule", wrong);
    }
  }
  bound.program = std::make_shared<const Program>(std::move(program));
  const Model& model = *bound.program->model;
  if (bound.data) {
    auto plan = bind_plan(model, bound.program->plan, bound.data, options);
    append(all, plan.diagnostics);
    if (plan) bound.plan = *plan;
  }
  note_settings(all, model.source, bound.program->settings);
  if (has_error(all) || !bound.plan) return all;
  return {std::move(bound), std::move(all)};
}

}  // namespace

Result<Bound> bind(Program program, Table table, const BindOptions& options) {
  try {
    return bind_table(std::move(program), std::move(table), options);
  } catch (const LostText& lost) {
    return lost_text_error(lost);
  }
}

}  // namespace lmmdsl
