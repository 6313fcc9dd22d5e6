#include "runtime/sweep.h"

#include <fmt/format.h>

namespace lmmdsl {

Sweep::Sweep(const BoundPlan& bound, Machine& machine) : bound_(bound), machine_(machine) {
  for (const PlanStep& step : bound.plan->steps) {
    const Conditional& c = bound.plan->conditionals[step.conditional];
    const DrawKind kind = draw_kind(bound, c);
    const std::size_t p = static_cast<std::size_t>(kind.p);
    const std::size_t block = c.family == UpdateFamily::normal ? p : p * p;
    auto [first, second] = natural_parameters(bound, step);
    steps_.push_back({&step, &c, kind, machine.parameter(c.target), block,
                      machine.state().values[c.target].size() / block, first, second});
  }
}

std::string Sweep::operator()(StreamAddress address) {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = steps_[s];
    machine_.run(step.step->refresh);
    address.step = static_cast<std::uint32_t>(s);
    for (std::size_t e = 0; e < step.elements; ++e) {
      address.level = static_cast<std::uint32_t>(e);
      Random random(address);
      if (!draw(step.kind, step.first(machine_, e), step.second(machine_, e), random,
                step.out + e * step.block)) {
        return describe_failure(step, e, address);
      }
    }
  }
  return {};
}

std::string Sweep::describe_failure(const Step& step, std::size_t element,
                                    const StreamAddress& address) const {
  const Conditional& c = *step.conditional;
  const std::string where = describe_element(*bound_.data, c.plate, element);
  const double first = *step.first(machine_, element), second = *step.second(machine_, element);
  return fmt::format(
      "the full conditional of `{}`{}{} cannot be drawn from: {} with {} {:.6g}{} and {} {:.6g}{} "
      "(chain {}, sweep {})",
      bound_.model->symbols[c.target].spelling, where.empty() ? "" : " at ", where, name(c.family),
      parameter_name(c.family, 0), first, step.kind.p > 1 && step.block > 1 ? ", ..." : "",
      parameter_name(c.family, 1), second, step.kind.p > 1 ? ", ..." : "", address.chain + 1,
      address.sweep);
}

}  // namespace lmmdsl
