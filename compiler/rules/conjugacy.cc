#include "compiler/rules/conjugacy.h"

#include <cmath>
#include <limits>

#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

/// Number of components of a value, of those that are observed.
Expr dimension(const Site& s) {
  if (s.x->shape.is_scalar()) return s.observed ? s.observed : number(1);
  return s.observed ? apply(Op::sum_components, {s.observed}) : length(s.x->shape.rows);
}

/// The inverse of a variance; of the components that are observed.
Expr precision(const Site& s, const Expr& V) {
  return s.observed ? observed_inverse(V, s.observed) : inverse(V);
}

/// (x - m)' c^-1 (x - m), c the variance without the quantity.
Expr quadratic(const Site& s) {
  const Expr r = subtract(s.x, s.args[0]);
  if (s.x->shape.is_scalar()) return multiply({dimension(s), divide(power(r, 2), s.c)});
  return multiply({transpose(r), precision(s, s.c), r});
}

/// (x - m)(x - m)' / c
Expr outer(const Site& s) {
  const Expr r = subtract(s.x, s.args[0]);
  return multiply({power(s.c, -1), r, transpose(r)});
}

/// A' V^-1 A and A' V^-1 (x - b)
std::vector<Expr> normal_mean(const Site& s) {
  const Expr weight = multiply({transpose(s.A), precision(s, s.args[1])});
  return {multiply({weight, s.A}), multiply({weight, subtract(s.x, s.b)})};
}

std::vector<Expr> normal_variance(const Site& s) {
  return {half(dimension(s)), half(quadratic(s))};
}

std::vector<Expr> normal_covariance(const Site& s) {
  return {s.observed ? apply(Op::max_components, {s.observed}) : number(1), outer(s)};
}

/// Gamma(a, c q) or Gamma(a, c / q): q^(+-a) exp(-c x q^(+-1)); of independent components the sum
std::vector<Expr> gamma_rate(const Site& s) {
  return {total(s.x, s.args[0]), multiply({s.c, total(s.x, s.x)})};
}

/// InverseGamma(a, c q) or InverseGamma(a, c / q): q^(+-a) exp(-(c / x) q^(+-1)); of components the
/// sum
std::vector<Expr> inverse_gamma_scale(const Site& s) {
  return {total(s.x, s.args[0]), multiply({s.c, total(s.x, reciprocal(s.x))})};
}

/// InverseWishart(nu, c S) or (nu, c S^-1): |S|^(+-nu/2) exp(-c tr(S^(+-1) x^-1) / 2)
std::vector<Expr> inverse_wishart_scale(const Site& s) {
  return {s.args[0], multiply({s.c, inverse(s.x)})};
}

/// Wishart(nu, c S) or (nu, c S^-1): |S|^(-+nu/2) exp(-tr(S^(-+1) x) / (2 c))
std::vector<Expr> wishart_scale(const Site& s) {
  return {s.args[0], multiply({power(s.c, -1), s.x})};
}

