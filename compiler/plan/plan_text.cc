// The plan as numbered operations.
#include <fmt/format.h>

#include "compiler/math/render.h"
#include "compiler/plan/plan.h"

namespace lmmdsl {

namespace {

std::string list(const Plan& plan, const Model& model, const std::vector<int>& values) {
  std::string out;
  for (int v : values) {
    const PlanValue& value = plan.values[v];
    if (value.expr->op == Op::number || value.expr->op == Op::symbol) continue;
    out += fmt::format("    v{:<4} {:<24} {}\n", v, describe(model, value.expr->plate),
                       render(value.expr, &model));
  }
  return out.empty() ? "    nothing\n" : out;
}

}  // namespace

std::string to_text(const Plan& plan, const Model& model) {
  std::string out = "Once, when data are bound\n" + list(plan, model, plan.setup);
  out += "\nEach sweep\n";
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const PlanStep& step = plan.steps[s];
    const Conditional& c = plan.conditionals[step.conditional];
    out += fmt::format("  step {}: recompute\n", s + 1) + list(plan, model, step.refresh);
    out += fmt::format("    draw {}{} from {}({} = v{}, {} = v{})\n", render(c.quantity, &model),
                       c.plate.once() ? "" : ", " + describe(model, c.plate), name(c.family),
                       parameter_name(c.family, 0), step.parameters[0], parameter_name(c.family, 1),
                       step.parameters[1]);
  }
  out += "\nBefore a draw is kept\n" + list(plan, model, plan.report);
  return out;
}

}  // namespace lmmdsl
