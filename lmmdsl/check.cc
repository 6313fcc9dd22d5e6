// `check`: the identity log joint(a) - log joint(b) = log conditional(a) - log conditional(b), at
// random states. The joint comes from the reference evaluator, the conditional from the plan.
#include <algorithm>
#include <cmath>

#include "compiler/math/dependence.h"
#include "lmmdsl/lmmdsl.h"
#include "runtime/draw_kind.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/machine.h"

namespace lmmdsl {

namespace {

/// The power of the parameter that its prior is written on; 0 for its logarithm.
double prior_exponent(const Model& model, SymbolId parameter) {
  const Expr& value = model.densities[model[parameter].prior].value;
  if (value->op == Op::log) return 0;
  const auto found = proportional(value, reference(model, parameter));
  return std::get<Power>(found).exponent;
}

class IdentityCheck {
 public:
  explicit IdentityCheck(const Bound& bound)
      : bound_(*bound.plan),
        model_(*bound.program->model),
        oracle_(model_, *bound.data),
        machine_(bound_) {}

  CheckReport run(int states, std::uint64_t seed) {
    CheckReport report;
    const Plan& plan = *bound_.plan;
    for (const Conditional& c : plan.conditionals) report.identities.push_back({c.target, 0, 0});
    std::string failed;
    for (int k = 0; k < states; ++k) {
      if (!start(bound_, machine_, seed, static_cast<std::uint32_t>(k), failed)) continue;
      for (std::size_t s = 0; s < plan.steps.size(); ++s) {
        IdentityResult& result = report.identities[plan.steps[s].conditional];
        const double d = discrepancy(plan.steps[s], {seed, static_cast<std::uint32_t>(k), 1,
                                                     static_cast<std::uint32_t>(s), 0});
        // A discrepancy that is not a number is the largest.
        if (!(d <= result.largest_discrepancy)) result.largest_discrepancy = d;
        ++result.states;
      }
    }
    report.passed = std::all_of(report.identities.begin(), report.identities.end(),
                                [&](const IdentityResult& r) {
                                  return r.states > 0 && r.largest_discrepancy <= report.tolerance;
                                });
    return report;
  }

 private:
  /// One element of the target at two values drawn from its conditional, all else fixed; the
  /// target stays at the second value, so that states wander.
  double discrepancy(const PlanStep& step, StreamAddress address) {
    const Conditional& c = bound_.plan->conditionals[step.conditional];
    const DrawKind kind = draw_kind(bound_, c);
    machine_.run_all();
    const auto [first, second] = natural_parameters(bound_, step);
    const std::size_t block =
        c.family == UpdateFamily::normal ? kind.p : static_cast<std::size_t>(kind.p) * kind.p;
    const std::size_t elements = machine_.state().values[c.target].size() / block;
    Random pick(address);
    const std::size_t e = pick.bits() % elements;
    const std::vector<double> a_parameters(
        first(machine_, e), first(machine_, e) + bound_.sizes[step.parameters[0]].block());
    const std::vector<double> b_parameters(
        second(machine_, e), second(machine_, e) + bound_.sizes[step.parameters[1]].block());
    double* out = machine_.parameter(c.target) + e * block;
    const double j = kind.scalar ? prior_exponent(model_, c.target) : 0;
    double joint[2], conditional[2];
    for (int k = 0; k < 2; ++k) {
      if (!draw(kind, a_parameters.data(), b_parameters.data(), pick, out)) return NAN;
      joint[k] = oracle_.log_joint(machine_.state());
      conditional[k] = log_density(kind, a_parameters.data(), b_parameters.data(), out);
      // From the scale of the quantity to that on which the prior is written.
      if (kind.scalar && c.family != UpdateFamily::normal) {
        conditional[k] += (kind.exponent - j) * std::log(*out);
      }
    }
    const double difference = joint[1] - joint[0];
    return std::abs(difference - (conditional[1] - conditional[0])) /
           (1 + std::abs(difference) + 1e-6 * std::abs(joint[0]));
  }

  const BoundPlan& bound_;
  const Model& model_;
  Evaluator oracle_;
  Machine machine_;
};

}  // namespace

CheckReport check_identities(const Bound& bound, int states, std::uint64_t seed) {
  CheckReport report = IdentityCheck(bound).run(states, seed);
  report.symbols = to_text(*bound.program->model);
  return report;
}

}  // namespace lmmdsl
