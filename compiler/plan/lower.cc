// Conditionals and schedule -> plan: one numbered list of values, each expression once, and for
// each step the values that must be recomputed because a parameter they mention has been drawn
// since.
#include <algorithm>

#include "compiler/math/sums.h"
#include "compiler/plan/lowering.h"
#include "compiler/plan/mean_design.h"
#include "compiler/rules/families.h"

namespace lmmdsl {

namespace {

void add_natural(Lowering& l) {
  for (const Conditional& c : l.plan_.conditionals) {
    std::vector<int> natural;
    for (const Expr& e : c.parameters) natural.push_back(l.value(l.prepared(e)));
    for (const Expr& bound : {c.lower, c.upper}) {
      if (bound) natural.push_back(l.value(l.prepared(bound)));
    }
    l.plan_.natural.push_back(std::move(natural));
  }
}

void add_steps(Lowering& l, const Model& model, const Schedule& schedule) {
  for (const Step& step : schedule.steps) {
    PlanStep s{step.targets, step.marginal, step.integrated, {}, {}, {}};
    s.fallback = step.fallback;
    s.sparse = step.sparse;
    s.collapsed = step.collapsed;
    s.shifted = step.shifted;
    s.spare = step.spare;
    if (step.joint())
      s.joint = joint_values(l, *join_conditionals(model, l.plan_.conditionals, s.targets));
    else if (!step.integrated.empty() && !step.collapsed)
      s.cuts = cut_responses(l, model, step.integrated);
    l.plan_.steps.push_back(std::move(s));
  }
}

/// Derived quantities, and of unobserved factors which level each row has.
void add_derived(Lowering& l, const Model& model) {
  for (SymbolId d : model.derived()) {
    const Plate& plate = model[d].plate;
    const Expr e = l.prepared(model[d].definition);
    auto& list = plate.rows ? l.plan_.row_derived : l.plan_.derived;
    list.emplace_back(d, l.value(plate.factors.empty() ? e : on_levels(e, plate)));
  }
  for (SymbolId p : model.parameters()) {
    if (model[p].levels == 0) continue;
    l.plan_.row_derived.emplace_back(
        p, l.value(unit_vector(reference(model, p), Dim{model[p].levels})));
  }
}

/// Standard deviations and correlations of covariance parameters, for the summaries.
void add_spread(Lowering& l, const Model& model) {
  for (SymbolId p : model.parameters()) {
    if (!model[p].symmetric || model[p].shape.is_scalar()) continue;
    const Expr S = reference(model, p);
    l.plan_.spread.push_back({p, l.value(apply(Op::sqrt, {apply(Op::diagonal, {S})})),
                              l.value(apply(Op::correlation, {S}))});
  }
}

void add_log_densities(Lowering& l, const std::vector<Density>& densities) {
  for (std::size_t d = 0; d < densities.size(); ++d) {
    const Density& density = densities[d];
    const Expr log_density =
        density.observed
            ? observed_normal_log_density(density.value, density.args, density.observed)
            : family(density.family).log_density(density.value, density.args);
    const Expr total = simplified_sum(log_density, density.plate, once_plate());
    l.plan_.log_densities.emplace_back(static_cast<int>(d), l.value(l.prepared(total)));
  }
}

/// Log densities as they were stated, auxiliary variables integrated out; where that has no closed
/// form, those that stand there now.
void add_log_posterior(Lowering& l, const Model& model) {
  const std::vector<Density> stated = inlined_densities(model, model.stated);
  std::vector<bool> left_out(model.densities.size(), false);
  for (std::size_t k = 0; k < model.rewrites.size(); ++k) {
    const Rewrite& r = model.rewrites[k];
    const Density& density = stated[r.stated];
    const auto log_density = family(density.family).log_density;
    if (!log_density) continue;
    if (r.density >= 0) left_out[r.density] = true;
    for (SymbolId a : r.auxiliaries) left_out[model[a].prior] = true;
    const Expr total =
        simplified_sum(log_density(density.value, density.args), density.plate, once_plate());
    l.plan_.log_posterior.push_back(l.value(l.prepared(total)));
    l.plan_.stated_log_densities.emplace_back(static_cast<int>(k), l.plan_.log_posterior.back());
  }
  for (const auto& [d, value] : l.plan_.log_densities)
    if (!left_out[d]) l.plan_.log_posterior.push_back(value);
}

/// A coefficient at the top of the hierarchy: it holds once, and its prior mentions no coefficient.
bool at_top(const Model& model, const std::vector<Conditional>& conditionals,
            const Conditional& c) {
  if (c.family != UpdateFamily::normal || c.lower || !c.plate.once()) return false;
  const Density& prior = model.densities[model[c.target].prior];
  return std::none_of(conditionals.begin(), conditionals.end(), [&](const Conditional& other) {
    return other.family == UpdateFamily::normal &&
           std::any_of(prior.args.begin(), prior.args.end(),
                       [&](const Expr& a) { return mentions(a, other.target); });
  });
}

void add_pilots(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals) {
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    if (density.response < 0 || density.family != FamilyId::normal) continue;
    Pilot pilot;
    pilot.density = static_cast<int>(d);
    if (!density.value->shape.is_scalar()) {
      // Complete vectors only.
      const Expr weight =
          density.observed ? apply(Op::min_components, {density.observed}) : number(1);
      const Expr y = density.observed ? filled(density.value) : density.value;
      pilot.triangle =
          l.value(triangle({number(1), transpose(y)}, weight, density.plate, once_plate()));
      l.plan_.pilots.push_back(std::move(pilot));
      continue;
    }
    std::vector<Expr> columns, top;
    for (const Conditional& c : conditionals) {
      for (const Contribution& mention : c.likelihood) {
        if (mention.density != pilot.density || !mention.A || !l.is_data(mention.A)) continue;
        columns.push_back(mention.A);
        pilot.coefficients.emplace_back(c.target, mention.A->shape.cols);
      }
      if (!at_top(model, conditionals, c)) continue;
      const auto design = mean_design(model, conditionals, c.target, pilot.density);
      if (!design || !*design || !l.is_data(*design)) continue;
      top.push_back(*design);
      pilot.top.emplace_back(c.target, (*design)->shape.cols);
    }
    columns.push_back(density.value);
    pilot.triangle = l.value(triangle(std::move(columns), number(1), density.plate, once_plate()));
    if (!top.empty()) {
      top.push_back(density.value);
      pilot.top_triangle =
          l.value(triangle(std::move(top), number(1), density.plate, once_plate()));
    }
    l.plan_.pilots.push_back(std::move(pilot));
  }
}

/// What the predictive distributions of responses that may be missing read.
void add_missing(Lowering& l, const Model& model) {
  const std::vector<Density> stated = inlined_densities(model, model.stated);
  for (std::size_t d = 0; d < stated.size(); ++d) {
    const Density& density = stated[d];
    const bool vector = !density.value->shape.is_scalar();
    if (density.response < 0 || (vector && !density.observed)) continue;
    if (family(density.family).support == Support::level) continue;  // none may be missing
    MissingResponse missing{static_cast<int>(d), density.plate, {}};
    const auto here = [&](const Expr& e) {
      return l.value(density.plate.rows ? on_rows(e, missing.plate) : e);
    };
    if (density.plate.rows) {
      missing.plate.response = density.response;
      missing.plate.missing = true;
    }
    for (const Expr& a : density.args) missing.arguments.push_back(here(a));
    if (vector) missing.value = here(density.value);
    l.plan_.missing.push_back(std::move(missing));
  }
}

/// What a draw reports, with what it takes to draw missing responses.
std::vector<int> reported(const Plan& plan) {
  std::vector<int> values = plan.log_posterior;
  for (const auto* list : {&plan.derived, &plan.row_derived})
    for (const auto& [symbol, value] : *list) values.push_back(value);
  for (const SpreadValues& s : plan.spread) values.insert(values.end(), {s.sd, s.correlation});
  for (const MissingResponse& m : plan.missing)
    values.insert(values.end(), m.arguments.begin(), m.arguments.end());
  return values;
}

/// The refresh lists of a scale's draw while coefficients move with it. The step may rest, so that
/// nothing after it counts on what it has recomputed.
void refresh_moved(Lowering& l, PlanStep& step, std::set<int>& fresh) {
  const std::vector<Conditional>& conditionals = l.plan_.conditionals;
  const std::vector<int> read = read_values(l.plan_, step);
  const SymbolId scale = conditionals[step.conditional()].target;
  MovedValues& moved = *step.moved;
  const auto coefficients_drawn = [&](std::set<int>& values) {
    for (const auto& c : moved.coefficients) l.drawn(conditionals[c.conditional].target, values);
  };
  std::set<int> own = fresh;
  step.refresh = l.refresh(read, own);
  l.drawn(scale, own);
  moved.refresh_priors = l.refresh(priors_of_moved(moved), own);
  coefficients_drawn(own);
  moved.refresh = l.refresh(read, own);
  l.drawn(scale, fresh);
  coefficients_drawn(fresh);
}

void refresh_drawn(Lowering& l, PlanStep& step, std::set<int>& fresh) {
  const std::vector<Conditional>& conditionals = l.plan_.conditionals;
  const std::vector<int> read = read_values(l.plan_, step);
  std::set<int> own = fresh;  // where it may rest nothing after it counts on what it computes
  step.refresh = l.refresh(read, step.may_rest() ? own : fresh);
  for (int c : proposed_by(step)) l.drawn(conditionals[c].target, fresh);
  if (step.proposal) {
    for (int c : proposed_by(step)) l.drawn(conditionals[c].target, own);
    std::set<int> proposed = step.may_rest() ? own : fresh;
    step.proposal->refresh = l.refresh(read, proposed);
  }
  for (int c : step.targets) l.drawn(conditionals[c].target, fresh);
}

/// The refresh lists of a sweep in the steady state: those of the second sweep of two.
void add_refresh_lists(Lowering& l) {
  Plan& plan = l.plan_;
  std::set<int> fresh;
  for (std::size_t v = 0; v < plan.values.size(); ++v) fresh.insert(static_cast<int>(v));
  for (int sweep = 0; sweep < 2; ++sweep) {
    for (PlanStep& step : plan.steps)
      step.moved ? refresh_moved(l, step, fresh) : refresh_drawn(l, step, fresh);
  }
  plan.report = l.refresh(reported(plan), fresh);
}

}  // namespace

