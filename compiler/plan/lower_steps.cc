// Values of joint, marginal and collapsed steps, of cuts, and of scales with which coefficients
// move.
#include <algorithm>

#include "compiler/plan/lowering.h"

namespace lmmdsl {

namespace {

/// The terms of a sum: those that hold once together, the others each with its scale apart.
ScaledSum scaled_sum(Lowering& l, const Expr& e) {
  const Expr plain = l.prepared(e);
  std::vector<Expr> once;
  ScaledSum sum;
  for (const Expr& term : plain->op == Op::add ? plain->args : std::vector<Expr>{plain}) {
    if (term->plate.once()) {
      once.push_back(term);
      continue;
    }
    std::vector<Expr> scale, rest;
    if (term->op == Op::multiply) {
      for (const Expr& f : term->args)
        (f->shape.is_scalar() && f->plate.once() ? scale : rest).push_back(f);
    }
    const bool statistic =
        !scale.empty() && !rest.empty() &&
        std::all_of(rest.begin(), rest.end(), [&](const Expr& f) { return l.is_data(f); });
    if (statistic) {
      sum.push_back({l.value(multiply(std::move(rest))), l.value(multiply(std::move(scale)))});
    } else {
      sum.push_back({l.value(term), -1});
    }
  }
  if (!once.empty()) sum.insert(sum.begin(), {l.value(add(std::move(once))), -1});
  return sum;
}

bool mentions_target(const Density& density, const Conditional& c) {
  return mentions(density.value, c.target) ||
         std::any_of(density.args.begin(), density.args.end(),
                     [&](const Expr& a) { return mentions(a, c.target); });
}

}  // namespace

JointValues joint_values(Lowering& l, const JointConditional& joint) {
  JointValues values;
  for (const Expr& e : joint.precisions) values.precisions.push_back(scaled_sum(l, e));
  for (const Expr& e : joint.shifts) values.shifts.push_back(scaled_sum(l, e));
  for (const Coupling& c : joint.couplings)
    values.couplings.push_back({c.first, c.second, scaled_sum(l, c.precision)});
  return values;
}

std::vector<CutResponse> cut_responses(Lowering& l, const Model& model,
                                       const std::vector<SymbolId>& latent) {
  std::vector<CutResponse> found;
  for (const Rewrite& r : model.rewrites) {
    const bool asked = std::any_of(r.auxiliaries.begin(), r.auxiliaries.end(), [&](SymbolId a) {
      return std::find(latent.begin(), latent.end(), a) != latent.end();
    });
    if (!asked) continue;
    const Density& stated = model.stated[static_cast<std::size_t>(r.stated)];
    found.push_back(
        {r.stated, l.value(l.prepared(stated.args[0])), l.value(l.prepared(stated.value))});
  }
  return found;
}

MovedValues moved_values(Lowering& l, const std::vector<Density>& densities,
                         const std::vector<Conditional>& conditionals, int scale,
                         const std::vector<int>& moved) {
  MovedValues values;
  std::vector<int> changing = {scale};
  for (int c : moved) {
    const Density& prior = densities[l.model_[conditionals[c].target].prior];
    values.coefficients.push_back(
        {c, l.value(l.prepared(prior.args[0])), l.value(l.prepared(prior.args[1]))});
    changing.push_back(c);
  }
  for (const auto& [d, value] : l.plan_.log_densities) {
    const Density& density = densities[d];
    if (std::any_of(changing.begin(), changing.end(),
                    [&](int c) { return mentions_target(density, conditionals[c]); }))
      values.log_densities.push_back(value);
  }
  return values;
}

MarginalValues marginal_values(const Model& model, const Plan& plan,
                               const std::vector<Density>& densities,
                               const std::vector<Conditional>& conditionals, const PlanStep& step) {
  MarginalValues values;
  std::set<int> replaced;
  for (const auto& [r, value] : plan.stated_log_densities) {
    const Rewrite& rewrite = model.rewrites[r];
    if (std::find(step.integrated.begin(), step.integrated.end(), rewrite.auxiliaries.front()) ==
        step.integrated.end())
      continue;
    values.log_densities.push_back(value);
    replaced.insert(rewrite.density);
    for (SymbolId a : rewrite.auxiliaries) replaced.insert(model[a].prior);
  }
  for (const auto& [d, value] : plan.log_densities) {
    if (replaced.count(d)) continue;
    const Density& density = densities[d];
    const std::vector<int>& proposed = proposed_by(step);
    const bool mentioned = std::any_of(proposed.begin(), proposed.end(), [&](int c) {
      return mentions_target(density, conditionals[c]);
    });
    if (mentioned) values.log_densities.push_back(value);
  }
  return values;
}

std::vector<int> priors_of_moved(const MovedValues& moved) {
  std::vector<int> values;
  for (const MovedValues::Coefficient& c : moved.coefficients)
    values.insert(values.end(), {c.mean, c.variance});
  return values;
}

const std::vector<int>& proposed_by(const PlanStep& step) {
  return step.collapsed ? step.targets : step.marginal;
}

std::vector<int> read_values(const Plan& plan, const PlanStep& step) {
  if (step.collapsed) return step.proposal->log_densities;
  if (!step.cuts.empty()) {
    const std::vector<int>& natural = plan.natural[step.conditional()];
    std::vector<int> values(natural.begin(), natural.begin() + 2);  // of the prior
    for (const CutResponse& r : step.cuts) values.insert(values.end(), {r.eta, r.category});
    return values;
  }
  if (step.moved) {
    std::vector<int> values = priors_of_moved(*step.moved);
    values.insert(values.end(), step.moved->log_densities.begin(), step.moved->log_densities.end());
    return values;
  }
  if (!step.joint) return plan.natural[step.conditional()];
  std::vector<int> values;
  const auto add = [&](const ScaledSum& sum) {
    for (const ScaledValue& term : sum) {
      values.push_back(term.value);
      if (term.scale >= 0) values.push_back(term.scale);
    }
  };
  for (const ScaledSum& sum : step.joint->precisions) add(sum);
  for (const ScaledSum& sum : step.joint->shifts) add(sum);
  for (const auto& c : step.joint->couplings) add(c.precision);
  if (step.proposal) {
    const auto& more = step.proposal->log_densities;
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

}  // namespace lmmdsl