std::vector<Rule> normal_theory() {
  using U = UpdateFamily;
  using D = Dependence;
  return {
      {{"normal_mean", "normal", "Normal", "mean", "affine",
        "precision += A' inv(V) A, shift += A' inv(V) (x - b), for mean A t + b and variance V",
        "A Normal density whose mean is linear in an unknown is the exponential of a quadratic in "
        "it: precisions add, and the mean is the precision-weighted average of what each density "
        "says.",
        "Hoff (2009), sections 7.2 and 9.2; Lindley and Smith (1972)"},
       U::normal,
       FamilyId::normal,
       0,
       D::affine,
       normal_mean},
      {{"normal_variance", "inverse_gamma", "Normal", "variance", "proportional",
        "shape += dim/2, scale += (x - m)' inv(c) (x - m) / 2, for variance c q",
        "The normalising constant of each Normal component has the variance to the power -1/2: "
        "that is a half for the shape. Its exponent has minus half the squared residual, divided "
        "by the variance: that is half the squared residual for the scale.",
        "Hoff (2009), sections 5.2 and 9.2"},
       U::inverse_gamma,
       FamilyId::normal,
       1,
       D::proportional,
       normal_variance},
      {{"normal_precision", "gamma", "Normal", "variance", "inversely proportional",
        "shape += dim/2, rate += (x - m)' inv(c) (x - m) / 2, for variance c / q",
        "The normalising constant of each Normal component has the precision to the power 1/2: "
        "that is a half for the shape. Its exponent has minus half the squared residual times the "
        "precision: that is half the squared residual for the rate.",
        "Hoff (2009), section 5.3"},
       U::gamma,
       FamilyId::normal,
       1,
       D::inverse,
       normal_variance},
      {{"normal_covariance", "inverse_wishart", "Normal", "variance", "proportional",
        "df += 1, scale += (x - m)(x - m)' / c, for covariance c q",
        "Each Normal vector brings one degree of freedom and its residual's outer product.",
        "Hoff (2009), section 7.3"},
       U::inverse_wishart,
       FamilyId::normal,
       1,
       D::proportional,
       normal_covariance,
       true},
      {{"normal_precision_matrix", "wishart", "Normal", "variance", "inversely proportional",
        "df += 1, inverse scale += (x - m)(x - m)' / c, for covariance c inv(q)",
        "Each Normal vector brings one degree of freedom and its residual's outer product.",
        "Hoff (2009), section 7.3"},
       U::wishart,
       FamilyId::normal,
       1,
       D::inverse,
       normal_covariance,
       true},
      {{"gamma_rate", "gamma", "Gamma", "rate", "proportional",
        "shape += a, rate += c x, for rate c q",
        "The density's normalising constant is q^a and its exponent -c x q.",
        "Gelman et al. (2013), section 2.6"},
       U::gamma,
       FamilyId::gamma,
       1,
       D::proportional,
       gamma_rate},
      {{"gamma_inverse_rate", "inverse_gamma", "Gamma", "rate", "inversely proportional",
        "shape += a, scale += c x, for rate c / q",
        "The density's normalising constant is q^(-a) and its exponent -c x / q.",
        "Gelman et al. (2013), section 2.6"},
       U::inverse_gamma,
       FamilyId::gamma,
       1,
       D::inverse,
       gamma_rate},
      {{"inverse_gamma_scale", "gamma", "InverseGamma", "scale", "proportional",
        "shape += a, rate += c / x, for scale c q",
        "The density's normalising constant is q^a and its exponent -c q / x.",
        "Hoff (2009), section 8.4"},
       U::gamma,
       FamilyId::inverse_gamma,
       1,
       D::proportional,
       inverse_gamma_scale},
      {{"inverse_gamma_inverse_scale", "inverse_gamma", "InverseGamma", "scale",
        "inversely proportional", "shape += a, scale += c / x, for scale c / q",
        "The density's normalising constant is q^(-a) and its exponent -c / (q x).",
        "Wand et al. (2011), section 3"},
       U::inverse_gamma,
       FamilyId::inverse_gamma,
       1,
       D::inverse,
       inverse_gamma_scale},
      {{"inverse_wishart_scale", "wishart", "InverseWishart", "scale", "proportional",
        "df += nu, inverse scale += c inv(x), for scale c q",
        "The density's normalising constant is |q|^(nu/2) and its exponent -c tr(q inv(x))/2.",
        "Gelman et al. (2013), appendix A"},
       U::wishart,
       FamilyId::inverse_wishart,
       1,
       D::proportional,
       inverse_wishart_scale},
      {{"inverse_wishart_inverse_scale", "inverse_wishart", "InverseWishart", "scale",
        "inversely proportional", "df += nu, scale += c inv(x), for scale c inv(q)",
        "The density's normalising constant is |q|^(-nu/2) and its exponent -c tr(inv(q) "
        "inv(x))/2.",
        "Gelman et al. (2013), appendix A"},
       U::inverse_wishart,
       FamilyId::inverse_wishart,
       1,
       D::inverse,
       inverse_wishart_scale},
      {{"wishart_scale", "inverse_wishart", "Wishart", "scale", "proportional",
        "df += nu, scale += x / c, for scale c q",
        "The density's normalising constant is |q|^(-nu/2) and its exponent -tr(inv(q) x)/(2 c).",
        "Gelman et al. (2013), appendix A"},
       U::inverse_wishart,
       FamilyId::wishart,
       1,
       D::proportional,
       wishart_scale},
      {{"wishart_inverse_scale", "wishart", "Wishart", "scale", "inversely proportional",
        "df += nu, inverse scale += x / c, for scale c inv(q)",
        "The density's normalising constant is |q|^(nu/2) and its exponent -tr(q x)/(2 c).",
        "Gelman et al. (2013), appendix A"},
       U::wishart,
       FamilyId::wishart,
       1,
       D::inverse,
       wishart_scale},
  };
}

}  // namespace

const std::vector<Rule>& rules() {
  static const std::vector<Rule> table = [] {
    std::vector<Rule> all = normal_theory();
    for (Rule& rule : augmented_rules()) all.push_back(std::move(rule));
    return all;
  }();
  return table;
}

const std::vector<RuleInfo>& rule_infos() {
  static const std::vector<RuleInfo> table = [] {
    std::vector<RuleInfo> infos;
    for (const Rule& rule : rules()) infos.push_back(rule.info);
    return infos;
  }();
  return table;
}

}  // namespace lmmdsl
