// For every parameter: collect the densities that mention it, find for each the rule that its place
// and form ask for, and add up what they contribute. Nothing here knows a family or a model.
#include <fmt/format.h>

#include <limits>

#include "compiler/derive/components.h"
#include "compiler/derive/conditional.h"
#include "compiler/derive/inline.h"
#include "compiler/derive/refusal.h"
#include "compiler/math/sums.h"
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

/// e with the value v in place of t; of an unobserved factor, with what belongs to that level in
/// place of what has one for each.
Expr at_value(const Expr& e, const Expr& t, const Expr& v) {
  return rewrite(e, [&](const Expr& part) -> Expr {
    if (same(part, t)) return v;
    if (!part->plate.latent || part->plate.factors.front() != t->symbol) return nullptr;
    const std::string label = fmt::format("{}", v->number);
    if (part->op == Op::label_equal) return number(part->text == label);
    return part->op == Op::symbol ? level(part, {label}) : nullptr;
  });
}

/// A density in which the target stands, or the component of it in which it does.
struct Mention {
  int index;               ///< see density_at()
  std::vector<int> slots;  ///< none: it stands in the bounds
  Density density;
  int component = 0;

  int slot() const { return slots.front(); }
};

/// Densities that say the same: what stands in the model, and what a rewrite found there, with the
/// auxiliary variables integrated out.
struct Saying {
  std::vector<Mention> rewritten;
  std::vector<Mention> stated;  ///< one or none
  const Rewrite* rewrite = nullptr;
};

