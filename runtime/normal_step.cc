#include "runtime/normal_step.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

/// The terms of a natural parameter, as the plan has them.
ScaledSum terms_of(const Plan& plan, int v) {
  const PlanValue& whole = plan.values[v];
  // What a constant was computed from is not kept.
  const bool apart = whole.expr->op == Op::add && !whole.constant;
  const std::vector<int> terms = apart ? whole.args : std::vector<int>{v};
  ScaledSum sum;
  for (const int t : terms) {
    const PlanValue& term = plan.values[t];
    ScaledValue found{t, -1};
    if (term.expr->op == Op::multiply && !term.constant && !term.expr->plate.once() &&
        term.args.size() == 2) {
      for (const int k : {0, 1}) {
        const Expr& scale = term.expr->args[k];
        if (scale->shape.is_scalar() && scale->plate.once() &&
            plan.values[term.args[1 - k]].constant)
          found = {term.args[1 - k], term.args[k]};
      }
    }
    sum.push_back(found);
  }
  return sum;
}

JointValues natural_terms(const BoundPlan& bound, const PlanStep& step) {
  const std::vector<int>& natural = bound.plan->natural[step.conditional()];
  JointValues terms;
  terms.precisions = {terms_of(*bound.plan, natural[0])};
  terms.shifts = {terms_of(*bound.plan, natural[1])};
  return terms;
}

/// v and everything that it is computed from.
void add_closure(const Plan& plan, int v, std::set<int>& found) {
  if (plan.values[v].constant || !found.insert(v).second) return;
  for (const int a : plan.values[v].args) add_closure(plan, a, found);
}

/// Values that something reads other than `step`: other steps, what is kept of a draw.
std::vector<int> read_elsewhere(const BoundPlan& bound, const PlanStep& step) {
  const Plan& plan = *bound.plan;
  std::vector<int> found;
  const auto add = [&](const std::vector<int>& values) {
    found.insert(found.end(), values.begin(), values.end());
  };
  for (const PlanStep& other : plan.steps) {
    if (&other == &step) continue;
    add(read_values(plan, other));
    add(other.refresh);
    if (other.proposal) add(other.proposal->refresh);
    if (other.moved) {
      add(other.moved->refresh_priors);
      add(other.moved->refresh);
    }
  }
  add(plan.report);
  return found;
}

/// Of the step's values those to recompute so that `read` is up to date, and all that is read
/// elsewhere.
std::vector<int> still_needed(const BoundPlan& bound, const PlanStep& step,
                              const std::vector<int>& read) {
  const Plan& plan = *bound.plan;
  std::set<int> needed;
  for (const int v : read) add_closure(plan, v, needed);
  // Values elsewhere that are computed from others read these.
  for (const int v : read_elsewhere(bound, step)) {
    needed.insert(v);
    for (const int a : plan.values[v].args) needed.insert(a);
  }
  std::vector<int> list;
  for (auto it = step.refresh.rbegin(); it != step.refresh.rend(); ++it) {
    if (needed.count(*it) == 0) continue;
    list.push_back(*it);
    for (const int a : plan.values[*it].args) needed.insert(a);
  }
  std::reverse(list.begin(), list.end());
  return list;
}

}  // namespace

std::unique_ptr<NormalStep> NormalStep::make(const BoundPlan& bound, const PlanStep& step) {
  const Conditional& c = bound.plan->conditionals[step.conditional()];
  if (step.joint || c.family != UpdateFamily::normal || c.lower || c.plate.once() ||
      c.plate.latent || !bound.lanes)
    return nullptr;
  auto made = std::make_unique<NormalStep>(bound, step);
  if (!made->block_.in_lanes()) return nullptr;
  return made;
}

NormalStep::NormalStep(const BoundPlan& bound, const PlanStep& step)
    : NormalStep(bound, step, natural_terms(bound, step)) {}

NormalStep::NormalStep(const BoundPlan& bound, const PlanStep& step, const JointValues& terms)
    : block_(bound, terms, step.targets, bound.lanes), factor_(block_.make_factor()) {
  std::vector<int> read;
  for (const ScaledSum* sum : {&terms.precisions[0], &terms.shifts[0]}) {
    for (const ScaledValue& t : *sum) {
      read.push_back(t.value);
      if (t.scale >= 0) read.push_back(t.scale);
    }
  }
  refresh_ = still_needed(bound, step, read);
}

bool NormalStep::operator()(Machine& machine, const StreamAddress& address) {
  return block_.factor(machine, factor_) && block_.draw(machine, factor_, address);
}

double NormalStep::log_density(const Machine& machine) {
  GaussianValues values = block_.make_values();
  block_.read(machine, values);
  double found = 0;
  return block_.factor(machine, factor_, values, found) ? found : kNan;
}

}  // namespace lmmdsl
