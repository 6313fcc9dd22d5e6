#include "compiler/derive/refusal.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/math/render.h"
#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

namespace {

/// The smallest part of e that mentions the symbol and has a place in the text.
Span place_of(const Expr& e, SymbolId symbol) {
  Span best = e->span;
  for (const Expr& a : e->args) {
    if (!mentions(a, symbol)) continue;
    const Span inner = place_of(a, symbol);
    if (inner.end > inner.begin) return inner;
  }
  return best;
}

std::string line_of(const Model& model, Span span) {
  const int line = model.source->position(span.begin).line;
  std::string text(model.source->line(line));
  const auto first = text.find_first_not_of(" \t");
  return fmt::format("line {}: {}", line, first == std::string::npos ? text : text.substr(first));
}

Note prior_note(const Model& model, SymbolId target) {
  const Density& prior = model.densities[model[target].prior];
  return {
      fmt::format("`{}` has its prior in {}", model[target].spelling, line_of(model, prior.span))};
}

/// What the slot is in the words of the page.
std::string slot_words(const Density& density, int slot) {
  const Family& f = family(density.family);
  const bool vowel = std::string("AEIOU").find(f.name[0]) != std::string::npos;
  return fmt::format("the {} of {} {}", f.slots[slot].name, vowel ? "an" : "a", f.name);
}

/// How to mend an expression of the wrong form.
std::string form_hint(const Model& model, const Refusal& r, const Density& density) {
  const std::string& name = model[r.target].spelling;
  const bool mean = density.family == FamilyId::normal && r.slot == 0;
  if (mean) {
    return fmt::format(
        "`{0}` is drawn exactly where the mean is linear in it, as in  mean + {0} * x; "
        "give what stands in the way known values, or a quantity of its own",
        name);
  }
  if (r.obstacle.reason.find("one term of a sum") != std::string::npos) {
    return "give each variance a Normal of its own: y ~ Normal(mu + u[g], v1) with u[g] ~ "
           "Normal(0, v2) "
           "has the variance v1 + v2";
  }
  if (r.obstacle.reason.find("a part of a matrix") != std::string::npos) {
    return fmt::format(
        "give each component a scalar Normal of its own with `{}` as its variance, or the whole "
        "covariance one prior: Sigma ~ InverseWishart(df, S)",
        name);
  }
  return fmt::format("`{0}` is drawn exactly where it is a factor of the whole, as in  {0} / w",
                     name);
}

/// The power of the target to which the slot is proportional.
Expr in_slot(const Model& model, const Refusal& r) {
  const Expr t = reference(model, r.target);
  if (r.exponent == 0) return t;
  if (t->shape.is_scalar()) return power(t, r.exponent);
  return r.exponent < 0 ? inverse(t) : t;
}

/// The priors under which the slot would be conjugate, from the rules.
std::string conjugate_priors(const Model& model, const Refusal& r, const Density& density) {
  const Expr t = reference(model, r.target);
  const bool matrix = !t->shape.is_scalar() && t->symmetric;
  const Expr quantity_in_slot = in_slot(model, r);
  const FamilyId id = canonical(density).family;
  std::string text;
  for (const Rule& rule : rules()) {
    if (rule.density != id || rule.slot != r.slot) continue;
    const bool of_matrix =
        rule.family == UpdateFamily::wishart || rule.family == UpdateFamily::inverse_wishart;
    if (rule.dependence != Dependence::affine && of_matrix != matrix) continue;
    const Expr quantity =
        rule.dependence == Dependence::inverse ? inverse(quantity_in_slot) : quantity_in_slot;
    text += fmt::format("{}{} on {}", text.empty() ? "" : " or ", name(rule.family),
                        render(quantity, &model));
  }
  return text;
}

/// Where no rule knows the prior in this slot: what breaks the form that the slot's rules ask for
/// under any prior. Empty if the form is right, so that another prior mends it.
Obstacle obstacle_of_form(const Model& model, const Refusal& r, const Density& density) {
  const Density known = canonical(density);
  const Expr slot = inline_derived(model, known.args[r.slot]);
  const Expr t = reference(model, r.target);
  for (const Rule& rule : rules()) {
    if (rule.density != known.family || rule.slot != r.slot) continue;
    if (rule.dependence == Dependence::affine) {
      const auto found = affine(slot, t);
      if (const auto* obstacle = std::get_if<Obstacle>(&found)) return *obstacle;
    } else {
      const auto found = proportional(slot, t);
      if (const auto* obstacle = std::get_if<Obstacle>(&found)) return *obstacle;
    }
  }
  return {};
}

}  // namespace

Diagnostic refuse(const Model& model, const Refusal& refusal) {
  Refusal r = refusal;
  const Density& density = model.densities[r.density];
  const Symbol& target = model[r.target];
  if (r.obstacle.reason.empty() && !r.rule_exists) {
    r.obstacle = obstacle_of_form(model, r, density);
  }
  Diagnostic d;
  d.source = model.source;
  d.message = fmt::format("`{}` has no conjugate full conditional", target.spelling);
  if (!r.obstacle.reason.empty()) {
    d.span = r.obstacle.place.end > r.obstacle.place.begin
                 ? r.obstacle.place
                 : place_of(density.args[r.slot], r.target);
    d.label = r.obstacle.reason;
    d.hint = form_hint(model, r, density);
  } else {
    d.span = place_of(density.args[r.slot], r.target);
    const Density& prior = model.densities[target.prior];
    d.label = fmt::format("it stands in {}, and its prior is {}", slot_words(density, r.slot),
                          family(prior.family).name);
    if (r.exponent != 0) {
      d.label = fmt::format("{} is proportional to {} here, and the prior is {}({}) on {}",
                            slot_words(density, r.slot), render(in_slot(model, r), &model),
                            family(prior.family).name, "...", render(prior.value, &model));
    }
    const std::string priors = conjugate_priors(model, r, density);
    d.hint = priors.empty() ? fmt::format("no parameter can stand as {}; give it a known value",
                                          slot_words(density, r.slot))
                            : fmt::format("as {}, a quantity is drawn exactly under: {}",
                                          slot_words(density, r.slot), priors);
  }
  d.notes.push_back(
      {fmt::format("the density that breaks it is in {}", line_of(model, density.span))});
  d.notes.push_back(prior_note(model, r.target));
  return d;
}

Diagnostic refuse_two_slots(const Model& model, SymbolId target, const Density& density,
                            const std::vector<int>& slots) {
  const Family& f = family(density.family);
  Diagnostic d;
  d.source = model.source;
  d.span = place_of(density.args[slots[1]], target);
  d.message = fmt::format("`{}` has no conjugate full conditional", model[target].spelling);
  d.label = fmt::format("it stands in the {} and in the {} of one {}", f.slots[slots[0]].name,
                        f.slots[slots[1]].name, f.name);
  d.notes.push_back(prior_note(model, target));
  d.hint = "use two parameters, one for each";
  return d;
}

}  // namespace lmmdsl