/// One rule tried on one density: the contribution, or why not.
struct Attempt {
  std::optional<Contribution> contribution;
  Refusal refusal;
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
    result.refused.push_back(slots.size() > 1 ? refuse_two_slots(model_, target, spoiling, slots)
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

  /// The bounds l = A t + b <= x <= u = C t + d of a density, as bounds of t. Each row of A and C
  /// has a single 1, or none: t_k <= x - b where A has it, and t_k >= x - d where C has it.
  static Attempt bounded(const PriorForm& form, const Expr& t, const Mention& mention) {
    const Density& density = mention.density;
    Attempt attempt;
    attempt.refusal = {t->symbol, mention.index, 0, form.family, {}, false};
    Contribution c;
    c.density = mention.index;
    c.rule = "bounds";
    c.dependence = "in the bounds";
    for (const Expr& p : form.parameters)
      c.summands.push_back(p->shape.is_scalar() ? number(0) : zeros(p->shape));
    c.terms = c.summands;
    const auto end = [&](const Expr& bound, double sign, Op extreme) -> Expr {
      if (!bound || !mentions(bound, t->symbol)) return nullptr;
      auto found = affine(bound, t);
      if (auto* obstacle = std::get_if<Obstacle>(&found)) {
        attempt.refusal.obstacle = *obstacle;
        return nullptr;
      }
      const auto& [A, b] = std::get<Affine>(found);
      const Expr room = subtract(density.value, b);
      // Where a row has no 1, the logarithm makes its end infinite.
      const Expr none = multiply({number(sign), apply(Op::log, {transpose(A)})});
      const Expr ends = t->shape.is_scalar() ? add({room, none})
                                             : add({multiply({room, ones(t->shape.rows)}), none});
      return aggregate(extreme, {ends}, density.plate, t->plate);
    };
    c.upper = end(density.lower, -1, Op::min_over);
    c.lower = end(density.upper, 1, Op::max_over);
    const bool normal =
        form.family == UpdateFamily::normal || form.family == UpdateFamily::ordered_normal;
    if (normal && attempt.refusal.obstacle.reason.empty()) attempt.contribution = std::move(c);
    return attempt;
  }

  Attempt match(const PriorForm& form, const Expr& t, const Mention& mention) const {
    const Density& density = mention.density;
    Attempt attempt;
    attempt.refusal = {t->symbol, mention.index, mention.slot(), form.family, {}, false};
    if (form.family == UpdateFamily::discrete) {
      attempt.contribution = at_each_value(form, t, mention);
      return attempt;
    }
    for (const Rule& rule : rules()) {
      const bool generalized =
          form.family == UpdateFamily::generalized_inverse_gaussian &&
          (rule.family == UpdateFamily::gamma || rule.family == UpdateFamily::inverse_gamma);
      if ((rule.family != form.family && !generalized) || rule.density != density.family ||
          rule.slot != mention.slot()) {
        continue;
      }
      attempt.refusal.rule_exists = true;
      Site site{density.observed ? filled(density.value) : density.value,
                density.args,
                nullptr,
                nullptr,
                nullptr,
                density.observed};
      if (std::optional<Obstacle> obstacle =
              find_dependence(rule, form, t, mention, site, attempt.refusal)) {
        if (obstacle->reason.empty()) continue;  // the next rule may do
        if (attempt.refusal.obstacle.reason.empty()) attempt.refusal.obstacle = *obstacle;
        continue;
      }
      if (rule.complete && density.observed && t->plate.latent) {
        attempt.refusal.obstacle = {density.args[mention.slot()]->span,
                                    "components are missing, which are drawn for all vectors of a "
                                    "pattern together, and the rows of a level change"};
        continue;
      }
      Contribution c;
      c.density = mention.index;
      c.component = mention.component;
      c.rule = rule.info.name;
      c.A = site.A;
      c.b = site.b;
      c.c = site.c;
      c.dependence = rule.info.dependence;
      c.summands = rule.contribution(site);
      if (generalized) c.summands = as_generalized_inverse_gaussian(rule.family, c.summands);
      for (const Expr& summand : c.summands) {
        c.terms.push_back(simplified_sum(summand, density.plate, t->plate));
      }
      c.completed = rule.complete && density.observed;
      if (c.completed)
        c.terms[1] = completed_sum(c.summands[1], density, covariance(t, form, rule), t->plate);
      attempt.contribution = std::move(c);
      return attempt;
    }
    return attempt;
  }

  /// How the slot depends on the target, for a rule: into the site. What is in the way, with an
  /// empty reason where the form is another rule's.
  static std::optional<Obstacle> find_dependence(const Rule& rule, const PriorForm& form,
                                                 const Expr& t, const Mention& mention, Site& site,
                                                 Refusal& refusal) {
    const Expr& slot = mention.density.args[mention.slot()];
    const Obstacle another{slot->span, ""};
    const bool both = rule.dependence == Dependence::affine_proportional;
    if (mention.slots.size() != (both ? 2u : 1u)) return another;
    if (rule.dependence == Dependence::affine || both) {
      auto found = affine(slot, t);
      if (auto* obstacle = std::get_if<Obstacle>(&found)) return *obstacle;
      site.A = std::get<Affine>(found).A;
      site.b = std::get<Affine>(found).b;
      if (!both) return std::nullopt;
    }
    if (rule.dependence == Dependence::equal) {
      return same(slot, t) && form.exponent == 1 ? std::nullopt : std::optional(another);
    }
    if (rule.dependence == Dependence::diagonal) {
      return diagonal(slot, t, form, site) ? std::nullopt : std::optional(another);
    }
    if (t->shape.kind == ShapeKind::vector) return another;
    auto found = proportional(both ? mention.density.args[mention.slots[1]] : slot, t);
    if (auto* obstacle = std::get_if<Obstacle>(&found)) return *obstacle;
    const auto& [factor, exponent] = std::get<Power>(found);
    const double relative = exponent / form.exponent;
    if (relative != (rule.dependence == Dependence::inverse ? -1.0 : 1.0)) {
      refusal.exponent = exponent;
      return another;
    }
    site.c = factor;
    return std::nullopt;
  }

  /// slot = c diag(t), c a scalar.
  static bool diagonal(const Expr& slot, const Expr& t, const PriorForm& form, Site& site) {
    if (t->shape.kind != ShapeKind::vector || form.exponent != 1) return false;
    const Expr D = diagonal_matrix(t);
    site.c = number(1);
    if (same(slot, D)) return true;
    if (slot->op != Op::multiply || !same(slot->args.back(), D)) return false;
    const std::vector<Expr> scalars(slot->args.begin(), slot->args.end() - 1);
    site.c = multiply(scalars);
    return site.c->shape.is_scalar() && !mentions(site.c, t->symbol);
  }

  /// Of a target on known values: the log density at each of them.
  static std::optional<Contribution> at_each_value(const PriorForm& form, const Expr& t,
                                                   const Mention& mention) {
    const Density& density = mention.density;
    const Family& f = family(density.family);
    if (!f.log_density || (density.observed && density.family != FamilyId::normal))
      return std::nullopt;
    Contribution c;
    c.density = mention.index;
    c.component = mention.component;
    c.rule = "discrete";
    c.dependence = "any";
    std::vector<Expr> terms, summands;
    for (const Expr& v : form.parameters[0]->args) {
      const Expr value = form.exponent == 1 ? v : power(v, 1 / form.exponent);
      std::vector<Expr> args;
      for (const Expr& a : density.args) args.push_back(at_value(a, t, value));
      const Expr x = at_value(density.value, t, value);
      summands.push_back(density.observed ? observed_normal_log_density(x, args, density.observed)
                                          : f.log_density(x, args));
      // Of rows the one that has the value, if it is there.
      terms.push_back(t->plate.rows ? sum_over(summands.back(), density.plate, t->plate)
                                    : simplified_sum(summands.back(), density.plate, t->plate));
    }
    const Expr none = zeros(form.parameters[0]->shape);
    c.summands = {none, vcat(std::move(summands))};
    c.terms = {none, vcat(std::move(terms))};
    return c;
  }

  /// The covariance of a residual, its known factor divided out.
  static Expr covariance(const Expr& t, const PriorForm& form, const Rule& rule) {
    const bool inverted = (form.exponent < 0) != (rule.dependence == Dependence::inverse);
    return inverted ? inverse(t) : t;
  }

  /// The sum of r r' over vectors of which components are missing: those are drawn first, for all
  /// vectors of a pattern together.
  static Expr completed_sum(const Expr& square, const Density& density, const Expr& covariance,
                            const Plate& to) {
    const Plate cells = join(to, density.observed->plate);
    return simplified_sum(
        completed(simplified_sum(square, density.plate, cells),
                  simplified_sum(number(1), density.plate, cells), covariance, density.observed),
        cells, to);
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
