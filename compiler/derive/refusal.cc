#include "compiler/derive/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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

std::string written_in_line(const Model& model, Span span) {
  const int line = model.source->position(span.begin).line;
  std::string text(model.source->line(line));
  const auto first = text.find_first_not_of(" \t");
  return fmt::format("line {}: {}", line, first == std::string::npos ? text : text.substr(first));
}

Note prior_note(const Model& model, SymbolId target) {
  const Density& prior = model.densities[model[target].prior];
  return {fmt::format("`{}` has its prior in {}", model[target].spelling,
                      written_in_line(model, prior.span))};
}

/// What the slot is in the words of the page.
std::string slot_words(const Density& density, int slot) {
  const Family& f = family(density.family);
  const bool vowel = std::string("AEIOU").find(f.name[0]) != std::string::npos;
  return fmt::format("the {} of {} {}", f.slots[slot].name, vowel ? "an" : "a", f.name);
}

/// A slot of a density as the user wrote it.
struct Place {
  const Density* density = nullptr;
  int slot = 0;
};

/// The density as it is stated, where auxiliary variables made another of it; null if not.
const Density* rewritten(const Model& model, int density) {
  for (const Rewrite& r : model.rewrites) {
    if (r.density == density || std::any_of(r.auxiliaries.begin(), r.auxiliaries.end(),
                                            [&](SymbolId a) { return model[a].prior == density; }))
      return &model.stated[r.stated];
  }
  return nullptr;
}

/// The one slot in which the target stands in the text, where the density is what auxiliary
/// variables made of it; null if it is none of these, or the target stands in several.
Place stated_place(const Model& model, SymbolId target, int density) {
  Place found;
  const Density* const stated = rewritten(model, density);
  if (!stated) return {};
  for (std::size_t k = 0; k < stated->args.size(); ++k) {
    if (!mentions(inline_derived(model, stated->args[k]), target)) continue;
    if (found.density) return {};
    found = {stated, static_cast<int>(k)};
  }
  return found;
}

/// A prior under which a density is evaluated at each value, whatever its form.
std::string grid(const std::string& name) {
  return fmt::format("a prior on known values, as in  {} ~ Grid([2, 4, 8])", name);
}

