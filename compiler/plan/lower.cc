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
  for (const Conditional& c : conditionals) {
    plan.natural.emplace_back();
    for (const Expr& e : c.parameters) plan.natural.back().push_back(l.value(l.prepared(e)));
    for (const Expr& bound : {c.lower, c.upper}) {
      if (bound) plan.natural.back().push_back(l.value(l.prepared(bound)));
    }
  }
  for (const Step& step : schedule.steps) {
    PlanStep s{step.targets, step.marginal, step.integrated, {}, {}, {}};
    s.fallback = step.fallback;
    s.sparse = step.sparse;
    if (step.joint()) s.joint = joint_values(l, *join_conditionals(model, conditionals, s.targets));
    else if (!step.integrated.empty()) s.cuts = cut_responses(l, model, step.integrated);
    plan.steps.push_back(std::move(s));
  }
  std::vector<int> wanted;
  for (SymbolId d : model.derived()) {
    auto& list = model[d].plate.rows ? plan.row_derived : plan.derived;
    list.emplace_back(d, l.value(l.prepared(model[d].definition)));
    wanted.push_back(list.back().second);
  }
  for (SymbolId p : model.parameters()) {
    if (model[p].levels == 0) continue;
    plan.row_derived.emplace_back(p,
                                  l.value(unit_vector(reference(model, p), Dim{model[p].levels})));
    wanted.push_back(plan.row_derived.back().second);
  }
  // Standard deviations and correlations of covariance parameters, for the summaries.
  for (SymbolId p : model.parameters()) {
    if (!model[p].symmetric || model[p].shape.is_scalar()) continue;
    const Expr S = reference(model, p);
    plan.spread.push_back({p, l.value(apply(Op::sqrt, {apply(Op::diagonal, {S})})),
                           l.value(apply(Op::correlation, {S}))});
    wanted.push_back(plan.spread.back().sd);
    wanted.push_back(plan.spread.back().correlation);
  }
  const std::vector<Density> densities = inlined_densities(model, model.densities);
  for (std::size_t d = 0; d < densities.size(); ++d) {
    const Density& density = densities[d];
    const Expr log_density =
        density.observed
            ? observed_normal_log_density(density.value, density.args, density.observed)
            : family(density.family).log_density(density.value, density.args);
    const Expr total = simplified_sum(log_density, density.plate, once_plate());
    plan.log_densities.emplace_back(static_cast<int>(d), l.value(l.prepared(total)));
  }
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const std::vector<int>& moved = schedule.steps[s].moved;
    if (!moved.empty())
      plan.steps[s].moved =
          moved_values(l, densities, conditionals, plan.steps[s].conditional(), moved);
  }
  add_log_posterior(l, model);
  wanted.insert(wanted.end(), plan.log_posterior.begin(), plan.log_posterior.end());
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
    for (const Expr& a : density.args) {
      missing.arguments.push_back(here(a));
      wanted.push_back(missing.arguments.back());
    }
    if (vector) missing.value = here(density.value);
    plan.missing.push_back(std::move(missing));
  }
  add_pilots(l, model, conditionals);
  add_designs(l, model, conditionals);
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    if (plan.values[v].constant) plan.setup.push_back(static_cast<int>(v));
  }
  for (PlanStep& step : plan.steps) {
    if (!step.marginal.empty())
      step.proposal = marginal_values(model, plan, densities, conditionals, step);
  }
  // The refresh lists of a sweep in the steady state: those of the second sweep of two.
  std::set<int> fresh;
  for (std::size_t v = 0; v < plan.values.size(); ++v) fresh.insert(static_cast<int>(v));
  for (int sweep = 0; sweep < 2; ++sweep) {
    for (PlanStep& step : plan.steps) {
      const std::vector<int> read = read_values(plan, step);
      if (step.moved) {
        // It may rest, so that nothing after it counts on what it has recomputed.
        std::set<int> own = fresh;
        const SymbolId scale = conditionals[step.conditional()].target;
        step.refresh = l.refresh(read, own);
        l.drawn(scale, own);
        step.moved->refresh_priors = l.refresh(priors_of_moved(*step.moved), own);
        for (const auto& c : step.moved->coefficients)
          l.drawn(conditionals[c.conditional].target, own);
        step.moved->refresh = l.refresh(read, own);
        l.drawn(scale, fresh);
        for (const auto& c : step.moved->coefficients)
          l.drawn(conditionals[c.conditional].target, fresh);
        continue;
      }
      step.refresh = l.refresh(read, fresh);
      for (int c : step.marginal) l.drawn(conditionals[c].target, fresh);
      if (step.proposal) {
        std::set<int> proposed = fresh;
        step.proposal->refresh = l.refresh(read, proposed);
      }
      for (int c : step.targets) l.drawn(conditionals[c].target, fresh);
    }
  }
  plan.report = l.refresh(wanted, fresh);
  return plan;
}

}  // namespace lmmdsl
