// The stages one after the other.
#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

namespace {

void append(Diagnostics& all, const Diagnostics& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// An invariant of ours that does not hold.
Diagnostic bug(const char* stage, const std::string& what) {
  return plain_error(ExitCode::bug,
                     std::string("this is a bug in lmmdsl (stage ") + stage + "): " + what);
}

}  // namespace

const char* version() { return LMMDSL_VERSION; }

Result<Program> compile(SourcePtr source) {
  Result<Ast> ast = parse_model(std::move(source));
  Diagnostics all = ast.diagnostics;
  if (!ast) return all;
  Result<Model> model = resolve(*ast);
  append(all, model.diagnostics);
  if (has_error(all) || !model) return all;
  Program program;
  program.ast = std::make_shared<const Ast>(std::move(*ast));
  program.model = std::make_shared<const Model>(std::move(*model));
  Result<std::vector<Conditional>> conditionals = derive(*program.model);
  append(all, conditionals.diagnostics);
  if (!conditionals) return all;
  program.conditionals = std::move(*conditionals);
  program.schedule = textbook(*program.model, program.conditionals);
  const std::string order = verify(program.schedule, program.conditionals);
  if (!order.empty()) return bug("schedule", order);
  program.plan = lower(*program.model, program.conditionals, program.schedule);
  const std::string stale = verify(program.plan, *program.model);
  if (!stale.empty()) return bug("plan", stale);
  return {std::move(program), std::move(all)};
}

Result<Bound> bind(Program program, Table table, const BindOptions& options) {
  Bound bound;
  bound.program = std::make_shared<const Program>(std::move(program));
  bound.table = std::make_shared<const Table>(std::move(table));
  auto data = bind_data(*bound.program->model, *bound.table, options);
  Diagnostics all = data.diagnostics;
  if (has_error(all) || !data) return all;
  bound.data = *data;
  auto plan = bind_plan(*bound.program->model, bound.program->plan, bound.data);
  append(all, plan.diagnostics);
  if (has_error(all) || !plan) return all;
  bound.plan = *plan;
  return {std::move(bound), std::move(all)};
}

}  // namespace lmmdsl
