// Conditionals and schedule -> plan: one numbered list of values, each expression once, and for
// each step the values that must be recomputed because a parameter they mention has been drawn
// since.
#include <algorithm>
#include <set>

#include "compiler/derive/inline.h"
#include "compiler/derive/joint.h"
#include "compiler/math/dependence.h"
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
    // Levels of an unobserved factor may say where an argument is read, and are none themselves.
    for (SymbolId s : e->symbols)
      if (model_[s].levels > 0) depends.insert(s);
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

bool improper(const Model& model, SymbolId parameter) {
  return is_improper(model.densities[model[parameter].prior].family);
}

/// Coefficients whose posterior may be improper: flat ones, and those whose variance has an
/// improper prior.
std::vector<SymbolId> doubtful(const Model& model, const std::vector<Conditional>& conditionals) {
  std::vector<SymbolId> found;
  for (const Conditional& c : conditionals) {
    if (!improper(model, c.target)) continue;
    const bool location =
        c.family == UpdateFamily::normal || c.family == UpdateFamily::ordered_normal;
    if (location) found.push_back(c.target);
    for (const Contribution& l : c.likelihood) {
      const SymbolId child = density_at(model, l.density).target;
      if (!location && child >= 0) found.push_back(child);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// The stated density of a response that a density of the model speaks for; null if none.
const Density* response_behind(const Model& model, int density) {
  for (const Rewrite& r : model.rewrites) {
    const SymbolId target = model.densities[density].target;
    const bool of_auxiliary =
        target >= 0 && std::count(r.auxiliaries.begin(), r.auxiliaries.end(), target) > 0;
    if (r.density == density || of_auxiliary)
      return model.stated[r.stated].response >= 0 ? &model.stated[r.stated] : nullptr;
  }
  return model.densities[density].response >= 0 ? &model.densities[density] : nullptr;
}

bool mentions_any(const Expr& e, const std::vector<SymbolId>& targets) {
  return e && std::any_of(targets.begin(), targets.end(),
                          [&](SymbolId target) { return mentions(e, target); });
}

/// Of a latent variable between cuts of which some are among the targets.
void add_cut_designs(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals,
                     const std::vector<SymbolId>& targets, int index) {
  const Density& density = model.densities[static_cast<std::size_t>(index)];
  for (const double sign : {1.0, -1.0}) {
    const Expr bound = inline_derived(model, sign > 0 ? density.upper : density.lower);
    const auto cuts = std::find_if(targets.begin(), targets.end(),
                                   [&](SymbolId target) { return mentions(bound, target); });
    if (cuts == targets.end()) continue;
    const auto found = affine(bound, reference(model, *cuts));
    const Expr A = std::get<Affine>(found).A;
    // 1 in a row that has a cut on this side, else 0.
    const Expr present = A->shape.is_scalar() ? A : multiply({A, ones(A->shape.cols)});
    const int response = static_cast<int>(l.plan_.responses.size());
    const auto add = [&](SymbolId target, const Expr& design) {
      l.plan_.designs.push_back({response, target, design ? l.value(l.prepared(design)) : -1});
    };
    for (const SymbolId target : targets) {
      if (target == *cuts) {
        add(target, multiply({number(sign), A}));
      } else if (const auto design = mean_design(model, conditionals, target, index)) {
        if (*design) add(target, multiply({number(-sign), present, *design}));
      } else {
        add(target, nullptr);
      }
    }
    l.plan_.responses.push_back({index, -1, l.value(number(1)), -1});
  }
}

void add_designs(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals) {
  const bool any = std::any_of(conditionals.begin(), conditionals.end(),
                               [&](const Conditional& c) { return improper(model, c.target); });
  if (!any) return;
  const std::vector<SymbolId> targets = doubtful(model, conditionals);
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    const int index = static_cast<int>(d);
    const Density* stated = response_behind(model, index);
    if (!stated || !density.value) continue;
    if (mentions_any(density.lower, targets) || mentions_any(density.upper, targets)) {
      add_cut_designs(l, model, conditionals, targets, index);
      continue;
    }
    // What is missing is no equation: zeros stand there on both sides.
    const auto present = [&](const Expr& e) {
      return density.observed ? multiply({diagonal_matrix(density.observed), e}) : e;
    };
    PlanResponse response;
    response.density = index;
    if (density.response >= 0 && density.family == FamilyId::normal)
      response.value = l.value(density.observed ? filled(density.value) : density.value);
    std::vector<DesignValue> designs;
    for (SymbolId target : targets) {
      const auto design = mean_design(model, conditionals, target, index);
      if (design && !*design) continue;
      designs.push_back({static_cast<int>(l.plan_.responses.size()), target,
                         design ? l.value(present(*design)) : -1});
    }
    if (response.value < 0 && designs.empty()) continue;
    if (const auto ends = family(stated->family).open_ends) {
      const auto [above, below] = ends(stated->value, stated->args);
      response.open_above = l.value(l.prepared(inline_derived(model, above)));
      response.open_below = l.value(l.prepared(inline_derived(model, below)));
    }
    l.plan_.responses.push_back(response);
    l.plan_.designs.insert(l.plan_.designs.end(), designs.begin(), designs.end());
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

JointValues joint_values(Lowering& l, const JointConditional& joint) {
  JointValues values;
  for (const Expr& e : joint.precisions) values.precisions.push_back(scaled_sum(l, e));
  for (const Expr& e : joint.shifts) values.shifts.push_back(scaled_sum(l, e));
  for (const Coupling& c : joint.couplings)
    values.couplings.push_back({c.first, c.second, scaled_sum(l, c.precision)});
  return values;
}

/// The stated densities of which these are the latent variables.
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

bool mentions_target(const Density& density, const Conditional& c) {
  return mentions(density.value, c.target) ||
         std::any_of(density.args.begin(), density.args.end(),
                     [&](const Expr& a) { return mentions(a, c.target); });
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

/// The densities that mention what a marginal step draws; as they were stated, where it integrates
/// their auxiliary variables out.
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
    const bool mentioned = std::any_of(step.marginal.begin(), step.marginal.end(), [&](int c) {
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

}  // namespace

int Plan::stored_value(SymbolId symbol, int value) const {
  for (std::size_t v = 0; v < values.size(); ++v)
    if (values[v].parameter == symbol) return static_cast<int>(v);
  return value;
}

std::vector<int> read_values(const Plan& plan, const PlanStep& step) {
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
    PlanStep s{step.targets, step.dense, step.marginal, step.integrated, {}, {}, {}};
    s.fallback = step.fallback;
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
