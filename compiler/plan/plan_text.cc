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

std::string quantity(const Plan& plan, const Model& model, int conditional) {
  const Conditional& c = plan.conditionals[conditional];
  return render(c.quantity, &model) + (c.plate.once() ? "" : ", " + describe(model, c.plate));
}

std::string single_draw(const Plan& plan, const Model& model, const PlanStep& step) {
  const Conditional& c = plan.conditionals[step.conditional()];
  const std::vector<int>& natural = plan.natural[step.conditional()];
  std::string parameters;
  for (std::size_t k = 0; k < c.parameters.size(); ++k) {
    parameters += fmt::format("{}{} = v{}", k ? ", " : "",
                              parameter_name(c.family, static_cast<int>(k)), natural[k]);
  }
  std::string out =
      fmt::format("    draw {} from {}({})", quantity(plan, model, step.conditional()),
                  name(c.family), parameters);
  if (c.lower) {
    out += fmt::format(", {} between v{} and v{}", render(reference(model, c.target), &model),
                       natural[c.parameters.size()], natural[c.parameters.size() + 1]);
  }
  return out + "\n";
}

std::string cut_draw(const Plan& plan, const Model& model, const PlanStep& step) {
  const std::vector<int>& natural = plan.natural[step.conditional()];
  std::string out = fmt::format("    draw {} by slices, prior precision = v{}, shift = v{}",
                                quantity(plan, model, step.conditional()), natural[0], natural[1]);
  for (const CutResponse& r : step.cuts)
    out += fmt::format(", categories v{} of predictor v{}", r.category, r.eta);
  return out + "\n";
}

std::string moved_draw(const Plan& plan, const Model& model, const PlanStep& step) {
  const MovedValues& moved = *step.moved;
  std::string out =
      fmt::format("    draw {} by slices{}; recompute\n", quantity(plan, model, step.conditional()),
                  step.fallback ? ", seldom where proposals are accepted" : "");
  out += list(plan, model, moved.refresh_priors);
  for (const MovedValues::Coefficient& c : moved.coefficients)
    out += fmt::format("    move {}: mean = v{}, variance = v{}\n",
                       quantity(plan, model, c.conditional), c.mean, c.variance);
  out += "    and recompute\n" + list(plan, model, moved.refresh);
  out += "    log densities";
  for (int v : moved.log_densities) out += fmt::format(" v{}", v);
  return out + "\n";
}

/// "v3 + v7 * v12"
std::string sum_text(const ScaledSum& sum) {
  std::string out;
  for (const ScaledValue& term : sum) {
    if (!out.empty()) out += " + ";
    if (term.scale >= 0) out += fmt::format("v{} * ", term.scale);
    out += fmt::format("v{}", term.value);
  }
  return out;
}

std::string proposed(const Plan& plan, const Model& model, const PlanStep& step) {
  std::string out = "    propose";
  for (int c : proposed_by(step)) out += " " + quantity(plan, model, c) + ";";
  out += " recompute\n" + list(plan, model, step.proposal->refresh);
  out += "    accept or reject by the log densities";
  for (int v : step.proposal->log_densities) out += fmt::format(" v{}", v);
  return out;
}

std::string collapsed_draw(const Plan& plan, const Model& model, const PlanStep& step) {
  return proposed(plan, model, step) + "\n";
}

std::string joint_draw(const Plan& plan, const Model& model, const PlanStep& step) {
  std::string out;
  if (step.proposal)
    out += proposed(plan, model, step) + " and the joint density of what follows\n";
  out += "    draw jointly from Normal with\n";
  for (std::size_t i = 0; i < step.targets.size(); ++i) {
    out += fmt::format("      {}: precision = {}, shift = {}\n",
                       quantity(plan, model, step.targets[i]), sum_text(step.joint->precisions[i]),
                       sum_text(step.joint->shifts[i]));
  }
  for (const auto& c : step.joint->couplings) {
    out += fmt::format("      {} with {}: precision = {}\n",
                       quantity(plan, model, step.targets[c.first]),
                       quantity(plan, model, step.targets[c.second]), sum_text(c.precision));
  }
  return out;
}

}  // namespace

std::string to_text(const Plan& plan, const Model& model) {
  std::string out = "Once, when data are bound\n" + list(plan, model, plan.setup);
  out += "\nEach sweep\n";
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const PlanStep& step = plan.steps[s];
    out += fmt::format("  step {}: recompute\n", s + 1) + list(plan, model, step.refresh);
    out += step.joint          ? joint_draw(plan, model, step)
           : step.collapsed    ? collapsed_draw(plan, model, step)
           : step.moved        ? moved_draw(plan, model, step)
           : step.cuts.empty() ? single_draw(plan, model, step)
                               : cut_draw(plan, model, step);
  }
  out += "\nBefore a draw is kept\n" + list(plan, model, plan.report);
  return out;
}

}  // namespace lmmdsl
