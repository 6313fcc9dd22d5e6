#include "runtime/step_kernels.h"

#include "runtime/machine.h"
#include "runtime/marginal_step.h"
#include "runtime/normal_step.h"

namespace lmmdsl {

std::string elements_text(const BoundPlan& bound, const PlanStep& step) {
  const Conditional& c = bound.plan->conditionals[step.conditional()];
  if (step.joint) return JointNormal::make(bound, step)->describe();
  if (c.plate.once() || bound.data->plate(c.plate).size < 2) return "";
  if (c.family != UpdateFamily::normal)
    return "one by one: only Normal conditionals are drawn together";
  if (c.lower) return "one by one: a draw between bounds takes as many proposals as it takes";
  return NormalStep(bound, step).block().describe();
}

bool proposals_side_by_side(const BoundPlan& bound, const PlanStep& step) {
  Machine machine(bound);
  return MarginalStep(bound, machine, step, 0).side_by_side();
}

}  // namespace lmmdsl