int Plan::stored_value(SymbolId symbol, int value) const {
  for (std::size_t v = 0; v < values.size(); ++v)
    if (values[v].parameter == symbol) return static_cast<int>(v);
  return value;
}

Plan lower(const Model& model, const std::vector<Conditional>& conditionals,
           const Schedule& schedule, const PlanOptions& options) {
  Lowering l(model, options);
  Plan& plan = l.plan_;
  plan.conditionals = conditionals;
  for (SymbolId p : model.unknowns()) l.value(reference(model, p));
  add_natural(l);
  add_steps(l, model, schedule);
  add_derived(l, model);
  add_spread(l, model);
  const std::vector<Density> densities = inlined_densities(model, model.densities);
  add_log_densities(l, densities);
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const std::vector<int>& moved = schedule.steps[s].moved;
    if (!moved.empty())
      plan.steps[s].moved =
          moved_values(l, densities, conditionals, plan.steps[s].conditional(), moved);
  }
  add_log_posterior(l, model);
  add_missing(l, model);
  add_pilots(l, model, conditionals);
  add_designs(l, model, conditionals);
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    if (plan.values[v].constant) plan.setup.push_back(static_cast<int>(v));
  }
  for (PlanStep& step : plan.steps) {
    if (!step.marginal.empty() || step.collapsed)
      step.proposal = marginal_values(model, plan, densities, conditionals, step);
  }
  add_refresh_lists(l);
  return plan;
}

}  // namespace lmmdsl
