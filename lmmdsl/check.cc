// `check`: the identity log joint(a) - log joint(b) = log conditional(a) - log conditional(b), at
// random states. The joint comes from the reference evaluator, the conditional from the plan.
#include <algorithm>
#include <cmath>

#include "compiler/rules/conjugacy.h"
#include "lmmdsl/check_completion.h"
#include "lmmdsl/lmmdsl.h"
#include "runtime/draw_kind.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/machine.h"

namespace lmmdsl {

namespace {

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
    std::string failure;
    int started = 0;
    for (int k = 0; k < states; ++k) {
      if (!start(bound_, machine_, seed, static_cast<std::uint32_t>(k), failure)) continue;
      if (!std::isfinite(oracle_.log_joint(machine_.state()))) {
        failure = "the joint density is not finite where chains start";
        continue;
      }
      ++started;
      for (std::size_t c = 0; c < plan.conditionals.size(); ++c) {
        IdentityResult& result = report.identities[c];
        const double d = discrepancy(static_cast<int>(c), {seed, static_cast<std::uint32_t>(k), 1,
                                                           static_cast<std::uint32_t>(c), 0});
        // A discrepancy that is not a number is the largest.
        if (!(d <= result.largest_discrepancy)) result.largest_discrepancy = d;
        ++result.states;
      }
      const double d = log_joint_discrepancy();
      if (!(d <= report.log_joint_discrepancy)) report.log_joint_discrepancy = d;
    }
    if (started == 0) report.failure = cannot_be_sampled(failure);
    report.passed = started > 0 && report.log_joint_discrepancy <= report.tolerance &&
                    std::all_of(report.identities.begin(), report.identities.end(),
                                [&](const IdentityResult& r) {
                                  return r.states > 0 && r.largest_discrepancy <= report.tolerance;
                                });
    return report;
  }

 private:
  /// What is added for complete vectors while some lack components.
  std::vector<const Contribution*> completing(const Conditional& c) const {
    std::vector<const Contribution*> found;
    for (const Contribution& l : c.likelihood)
      if (l.completed) found.push_back(&l);
    return found;
  }

  /// Missing components of these, for the law given complete vectors: without streams the plan
  /// leaves them out.
  std::vector<CompletedVectors> completed_vectors(const Conditional& c, Random& random) const {
    std::vector<CompletedVectors> vectors;
    for (const Contribution* l : completing(c))
      vectors.emplace_back(oracle_, *bound_.data, density_at(model_, l->density), machine_.state(),
                           random);
    return vectors;
  }

  /// Of the statements' log densities as the plan computes them.
  double log_joint_discrepancy() {
    machine_.run_all();
    double plan = bound_.log_of_bounds;
    for (const auto& [density, value] : bound_.plan->log_densities) plan += *machine_.value(value);
    const double reference = oracle_.log_joint(machine_.state());
    return std::abs(plan - reference) / (1 + std::abs(reference));
  }

  /// One element of the target at two values drawn from its conditional, all else fixed; the
  /// target stays at the second value, so that states wander.
  double discrepancy(int conditional_index, StreamAddress address) {
    const Conditional& c = bound_.plan->conditionals[conditional_index];
    const std::vector<int>& natural = bound_.plan->natural[conditional_index];
    const DrawKind kind = draw_kind(bound_, conditional_index);
    machine_.run_all();
    const StepReader read(bound_, conditional_index);
    const std::size_t block = kind.block();
    const std::size_t elements = machine_.state().values[c.target].size() / block;
    Random pick(address);
    const std::size_t e = pick.bits() % elements;
    // A copy: the machine may compute them anew while the target takes other values.
    StepParameters parameters = read(machine_, e);
    std::vector<std::vector<double>> copies;
    for (std::size_t k = 0; k < natural.size(); ++k) {
      copies.emplace_back(parameters[k], parameters[k] + bound_.sizes[natural[k]].block());
      parameters[k] = copies.back().data();
    }
    const std::vector<CompletedVectors> vectors = completed_vectors(c, pick);
    if (!vectors.empty()) {
      Eigen::Map<Eigen::MatrixXd> squares(copies[1].data(), kind.p, kind.p);
      std::size_t k = 0;
      for (const Contribution* l : completing(c))
        squares += vectors[k++].squares(l->c, machine_.state(), c.plate, e);
    }
    double* out = machine_.parameter(c.target) + e * block;
    const double j =
        of_positive_scalars(c.family)
            ? lhs_exponent(model_.densities[model_[c.target].prior], reference(model_, c.target))
            : 0;
    double joint[2], conditional[2];
    for (int k = 0; k < 2; ++k) {
      if (!draw(kind, parameters, pick, out)) return NAN;
      joint[k] = oracle_.log_joint(machine_.state(), c.integrated);
      for (const CompletedVectors& v : vectors) joint[k] += v.log_density(machine_.state());
      conditional[k] = log_density(kind, parameters, out);
      // From the scale of the quantity to that on which the prior is written.
      if (of_positive_scalars(c.family)) {
        for (std::size_t i = 0; i < block; ++i) {
          conditional[k] += (kind.exponent - j) * std::log(out[i]);
        }
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

int identity_states(std::size_t rows) {
  constexpr std::size_t kRows = 200'000;  // in all
  return static_cast<int>(std::clamp<std::size_t>(kRows / std::max<std::size_t>(rows, 1), 2, 20));
}

CheckReport check_identities(const Bound& bound, int states, std::uint64_t seed) {
  CheckReport report = IdentityCheck(bound).run(states, seed);
  report.symbols = to_text(*bound.program->model);
  return report;
}

}  // namespace lmmdsl
