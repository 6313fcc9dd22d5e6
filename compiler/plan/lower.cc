// Conditionals and schedule -> plan: one numbered list of values, each expression once, and for
// each step the values that must be recomputed because a parameter they mention has been drawn
// since.
#include <algorithm>
#include <set>

#include "compiler/derive/inline.h"
#include "compiler/math/sums.h"
#include "compiler/plan/hoist.h"
#include "compiler/plan/mean_design.h"
#include "compiler/plan/plan.h"
#include "compiler/rules/families.h"

namespace lmmdsl {

namespace {

class Lowering {
 public:
  Lowering(const Model& model, const PlanOptions& options) : model_(model), options_(options) {}

  /// The value of an expression, with all its parts.
  int value(const Expr& e) {
    for (std::size_t i = 0; i < plan_.values.size(); ++i) {
      if (same(plan_.values[i].expr, e)) return static_cast<int>(i);
    }
    PlanValue v;
    v.expr = e;
    if (e->op == Op::symbol) {
      const Symbol& s = model_[e->symbol];
      if (s.role == Role::parameter) v.parameter = e->symbol;
      if (s.definition) v.definition = value(s.definition);
    }
    for (const Expr& a : e->args) v.args.push_back(value(a));
    std::set<SymbolId> depends;
    if (v.parameter >= 0) depends.insert(v.parameter);
    for (int a : v.args) depends.insert(depends_[a].begin(), depends_[a].end());
    if (v.definition >= 0) depends = depends_[v.definition];
    v.constant = depends.empty();
    plan_.values.push_back(std::move(v));
    depends_.push_back(std::move(depends));
    return static_cast<int>(plan_.values.size()) - 1;
  }

  Expr prepared(const Expr& e) const {
    const Expr plain = inline_derived(model_, e);
    return options_.hoist ? hoist(model_, plain) : plain;
  }

  /// What is read to know a value: the values below it, itself last.
  void needs(int v, std::set<int>& found) const {
    if (!found.insert(v).second) return;
    for (int a : plan_.values[v].args) needs(a, found);
    if (plan_.values[v].definition >= 0) needs(plan_.values[v].definition, found);
  }

  /// Values to recompute so that all of `wanted` are up to date, given those that are.
  std::vector<int> refresh(const std::vector<int>& wanted, std::set<int>& fresh) const {
    std::set<int> needed;
    for (int w : wanted) needs(w, needed);
    std::vector<int> list;
    for (int v : needed) {  // ascending: arguments first
      if (plan_.values[v].constant || plan_.values[v].parameter >= 0) continue;
      if (fresh.insert(v).second) list.push_back(v);
    }
    return list;
  }

  void drawn(SymbolId parameter, std::set<int>& fresh) const {
    for (auto it = fresh.begin(); it != fresh.end();) {
      it = depends_[*it].count(parameter) ? fresh.erase(it) : std::next(it);
    }
  }

  bool is_data(const Expr& e) const {
    return std::none_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId s) {
      return model_[s].role == Role::parameter || model_[s].role == Role::derived;
    });
  }

  const Model& model_;
  PlanOptions options_;
  Plan plan_;
  std::vector<std::set<SymbolId>> depends_;
};

void add_pilots(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals) {
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    if (density.response < 0 || density.family != FamilyId::normal || !density.plate.rows ||
        !density.value->shape.is_scalar()) {
      continue;
    }
    Pilot pilot;
    pilot.density = static_cast<int>(d);
    std::vector<Expr> columns;
    for (const Conditional& c : conditionals) {
      for (const Contribution& mention : c.likelihood) {
        if (mention.density != pilot.density || !mention.A || !l.is_data(mention.A)) continue;
        columns.push_back(mention.A);
        pilot.coefficients.emplace_back(c.target, mention.A->shape.cols);
      }
    }
    columns.push_back(density.value);
    pilot.triangle = l.value(triangle(std::move(columns), number(1), density.plate, once_plate()));
    l.plan_.pilots.push_back(std::move(pilot));
  }
}