/// How to mend an expression of the wrong form.
std::string form_hint(const Model& model, const Refusal& r, const Density& density) {
  const std::string& name = model[r.target].spelling;
  const Density* const statement = rewritten(model, r.density);
  const FamilyId stated = statement ? statement->family : density.family;
  if (stated == FamilyId::poisson)
    return "counts with a linear predictor are drawn exactly as  NegativeBinomial(exp(eta), size), "
           "of which a Poisson count is the limit of large sizes";
  if (stated == FamilyId::bernoulli || stated == FamilyId::binomial)
    return fmt::format(
        "`{}` is drawn exactly where it is p, under a Beta prior, or where p is invlogit(eta) or "
        "Phi(eta), written  logit = eta  or  probit = eta,  with eta linear in it",
        name);
  if (stated == FamilyId::negative_binomial)
    return fmt::format("`{}` is drawn exactly where the mean is exp(eta), with eta linear in it",
                       name);
  const bool mean = density.family == FamilyId::normal && r.slot == 0;
  if (mean) {
    return fmt::format(
        "`{0}` is drawn exactly where the mean is linear in it, as in  mean + {0} * x; "
        "give what stands in the way known values, or a quantity of its own",
        name);
  }
  if (r.obstacle.reason.find("one term of a sum") != std::string::npos) {
    return "give each variance a Normal of its own: y ~ Normal(mu + u[g], v1) with "
           "u[g] ~ Normal(0, v2) has the variance v1 + v2";
  }
  if (r.obstacle.reason.find("a part of a matrix") != std::string::npos) {
    return fmt::format(
        "independent components have the covariance diag(v1, v2), in which `{}` may be an entry; "
        "correlated ones have one with a prior as a whole: Sigma ~ InverseWishart(df, S)",
        name);
  }
  if (r.obstacle.reason.find("exponent") != std::string::npos)
    return "an exponent is drawn exactly under " + grid(name);
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

/// Rules by which a wrong form or prior is best explained.
bool is_usual(const Rule& rule) {
  const bool form = rule.dependence == Dependence::affine ||
                    rule.dependence == Dependence::proportional ||
                    rule.dependence == Dependence::inverse || rule.dependence == Dependence::equal;
  return form && rule.family != UpdateFamily::spike_slab;
}

/// The priors under which the slot would be conjugate, from the rules.
std::vector<std::string> conjugate_priors(const Model& model, const Refusal& r,
                                          const Expr& quantity_in_slot, const Density& density) {
  const Expr t = reference(model, r.target);
  const bool matrix = !t->shape.is_scalar() && t->symmetric;
  const FamilyId id = canonical(density).family;
  std::vector<std::string> priors;
  for (const Rule& rule : rules()) {
    if (rule.density != id || rule.slot != r.slot || !is_usual(rule)) continue;
    const bool of_matrix =
        rule.family == UpdateFamily::wishart || rule.family == UpdateFamily::inverse_wishart;
    if (rule.dependence != Dependence::affine && of_matrix != matrix) continue;
    const Expr quantity =
        rule.dependence == Dependence::inverse ? inverse(quantity_in_slot) : quantity_in_slot;
    const std::string prior = fmt::format("{} on {}", name(rule.family), render(quantity, &model));
    if (std::count(priors.begin(), priors.end(), prior) == 0) priors.push_back(prior);
  }
  // What is above 0 anyway has no Normal prior.
  if (id == FamilyId::normal && r.slot == 0 && t->positive)
    priors = {"HalfNormal, Exponential or Uniform on " + render(t, &model)};
  if (id == FamilyId::normal && r.slot == 1 && std::abs(r.exponent) == 2)
    priors.push_back("HalfNormal, HalfCauchy, HalfT, Exponential or Uniform on " +
                     render(t, &model));
  return priors;
}

/// What breaks a form; empty if nothing does.
Obstacle obstacle_of(Dependence form, const Expr& slot, const Expr& t) {
  const auto obstacle = [](const auto& found) {
    const Obstacle* const what = std::get_if<Obstacle>(&found);
    return what ? *what : Obstacle{};
  };
  if (form == Dependence::affine) return obstacle(affine(slot, t));
  if (form != Dependence::equal) return obstacle(proportional(slot, t));
  if (same(slot, t)) return {};
  return {slot->span, "`" + t->text + "` is not all that stands here"};
}

/// Where no rule took the slot and none said why: what breaks the form that the slot's rules ask
/// for under any prior. Empty if the form is right, so that another prior mends it.
Obstacle obstacle_of_form(const Model& model, const Refusal& r, const Density& density) {
  const Density known = canonical(density);
  const Expr slot = inline_derived(model, known.args[r.slot]);
  const Expr t = reference(model, r.target);
  Obstacle first;
  for (const Rule& rule : rules()) {
    if (rule.density != known.family || rule.slot != r.slot || !is_usual(rule)) continue;
    const Obstacle found = obstacle_of(rule.dependence, slot, t);
    if (found.reason.empty()) return {};
    if (first.reason.empty()) first = found;
  }
  return first;
}

/// The text without the name in quotes at its beginning.
std::string without_name(const std::string& text) {
  const std::size_t end = text.starts_with("`") ? text.find('`', 1) : std::string::npos;
  return end == std::string::npos ? text : text.substr(end + 1);
}

/// "`a` has no ..." and "`b` has no ..." -> "`a` and `b` have no ...".
std::string join_names(const std::string& first, const std::string& second) {
  const std::string name = second.substr(0, second.find('`', 1) + 1);
  std::string joined = first;
  if (const std::size_t has = joined.find(" has "); has != std::string::npos) {
    return joined.replace(has, 5, " and " + name + " have ");
  }
  joined.replace(joined.find(" and "), 5, ", ");
  return joined.insert(joined.find(" have "), " and " + name);
}

}  // namespace

