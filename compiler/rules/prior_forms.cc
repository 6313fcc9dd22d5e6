// Priors as natural parameters of the families of full conditionals.
#include <cmath>
#include <limits>

#include "compiler/rules/conjugacy.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

double lhs_exponent(const Density& prior, const Expr& target) {
  if (prior.value->op == Op::log) return 0;
  const auto found = proportional(prior.value, target);
  return std::get<Power>(found).exponent;
}

Density canonical(const Density& density) {
  if (density.family != FamilyId::scaled_inverse_chi_square) return density;
  Density same_density = density;
  same_density.family = FamilyId::inverse_gamma;
  same_density.args = {half(density.args[0]), half(multiply({density.args[0], density.args[1]}))};
  return same_density;
}

std::vector<Expr> as_generalized_inverse_gaussian(UpdateFamily family, const std::vector<Expr>& x) {
  const auto twice = [](const Expr& e) { return multiply({number(2), e}); };
  if (family == UpdateFamily::gamma) return {x[0], twice(x[1]), number(0)};
  if (family == UpdateFamily::inverse_gamma) return {negate(x[0]), number(0), twice(x[1])};
  return x;
}

namespace {

/// Flat on t^j, j = `exponent`, as a power of q = t^k: p(q) ∝ q^(j/k - 1), an inverse-gamma with
/// shape -j/k or a gamma with shape j/k; flat on log t is the limit j = 0.
std::vector<PriorForm> flat_forms(double exponent, double used_exponent) {
  const double k = used_exponent != 0 ? std::abs(used_exponent) : 1;
  const PriorForm as_variance{UpdateFamily::inverse_gamma, k, {number(-exponent / k), number(0)}};
  const PriorForm as_precision{UpdateFamily::gamma, k, {number(exponent / k), number(0)}};
  if (used_exponent < 0) return {as_precision, as_variance};
  return {as_variance, as_precision};
}

/// The same, each also as a generalised inverse Gaussian.
std::vector<PriorForm> with_generalized(std::vector<PriorForm> forms) {
  const std::size_t n = forms.size();
  for (std::size_t i = 0; i < n; ++i) {
    PriorForm form = forms[i];
    form.parameters = as_generalized_inverse_gaussian(form.family, form.parameters);
    form.family = UpdateFamily::generalized_inverse_gaussian;
    forms.push_back(std::move(form));
  }
  return forms;
}

Expr infinity() { return number(std::numeric_limits<double>::infinity()); }

/// Bounds of t from those of t^j.
std::vector<PriorForm> between(std::vector<PriorForm> forms, Expr lower, Expr upper, double j) {
  if (!lower && !upper) return forms;
  const double inf = std::numeric_limits<double>::infinity();
  const auto root = [&](const Expr& e) { return j == 1 ? e : power(e, 1 / j); };
  if (lower) lower = root(lower);
  if (upper) upper = root(upper);
  if (j < 0) std::swap(lower, upper);
  for (PriorForm& form : forms) {
    const double least = form.family == UpdateFamily::normal ? -inf : 0;
    form.lower = lower ? lower : number(least);
    form.upper = upper ? upper : number(inf);
  }
  return forms;
}

/// Of an unobserved factor: the numbers of its levels, with their probabilities.
PriorForm level_form(const Density& prior) {
  std::vector<Expr> levels;
  for (int level = 1; level <= prior.args[0]->shape.rows.n; ++level)
    levels.push_back(number(level));
  return {UpdateFamily::discrete, 1, {vcat(std::move(levels)), log(prior.args[0])}};
}

std::vector<PriorForm> unbounded_forms(const Density& prior, const Expr& target,
                                       double used_exponent);

}  // namespace

std::vector<PriorForm> prior_forms(const Density& prior, const Expr& target, double used_exponent) {
  std::vector<PriorForm> forms = unbounded_forms(prior, target, used_exponent);
  if (prior.ordered)
    for (PriorForm& form : forms) form.family = UpdateFamily::ordered_normal;
  if (!prior.lower && !prior.upper) return forms;
  return between(std::move(forms), prior.lower, prior.upper, lhs_exponent(prior, target));
}

