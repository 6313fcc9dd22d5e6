// What the parts of lower() share: the list of values, each expression once, and what must be
// recomputed when a parameter has been drawn.
#pragma once

#include <set>
#include <vector>

#include "compiler/derive/inline.h"
#include "compiler/derive/joint.h"
#include "compiler/plan/hoist.h"
#include "compiler/plan/plan.h"

namespace lmmdsl {

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
      if (s.definition)
        v.definition =
            value(s.plate.factors.empty() ? s.definition : on_levels(s.definition, s.plate));
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

/// Designs of coefficients whose posterior may be improper (lower_designs.cc).
void add_designs(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals);

// Values of steps that are no plain full conditionals (lower_steps.cc).

JointValues joint_values(Lowering& l, const JointConditional& joint);
/// The stated densities of which these are the latent variables.
std::vector<CutResponse> cut_responses(Lowering& l, const Model& model,
                                       const std::vector<SymbolId>& latent);
MovedValues moved_values(Lowering& l, const std::vector<Density>& densities,
                         const std::vector<Conditional>& conditionals, int scale,
                         const std::vector<int>& moved);
std::vector<int> priors_of_moved(const MovedValues& moved);
/// The densities that mention what a marginal step draws; as they were stated, where it integrates
/// their auxiliary variables out.
MarginalValues marginal_values(const Model& model, const Plan& plan,
                               const std::vector<Density>& densities,
                               const std::vector<Conditional>& conditionals, const PlanStep& step);

}  // namespace lmmdsl