Diagnostic refuse(const Model& model, const Refusal& refusal) {
  Refusal r = refusal;
  const Density& density = density_at(model, r.density);
  const Symbol& target = model[r.target];
  if (r.obstacle.reason.empty() && r.exponent == 0) {
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
    const Place stated = stated_place(model, r.target, r.density);
    const std::string slot =
        stated.density ? slot_words(*stated.density, stated.slot) : slot_words(density, r.slot);
    d.span = stated.density ? place_of(stated.density->args[stated.slot], r.target)
                            : place_of(density.args[r.slot], r.target);
    const Density& prior = model.densities[target.prior];
    const Density& own_prior = stated_prior(model, r.target);
    d.label =
        fmt::format("it stands in {}, and its prior is {}", slot, family(own_prior.family).name);
    if (r.exponent != 0 && !stated.density) {
      d.label = fmt::format("{} is proportional to {} here, and the prior is {}({}) on {}", slot,
                            render(in_slot(model, r), &model), family(own_prior.family).name, "...",
                            render(own_prior.value, &model));
    }
    const auto priors = conjugate_priors(model, r, in_slot(model, r), density);
    d.hint = priors.empty() ? fmt::format("as {}, a quantity has a known value, or {}", slot,
                                          grid(target.spelling))
                            : fmt::format("as {}, a quantity is drawn exactly under: {}", slot,
                                          fmt::join(priors, " or "));
    // The prior may be that of a precision where a variance stands, or the other way round.
    const Expr reciprocal = inverse(in_slot(model, r));
    const auto others = conjugate_priors(model, r, reciprocal, density);
    const std::string own =
        fmt::format("{} on {}", family(prior.family).name, render(prior.value, &model));
    if (r.exponent != 0 && std::count(others.begin(), others.end(), own) > 0) {
      d.hint += fmt::format("; under this prior {} may be {}", slot_words(density, r.slot),
                            render(reciprocal, &model));
    }
  }
  d.notes.push_back(
      {fmt::format("the density that breaks it is in {}", written_in_line(model, density.span))});
  d.notes.push_back(prior_note(model, r.target));
  return d;
}

Diagnostic refuse_two_slots(const Model& model, SymbolId target, int index,
                            const std::vector<int>& slots) {
  const Density& density = density_at(model, index);
  const Family& f = family(density.family);
  Diagnostic d;
  d.source = model.source;
  if (const Place stated = stated_place(model, target, index); stated.density) {
    d.span = place_of(stated.density->args[stated.slot], target);
    d.message = fmt::format("`{}` has no conjugate full conditional", model[target].spelling);
    d.label = slot_words(*stated.density, stated.slot) + " must be known";
    d.notes.push_back(prior_note(model, target));
    // Under a prior with known values the stated density is evaluated at each of them.
    d.hint = "give it a number, or a constant defined with `=`";
    if (family(stated.density->family).slots[stated.slot].support != Support::unit)
      d.hint += "; or " + grid(model[target].spelling);
    return d;
  }
  d.span = place_of(density.args[slots[1]], target);
  d.message = fmt::format("`{}` has no conjugate full conditional", model[target].spelling);
  d.label = fmt::format("it stands in the {} and in the {} of one {}", f.slots[slots[0]].name,
                        f.slots[slots[1]].name, f.name);
  d.notes.push_back(prior_note(model, target));
  d.hint = "use two parameters, one for each";
  return d;
}

void merge_alike(Diagnostics& refused) {
  std::vector<Diagnostic> causes;
  for (Diagnostic& d : refused) {
    auto first = std::find_if(causes.begin(), causes.end(), [&](const Diagnostic& c) {
      return c.span.begin == d.span.begin && c.span.end == d.span.end && !c.notes.empty() &&
             !d.notes.empty() && c.notes.size() == d.notes.size() &&
             without_name(c.label) == without_name(d.label);
    });
    if (first == causes.end()) {
      causes.push_back(std::move(d));
    } else {
      first->message = join_names(first->message, d.message);
      first->notes.push_back(d.notes.back());  // where it has its prior
    }
  }
  refused = std::move(causes);
}

}  // namespace lmmdsl