namespace {

std::vector<PriorForm> unbounded_forms(const Density& prior, const Expr& target,
                                       double used_exponent) {
  using U = UpdateFamily;
  const Density density = canonical(prior);
  const std::vector<Expr>& a = density.args;
  if (density.family == FamilyId::categorical) return {level_form(density)};
  const double exponent = lhs_exponent(density, target);
  switch (density.family) {
    case FamilyId::normal: {
      const Expr precision = inverse(a[1]);
      return {{UpdateFamily::normal, 1, {precision, multiply({precision, a[0]})}}};
    }
    case FamilyId::inverse_gamma:
      return with_generalized({{UpdateFamily::inverse_gamma, exponent, a}});
    case FamilyId::gamma:
      return with_generalized({{UpdateFamily::gamma, exponent, a}});
    case FamilyId::exponential: {
      // Of a coefficient: a Normal density without precision, shifted, above 0.
      std::vector<PriorForm> forms = with_generalized({{U::gamma, exponent, {number(1), a[0]}}});
      if (exponent == 1)
        forms.push_back({U::normal, 1, {number(0), negate(a[0])}, number(0), infinity()});
      return forms;
    }
    case FamilyId::half_normal: {
      // exp(-x^2/(2 s^2)): x^2 is Gamma(1/2, 1/(2 s^2)).
      std::vector<PriorForm> forms =
          with_generalized({{U::gamma, 2 * exponent, {number(0.5), half(power(a[0], -2))}}});
      if (exponent == 1)
        forms.push_back({U::normal, 1, {power(a[0], -2), number(0)}, number(0), infinity()});
      return forms;
    }
    case FamilyId::uniform: {
      std::vector<PriorForm> forms;
      if (target->positive) forms = flat_forms(exponent, used_exponent);
      if (exponent == 1) forms.push_back({U::normal, 1, {number(0), number(0)}});
      forms = between(std::move(forms), a[0], a[1], exponent);
      if (exponent == 1 && is_number(a[0], 0) && is_number(a[1], 1))
        forms.push_back({U::beta, 1, {number(1), number(1)}});
      return forms;
    }
    case FamilyId::pareto: {
      // x^(-a-1) is the density of Gamma(-a, 0), above m.
      return between(with_generalized({{U::gamma, exponent, {negate(a[0]), number(0)}}}), a[1],
                     nullptr, exponent);
    }
    case FamilyId::grid: {
      std::vector<Expr> logs;
      for (const Expr& w : a[1]->args) logs.push_back(apply(Op::log, {w}));
      return {{U::discrete, exponent, {a[0], vcat(std::move(logs))}}};
    }
    case FamilyId::beta:
      return {{U::beta, exponent, a}};
    case FamilyId::dirichlet:
      return {{U::dirichlet, 1, a}};
    case FamilyId::polya_gamma:
      return {{U::polya_gamma, 1, {a[0], number(0)}}};
    case FamilyId::latent_normal:
      return {{U::latent_normal, 1, {a[1], a[0], a[2]}}};
    case FamilyId::rejected_normals:
      return {{U::rejected_normals, 1, a}};
    case FamilyId::spike_slab: {
      const Shape& shape = target->shape;
      const bool scalar = shape.is_scalar();
      return {{U::spike_slab,
               1,
               {scalar ? number(0) : zeros(matrix_shape(shape.rows, shape.rows)),
                scalar ? number(0) : zeros(shape), a[0], a[1]}}};
    }
    case FamilyId::inverse_wishart:
      return {{UpdateFamily::inverse_wishart, exponent, a}};
    case FamilyId::wishart:
      return {{UpdateFamily::wishart, exponent, {a[0], inverse(a[1])}}};
    case FamilyId::scaled_inverse_chi_square:
      break;  // canonical() has no such family
    case FamilyId::jeffreys:
      // |S|^(-(p+1)/2) is |S|^(-(nu+p+1)/2) at nu = 0.
      return {{UpdateFamily::inverse_wishart, exponent, {number(0), zeros(target->shape)}}};
    case FamilyId::flat: {
      const Shape& shape = target->shape;
      if (shape.kind == ShapeKind::matrix && target->symmetric) {
        // |S|^0 is |S|^(-(nu+p+1)/2) at nu = -(p+1); for the inverse |W|^((nu-p-1)/2) at nu = p+1.
        const Expr above = add({length(shape.rows), number(1)});
        const Expr df = exponent > 0 ? negate(above) : above;
        const auto family = exponent > 0 ? UpdateFamily::inverse_wishart : UpdateFamily::wishart;
        return {{family, exponent, {df, zeros(shape)}}};
      }
      if (!target->positive) {
        const Expr precision =
            shape.is_scalar() ? number(0) : zeros(matrix_shape(shape.rows, shape.rows));
        return {
            {UpdateFamily::normal, 1, {precision, shape.is_scalar() ? number(0) : zeros(shape)}}};
      }
      return flat_forms(exponent, used_exponent);
    }
    default:
      return {};  // no parameter has such a prior, or a rewrite has replaced it
  }
  return {};
}

}  // namespace

}  // namespace lmmdsl
