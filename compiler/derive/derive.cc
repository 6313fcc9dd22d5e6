// For every parameter: collect the densities that mention it, let each be matched with the rule
// that its place and form ask for (match.h), and add up what they contribute. Nothing here knows a
// family or a model.
#include <limits>

#include "compiler/derive/components.h"
#include "compiler/derive/conditional.h"
#include "compiler/derive/inline.h"
#include "compiler/derive/match.h"
#include "compiler/derive/refusal.h"
#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

namespace {

/// The slots of a density that mention the target, or of which it says which level is meant.
std::vector<int> mentioning_slots(const Density& density, SymbolId target) {
  std::vector<int> slots;
  for (std::size_t i = 0; i < density.args.size(); ++i) {
    const Expr& arg = density.args[i];
    if (mentions(arg, target) || deciding_factor(density.plate, arg->plate) == target)
      slots.push_back(static_cast<int>(i));
  }
  return slots;
}

/// Densities that say the same: what stands in the model, and what a rewrite found there, with the
/// auxiliary variables integrated out.
struct Saying {
  std::vector<Mention> rewritten;
  std::vector<Mention> stated;  ///< one or none
  const Rewrite* rewrite = nullptr;
};

class Derivation {
 public:
  explicit Derivation(const Model& model)
      : model_(model),
        densities_(inlined_densities(model, model.densities)),
        stated_(inlined_densities(model, model.stated)) {}

  Derived derived(SymbolId target) const {
    Derived result{target};
    const Expr t = reference(model_, target);
    const std::vector<Saying> sayings = all_sayings(t);
    Refusal first_refusal;
    bool have_refusal = false;
    for (const PriorForm& form :
         prior_forms(densities_[model_[target].prior], t, used_exponent(t, sayings))) {
      Conditional found = start(target, t, form);
      bool complete = true;
      for (const Saying& saying : sayings) {
        Refusal refusal;
        if (add_saying(saying, form, t, found, refusal)) continue;
        complete = false;
        if (!have_refusal) first_refusal = refusal;
        have_refusal = true;
        break;
      }
      if (!complete) continue;
      collect(found);
      result.conditional = std::move(found);
      return result;
    }
    if (!have_refusal) {
      first_refusal = {target, model_[target].prior, 0, UpdateFamily::normal, {}, false};
    }
    const Density& spoiling = density_at(model_, first_refusal.density);
    const std::vector<int> slots = mentioning_slots(spoiling, target);
    result.refused.push_back(slots.size() > 1
                                 ? refuse_two_slots(model_, target, first_refusal.density, slots)
                                 : refuse(model_, first_refusal));
    result.spoiling.push_back(first_refusal.density);
    return result;
  }

 private:
  /// Everything but its prior that mentions the target.
  std::vector<Saying> all_sayings(const Expr& t) const {
    std::vector<Saying> sayings;
    std::vector<Saying> of_rewrite(model_.rewrites.size());
    const int n = static_cast<int>(densities_.size());
    for (std::size_t r = 0; r < model_.rewrites.size(); ++r) {
      of_rewrite[r].rewrite = &model_.rewrites[r];
      const int s = model_.rewrites[r].stated;
      if (stated_[s].target != t->symbol) add_mentions(n + s, stated_[s], t, of_rewrite[r].stated);
    }
    for (int d = 0; d < n; ++d) {
      if (d == model_[t->symbol].prior) continue;
      Saying alone;
      const int r = rewrite_of(d);
      add_mentions(d, densities_[d], t, r < 0 ? alone.rewritten : of_rewrite[r].rewritten);
      if (!alone.rewritten.empty()) sayings.push_back(std::move(alone));
    }
    for (Saying& s : of_rewrite)
      if (!s.rewritten.empty() || !s.stated.empty()) sayings.push_back(std::move(s));
    return sayings;
  }

  /// The rewrite that a density of the model comes from, or -1.
  int rewrite_of(int d) const {
    for (std::size_t r = 0; r < model_.rewrites.size(); ++r) {
      const Rewrite& rewrite = model_.rewrites[r];
      if (rewrite.density == d) return static_cast<int>(r);
      for (SymbolId a : rewrite.auxiliaries)
        if (model_[a].prior == d) return static_cast<int>(r);
    }
    return -1;
  }

