#include "compiler/derive/steps.h"

#include <algorithm>

#include "compiler/derive/components.h"
#include "compiler/derive/inline.h"
#include "compiler/rules/conjugacy.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

Density written_out(const Model& model, Density d) {
  for (Expr& a : d.args) a = inline_derived(model, a);
  return d;
}

/// Whether a term depends on a target: mentions it, or is of the level that this says.
bool depends_on(const Expr& term, SymbolId target) {
  return mentions(term, target) || (term->plate.latent && term->plate.factors.front() == target);
}

/// The terms that depend on the target, and the others.
void split_terms(DensitySteps& found, SymbolId target) {
  std::vector<Expr> kept;
  const std::vector<Expr> terms =
      found.log->op == Op::add ? found.log->args : std::vector<Expr>{found.log};
  for (const Expr& t : terms) {
    if (depends_on(t, target)) {
      kept.push_back(t);
    } else if (!is_zero(t)) {
      found.dropped.push_back(t);
    }
  }
  found.kept = kept.empty() ? number(0) : add(std::move(kept));
}

class StepsOf {
 public:
  StepsOf(const Model& model, const Conditional& c)
      : model_(model), c_(c), t_(reference(model, c.target)), family_(info(c.family)) {}

  Steps find(const std::vector<std::string>& letters) const {
    Steps steps;
    steps.densities.push_back(prior());
    for (const Contribution& l : c_.likelihood) steps.densities.push_back(likelihood(l));
    for (std::size_t k = 0; k < c_.parameters.size(); ++k) {
      const Expr& p = c_.parameters[k];
      const Expr letter = symbol(-1, letters[k], p->shape, once_plate(), p->positive, p->symmetric);
      const bool squared = family_.parameters[k].ends_with("^2");
      steps.names.push_back(is_zero(p) ? p : squared ? power(letter, 2) : letter);
    }
    steps.sum = family_.log_kernel(c_.quantity, steps.names);
    if (c_.family == UpdateFamily::normal) {
      const Expr &P = steps.names[0], &h = steps.names[1];
      steps.square = completed_square(c_.quantity, P, h);
      steps.rest = half(multiply({transpose(h), inverse(P), h}));
    }
    return steps;
  }

 private:
  DensitySteps prior() const {
    const Density& d = density_at(model_, c_.prior.density);
    DensitySteps found;
    found.density = c_.prior.density;
    found.value = c_.quantity;
    found.collected = family_.log_kernel(c_.quantity, c_.prior.terms);
    // A prior that was written on another scale is taken as a density of the quantity.
    const bool own_scale = same(d.value, c_.quantity) && d.family != FamilyId::flat;
    found.log =
        own_scale ? family(d.family).log_density(d.value, inlined(d).args) : found.collected;
    split(found);
    found.summed = found.collected;
    return found;
  }

  DensitySteps likelihood(const Contribution& l) const {
    Density d = inlined(density_at(model_, l.density));
    if (l.component > 0) d = independent_components(d)[static_cast<std::size_t>(l.component - 1)];
    DensitySteps found;
    found.density = l.density;
    found.component = l.component;
    found.value = d.value;
    found.log = family(d.family).log_density(d.value, d.args);
    split(found);
    found.collected = by_element(l, d);
    found.summed = log_part(l.terms);
    return found;
  }

  /// The values of a discrete quantity are the prior's; a density adds to their weights.
  Expr log_part(std::vector<Expr> terms) const {
    if (c_.family == UpdateFamily::discrete) terms[0] = c_.prior.terms[0];
    return family_.log_part(c_.quantity, terms);
  }

  Density inlined(const Density& d) const { return written_out(model_, d); }

  /// For a scalar, the square of A t is easier to read than t' A' A t. Without A, it stands in the
  /// bounds only.
  Expr by_element(const Contribution& l, const Density& d) const {
    if (c_.family != UpdateFamily::normal || !l.A || d.family != FamilyId::normal ||
        !d.value->shape.is_scalar()) {
      return log_part(l.summands);
    }
    const Expr At = multiply({l.A, t_});
    const Expr& variance = d.args[1];
    return add({negate(half(divide(power(At, 2), variance))),
                divide(multiply({At, subtract(d.value, l.b)}), variance)});
  }

  /// log t of a scalar in terms of the quantity t^k, and log |T| of a matrix likewise.
  Expr in_quantity(const Expr& e) const {
    return rewrite(e, [&](const Expr& part) -> Expr {
      if (part->op == Op::log && same(part->args[0], t_) && c_.exponent != 1) {
        return multiply({number(1 / c_.exponent), apply(Op::log, {c_.quantity})});
      }
      if (part->op == Op::log_determinant && same(part->args[0], t_) && c_.exponent < 0) {
        return negate(apply(Op::log_determinant, {c_.quantity}));
      }
      return nullptr;
    });
  }

  void split(DensitySteps& found) const {
    found.log = in_quantity(found.log);
    split_terms(found, c_.target);
  }

  const Model& model_;
  const Conditional& c_;
  Expr t_;
  const UpdateFamilyInfo& family_;
};

}  // namespace

Expr completed_square(const Expr& q, const Expr& precision, const Expr& shift) {
  const Expr r = subtract(q, multiply({inverse(precision), shift}));
  return negate(half(multiply({transpose(r), precision, r})));
}

std::vector<DensitySteps> log_densities(const Model& model, SymbolId target) {
  std::vector<DensitySteps> found;
  for (std::size_t k = 0; k < model.densities.size(); ++k) {
    const Density d = written_out(model, model.densities[k]);
    const bool mentioned = std::any_of(d.args.begin(), d.args.end(),
                                       [&](const Expr& a) { return depends_on(a, target); });
    if (d.target != target && !mentioned) continue;
    DensitySteps s;
    s.density = static_cast<int>(k);
    s.value = d.value;
    s.log = family(d.family).log_density(d.value, d.args);
    split_terms(s, target);
    found.insert(d.target == target ? found.begin() : found.end(), std::move(s));
  }
  return found;
}

Steps derive_steps(const Model& model, const Conditional& conditional,
                   const std::vector<std::string>& letters) {
  return StepsOf(model, conditional).find(letters);
}

}  // namespace lmmdsl