bool improper(const Model& model, SymbolId parameter) {
  const FamilyId f = model.densities[model[parameter].prior].family;
  return f == FamilyId::flat || f == FamilyId::jeffreys;
}

/// Coefficients whose posterior may be improper: flat ones, and those whose variance has an
/// improper prior.
std::vector<SymbolId> doubtful(const Model& model, const std::vector<Conditional>& conditionals) {
  std::vector<SymbolId> found;
  for (const Conditional& c : conditionals) {
    if (!improper(model, c.target)) continue;
    if (c.family == UpdateFamily::normal) found.push_back(c.target);
    for (const Contribution& l : c.likelihood) {
      const SymbolId child = model.densities[l.density].target;
      if (c.family != UpdateFamily::normal && child >= 0) found.push_back(child);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

void add_designs(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals) {
  const bool any = std::any_of(conditionals.begin(), conditionals.end(),
                               [&](const Conditional& c) { return improper(model, c.target); });
  if (!any) return;
  const std::vector<SymbolId> targets = doubtful(model, conditionals);
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    if (density.response < 0 || !density.plate.rows || !density.value->shape.is_scalar()) continue;
    const int index = static_cast<int>(d);
    l.plan_.responses.emplace_back(index, l.value(density.value));
    for (SymbolId target : targets) {
      const auto design = mean_design(model, conditionals, target, index);
      if (design && !*design) continue;
      l.plan_.designs.push_back({index, target, design ? l.value(*design) : -1});
    }
  }
}

}  // namespace

Plan lower(const Model& model, const std::vector<Conditional>& conditionals,
           const Schedule& schedule, const PlanOptions& options) {
  Lowering l(model, options);
  Plan& plan = l.plan_;
  plan.conditionals = conditionals;
  for (SymbolId p : model.parameters()) l.value(reference(model, p));
  for (const Step& step : schedule.steps) {
    PlanStep s;
    s.conditional = step.conditional;
    for (const Expr& e : conditionals[step.conditional].parameters) {
      s.parameters.push_back(l.value(l.prepared(e)));
    }
    plan.steps.push_back(std::move(s));
  }
  std::vector<int> wanted;
  for (SymbolId d : model.derived()) {
    if (model[d].plate.rows) continue;
    plan.derived.emplace_back(d, l.value(l.prepared(model[d].definition)));
    wanted.push_back(plan.derived.back().second);
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
  const std::vector<Density> densities = inlined_densities(model);
  for (std::size_t d = 0; d < densities.size(); ++d) {
    const Density& density = densities[d];
    const Expr log_density = family(density.family).log_density(density.value, density.args);
    const Expr total = simplified_sum(log_density, density.plate, once_plate());
    plan.log_densities.emplace_back(static_cast<int>(d), l.value(l.prepared(total)));
    wanted.push_back(plan.log_densities.back().second);
  }
  for (std::size_t d = 0; d < densities.size(); ++d) {
    const Density& density = densities[d];
    if (density.response < 0 || !density.plate.rows || !density.value->shape.is_scalar()) continue;
    MissingResponse missing{static_cast<int>(d), density.plate, {}};
    missing.plate.missing = true;
    for (const Expr& a : density.args) {
      missing.arguments.push_back(l.value(on_rows(a, missing.plate)));
      wanted.push_back(missing.arguments.back());
    }
    plan.missing.push_back(std::move(missing));
  }
  add_pilots(l, model, conditionals);
  add_designs(l, model, conditionals);
  for (std::size_t v = 0; v < plan.values.size(); ++v) {
    if (plan.values[v].constant) plan.setup.push_back(static_cast<int>(v));
  }
  // The refresh lists of a sweep in the steady state: those of the second sweep of two.
  std::set<int> fresh;
  for (std::size_t v = 0; v < plan.values.size(); ++v) fresh.insert(static_cast<int>(v));
  for (int sweep = 0; sweep < 2; ++sweep) {
    for (PlanStep& step : plan.steps) {
      step.refresh = l.refresh(step.parameters, fresh);
      l.drawn(conditionals[step.conditional].target, fresh);
    }
  }
  plan.report = l.refresh(wanted, fresh);
  return plan;
}

}  // namespace lmmdsl