  /// Adds what a saying contributes: as it was stated, the auxiliary variables integrated out,
  /// where a rule knows that form, else as it stands now.
  bool add_saying(const Saying& saying, const PriorForm& form, const Expr& t, Conditional& found,
                  Refusal& refusal) const {
    // Several auxiliary variables are drawn one by one, and then cannot be integrated out together.
    if (saying.rewrite && !saying.stated.empty() && saying.rewrite->auxiliaries.size() == 1) {
      Attempt attempt = match(form, t, saying.stated.front());
      if (attempt.contribution) {
        found.likelihood.push_back(std::move(*attempt.contribution));
        const auto& out = saying.rewrite->auxiliaries;
        found.integrated.insert(found.integrated.end(), out.begin(), out.end());
        return true;
      }
    }
    for (const Mention& mention : saying.rewritten) {
      Attempt attempt = mention.slots.empty() ? bounded(form, t, mention) : match(form, t, mention);
      if (!attempt.contribution) {
        refusal = attempt.refusal;
        return false;
      }
      found.likelihood.push_back(std::move(*attempt.contribution));
    }
    return true;
  }

  /// As a whole, unless the target is the variance of single components.
  static void add_mentions(int index, const Density& density, const Expr& t,
                           std::vector<Mention>& mentions) {
    const std::vector<int> slots = mentioning_slots(density, t->symbol);
    const bool bounded = (density.lower && lmmdsl::mentions(density.lower, t->symbol)) ||
                         (density.upper && lmmdsl::mentions(density.upper, t->symbol));
    if (bounded) mentions.push_back({index, {}, density});
    if (slots.empty()) return;
    std::vector<Density> parts;
    if (slots == std::vector<int>{1} && t->shape.is_scalar() &&
        std::holds_alternative<Obstacle>(proportional(density.args[1], t)))
      parts = independent_components(density);
    if (parts.empty()) mentions.push_back({index, slots, canonical(density)});
    for (std::size_t k = 0; k < parts.size(); ++k) {
      if (lmmdsl::mentions(parts[k].args[1], t->symbol))
        mentions.push_back({index, slots, parts[k], static_cast<int>(k) + 1});
    }
  }

  Conditional start(SymbolId target, const Expr& t, const PriorForm& form) const {
    Conditional c;
    c.target = target;
    c.exponent = form.exponent;
    c.quantity =
        t->shape.is_scalar() ? power(t, form.exponent) : (form.exponent < 0 ? inverse(t) : t);
    c.family = form.family;
    c.plate = model_[target].plate;
    c.prior.density = model_[target].prior;
    c.prior.rule = "prior";
    c.prior.terms = form.parameters;
    c.prior.summands = form.parameters;
    c.lower = form.lower;
    c.upper = form.upper;
    return c;
  }

  /// The power of the target that its first place of use is proportional to; 0 if it is none.
  static double used_exponent(const Expr& t, const std::vector<Saying>& sayings) {
    for (const Saying& saying : sayings) {
      for (const Mention& m : saying.rewritten) {
        if (m.slots.empty()) continue;
        const auto found = proportional(m.density.args[m.slot()], t);
        if (const Power* p = std::get_if<Power>(&found)) return p->exponent;
      }
    }
    return 0;
  }

  static void collect(Conditional& c) {
    for (std::size_t i = 0; i < c.prior.terms.size(); ++i) {
      std::vector<Expr> terms = {c.prior.terms[i]};
      for (const Contribution& l : c.likelihood) terms.push_back(l.terms[i]);
      c.parameters.push_back(add(std::move(terms)));
    }
    const auto narrow = [](Expr& end, const Expr& by, Op op) {
      if (by) end = end ? apply(op, {end, by}) : by;
    };
    for (const Contribution& l : c.likelihood) {
      narrow(c.lower, l.lower, Op::maximum);
      narrow(c.upper, l.upper, Op::minimum);
    }
    const auto open = [](const Expr& like, double infinity) {
      const Shape& shape = like->shape;
      return shape.is_scalar() ? number(infinity) : multiply({number(infinity), ones(shape.rows)});
    };
    if (c.lower && !c.upper) c.upper = open(c.lower, std::numeric_limits<double>::infinity());
    if (c.upper && !c.lower) c.lower = open(c.upper, -std::numeric_limits<double>::infinity());
  }

  const Model& model_;
  std::vector<Density> densities_, stated_;
};

}  // namespace

std::vector<Derived> derive_each(const Model& model) {
  const Derivation derivation(model);
  std::vector<Derived> all;
  for (SymbolId target : model.unknowns()) all.push_back(derivation.derived(target));
  return all;
}

Result<std::vector<Conditional>> derive(const Model& model) {
  std::vector<Conditional> conditionals;
  Diagnostics diagnostics;
  for (Derived& d : derive_each(model)) {
    diagnostics.insert(diagnostics.end(), d.refused.begin(), d.refused.end());
    if (d.conditional) conditionals.push_back(std::move(*d.conditional));
  }
  merge_alike(diagnostics);
  if (has_error(diagnostics)) return diagnostics;
  return {std::move(conditionals), std::move(diagnostics)};
}

}  // namespace lmmdsl
