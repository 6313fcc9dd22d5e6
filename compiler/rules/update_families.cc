#include "compiler/rules/update_families.h"

#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

using Parameters = std::vector<Expr>;

Expr log_det(const Expr& e) { return apply(Op::log_determinant, {e}); }
Expr trace(const Expr& e) { return is_zero(e) ? number(0) : apply(Op::trace, {e}); }

/// -1/2 q' P q + q' h
Expr quadratic(const Expr& q, const Parameters& a) {
  return add({negate(half(multiply({transpose(q), a[0], q}))), multiply({transpose(q), a[1]})});
}

// Of a vector with independent components the sum over these; a parameter holds for all, or is one
// of each.
Expr times(const Expr& a, const Expr& e) {
  if (is_zero(a)) return number(0);
  if (e->shape.is_scalar()) return multiply({a, e});
  if (a->shape.is_scalar()) return multiply({a, apply(Op::sum_components, {e})});
  return multiply({transpose(a), e});
}
Expr ratio(const Expr& a, const Expr& q) {
  if (is_zero(a)) return number(0);
  if (q->shape.is_scalar()) return divide(a, q);
  return times(a, apply(Op::diagonal, {inverse(diagonal_matrix(q))}));
}
Expr shifted(const Expr& a, double x) {
  return a->shape.is_scalar() ? add({a, number(x)})
                              : add({a, multiply({number(x), ones(a->shape.rows)})});
}

/// -(a + 1) log q - b / q
Expr inverse_gamma(const Expr& q, const Parameters& a) {
  return add({negate(times(shifted(a[0], 1), log(q))), negate(ratio(a[1], q))});
}
Expr inverse_gamma_part(const Expr& q, const Parameters& a) {
  return add({negate(times(a[0], log(q))), negate(ratio(a[1], q))});
}

/// (a - 1) log q - b q
Expr gamma(const Expr& q, const Parameters& a) {
  return add({times(shifted(a[0], -1), log(q)), negate(times(a[1], q))});
}
Expr gamma_part(const Expr& q, const Parameters& a) {
  return add({times(a[0], log(q)), negate(times(a[1], q))});
}

/// -(nu + p + 1)/2 log |q| - tr(S q^-1)/2
Expr inverse_wishart(const Expr& q, const Parameters& a) {
  const Expr p1 = add({length(q->shape.rows), number(1)});
  return add({negate(multiply({half(add({a[0], p1})), log_det(q)})),
              negate(half(trace(multiply({a[1], inverse(q)}))))});
}
Expr inverse_wishart_part(const Expr& q, const Parameters& a) {
  return add({negate(multiply({half(a[0]), log_det(q)})),
              negate(half(trace(multiply({a[1], inverse(q)}))))});
}

/// (nu - p - 1)/2 log |q| - tr(S q)/2
Expr wishart(const Expr& q, const Parameters& a) {
  const Expr p1 = add({length(q->shape.rows), number(1)});
  return add(
      {multiply({half(subtract(a[0], p1)), log_det(q)}), negate(half(trace(multiply({a[1], q}))))});
}
Expr wishart_part(const Expr& q, const Parameters& a) {
  return add({multiply({half(a[0]), log_det(q)}), negate(half(trace(multiply({a[1], q}))))});
}

/// (p - 1) log q - (a q + b / q) / 2
Expr generalized_inverse_gaussian(const Expr& q, const Parameters& a) {
  return add({times(shifted(a[0], -1), log(q)), negate(half(times(a[1], q))),
              negate(half(ratio(a[2], q)))});
}
Expr generalized_inverse_gaussian_part(const Expr& q, const Parameters& a) {
  return add({times(a[0], log(q)), negate(half(times(a[1], q))), negate(half(ratio(a[2], q)))});
}

/// (a - 1) log q + (b - 1) log(1 - q)
Expr log_rest(const Expr& q) { return log(add({number(1), negate(q)})); }
Expr beta(const Expr& q, const Parameters& a) {
  return add({multiply({add({a[0], number(-1)}), log(q)}),
              multiply({add({a[1], number(-1)}), log_rest(q)})});
}
Expr beta_part(const Expr& q, const Parameters& a) {
  return add({multiply({a[0], log(q)}), multiply({a[1], log_rest(q)})});
}

/// sum of (a_c - 1) log q_c
Expr dirichlet(const Expr& q, const Parameters& a) { return times(shifted(a[0], -1), log(q)); }
Expr dirichlet_part(const Expr& q, const Parameters& a) { return times(a[0], log(q)); }

/// -z^2 q/2, relative to PG(b, 0)
Expr polya_gamma(const Expr& q, const Parameters& a) { return negate(half(multiply({a[1], q}))); }

/// -n (q - m)^2/2, relative to the law that the signs leave
Expr latent_normal(const Expr& q, const Parameters& a) {
  return negate(half(multiply({a[0], power(subtract(q, a[1]), 2)})));
}

/// -K/2 log v - (K (mean - m)^2 + S)/(2 v), relative to what the limits leave of K points
Expr rejected_normals(const Expr& q, const Parameters& a) {
  const Expr count = component(q, {1});
  const Expr squares =
      add({multiply({count, power(subtract(component(q, {2}), a[0]), 2)}), component(q, {3})});
  const Expr log_variance = log(multiply({number(2 * kPi), a[1]}));
  return negate(half(add({multiply({count, log_variance}), over(squares, a[1])})));
}

/// The logarithm of the weight of the value that q is.
Expr discrete(const Expr& q, const Parameters& a) {
  return multiply({transpose(a[1]), apply(Op::equal, {a[0], q})});
}
Expr discrete_part(const Expr& q, const Parameters& a) { return discrete(q, a); }

/// -q'P q/2 + q'h, and of each component that is not 0 log(p/(1-p)) - log(2 pi v)/2 - q^2/(2 v)
Expr spike_slab(const Expr& q, const Parameters& a) {
  const bool scalar = q->shape.is_scalar();
  const Expr zero = apply(Op::equal, {q, number(0)});
  const Expr others = scalar ? subtract(number(1), zero)
                             : subtract(length(q->shape.rows), apply(Op::sum_components, {zero}));
  const Expr odds = add(
      {apply(Op::logit, {a[2]}), negate(half(log(multiply({number(6.283185307179586), a[3]}))))});
  return add({quadratic(q, a), multiply({others, odds}),
              negate(half(multiply({transpose(q), q, power(a[3], -1)})))});
}

const std::vector<UpdateFamilyInfo>& table() {
  using U = UpdateFamily;
  static const std::vector<UpdateFamilyInfo> rows = {
      {U::normal,
       "Normal",
       {"precision", "shift"},
       {{"P", "Q", "K", "P_1"}, {"h", "r", "u", "h_1"}},
       quadratic,
       quadratic,
       "A quadratic is the logarithm of a Normal density: its second-order part is minus a half of "
       "the precision, and its first-order part the precision times the mean.",
       "The precision is the precision of the prior plus that of the data. The mean is the average "
       "of the prior mean and of the least squares estimate, weighted by these precisions: the "
       "more the data say, the nearer it is to their estimate."},
      {U::inverse_gamma,
       "InverseGamma",
       {"shape", "scale"},
       {{"a", "A", "k", "a_1"}, {"b", "B", "l", "b_1"}},
       inverse_gamma,
       inverse_gamma_part,
       "A multiple of the logarithm and a multiple of the inverse are the logarithm of an "
       "inverse-gamma density: the shape is the power of the inverse less 1, the scale what is "
       "divided.",
       "The prior counts like earlier data: twice its shape is the number of squared residuals "
       "that it is worth, and twice its scale is their sum. The mode is the scale divided by the "
       "shape plus 1, near the mean square of all residuals."},
      {U::gamma,
       "Gamma",
       {"shape", "rate"},
       {{"a", "A", "k", "a_1"}, {"b", "B", "l", "b_1"}},
       gamma,
       gamma_part,
       "A multiple of the logarithm and a multiple of the quantity itself are the logarithm of a "
       "gamma density: the shape is the power plus 1, the rate what is multiplied.",
       "The prior counts like earlier data: shapes add, and rates add. The mean is the shape "
       "divided by the rate."},
      {U::inverse_wishart,
       "InverseWishart",
       {"df", "scale"},
       {{"nu", "k", "nu_1"}, {"S", "T", "S_1"}},
       inverse_wishart,
       inverse_wishart_part,
       "A multiple of the logarithm of the determinant and a trace with the inverse are the "
       "logarithm of an inverse-Wishart density.",
       "The prior counts like earlier vectors: its degrees of freedom are their number, its scale "
       "the matrix of their sums of squares and products."},
      {U::wishart,
       "Wishart",
       {"df", "inverse scale"},
       {{"nu", "k", "nu_1"}, {"S", "T", "S_1"}},
       wishart,
       wishart_part,
       "A multiple of the logarithm of the determinant and a trace are the logarithm of a Wishart "
       "density.",
       "The prior counts like earlier vectors: its degrees of freedom are their number, the "
       "inverse of its scale the matrix of their sums of squares and products."},
      {U::generalized_inverse_gaussian,
       "GIG",
       {"p", "a", "b"},
       {{"p", "k", "p_1"}, {"a", "A", "a_1"}, {"b", "B", "b_1"}},
       generalized_inverse_gaussian,
       generalized_inverse_gaussian_part,
       "A multiple of the logarithm, one of the quantity and one of its inverse are the logarithm "
       "of a generalised inverse Gaussian density.",
       "With b = 0 it is a gamma density with rate a/2, with a = 0 an inverse-gamma density with "
       "scale b/2; here some of the densities speak of the quantity and some of its inverse."},
      {U::beta,
       "Beta",
       {"a", "b"},
       {{"a", "A", "a_1"}, {"b", "B", "b_1"}},
       beta,
       beta_part,
       "A multiple of the logarithm of the quantity and one of the logarithm of what it lacks to 1 "
       "are the logarithm of a beta density.",
       "The prior counts like earlier trials: a of them successes, b failures. The mean is a "
       "divided by their sum."},
      {U::dirichlet,
       "Dirichlet",
       {"a"},
       {{"a", "A", "a_1"}},
       dirichlet,
       dirichlet_part,
       "Multiples of the logarithms of the components, which are positive and add up to 1, are the "
       "logarithm of a Dirichlet density: each a is the multiple plus 1.",
       "The prior counts like earlier observations, a of them in each category. The mean of a "
       "component is its a divided by the sum of all."},
      {U::polya_gamma,
       "PolyaGamma",
       {"b", "z^2"},
       {{"b", "B", "b_1"}, {"z", "Z", "z_1"}},
       polya_gamma,
       polya_gamma,
       "A multiple of the quantity tilts the law PG(b, 0) to PG(b, z): that is its definition.",
       "The farther the linear predictor is from 0, the less a trial says of it, and the smaller "
       "this weight is: its mean is b/(2 z) tanh(z/2)."},
      {U::latent_normal,
       "LatentNormal",
       {"n", "mean", "y"},
       {{"n", "N", "n_1"}, {"m", "M", "m_1"}, {"y", "Y", "y_1"}},
       latent_normal,
       latent_normal,
       "Each latent variable is Normal, cut off at 0 on the side that its sign says.",
       "Of the n latent variables y are drawn above 0 and the others below; their mean is kept."},
      {U::ordered_normal,
       "OrderedNormal",
       {"precision", "shift"},
       {{"P", "Q", "K", "P_1"}, {"h", "r", "u", "h_1"}},
       quadratic,
       quadratic,
       "The logarithm is a quadratic, that of a Normal density, cut off where a component would "
       "reach its neighbour or a latent variable of another category.",
       "Each component, given the others, is a Normal variable between two ends: the largest "
       "latent variable of the category below it and the smallest of the one above it. With a flat "
       "prior it is uniform there."},
      {U::rejected_normals,
       "RejectedNormals",
       {"mean", "variance", "lower limit", "upper limit"},
       {{"m", "M", "m_1"}, {"v", "V", "v_1"}, {"L", "L_1"}, {"U", "U_1"}},
       rejected_normals,
       rejected_normals,
       "A density of Normal draws, of which the number is not fixed and none lies between the "
       "limits.",
       "Values are drawn until one lies between the limits; the others are counted. The more of "
       "the distribution lies beyond the limits, the more of them stand beside the one observed.",
       "of a million draws none lay between the limits; priors that keep the mean nearer to the "
       "data, or the variance from getting small, avoid that"},
      {U::discrete,
       "Discrete",
       {"values", "log weights"},
       {{"v", "V", "v_1"}, {"l", "L", "l_1"}},
       discrete,
       discrete_part,
       "The quantity takes known values only: the density is evaluated at each of them.",
       "The weight of each value is its prior weight times the likelihood of everything that "
       "mentions it."},
      {U::spike_slab,
       "TiltedSpikeSlab",
       {"precision", "shift", "p", "v"},
       {{"P", "Q", "P_1"}, {"h", "r", "h_1"}, {"p", "q", "p_1"}, {"v", "V", "v_1"}},
       spike_slab,
       quadratic,
       "TiltedSpikeSlab(P, h, p, v) has the density of SpikeSlab(p, v) times exp(-q' P q/2 + q' "
       "h). "
       "Of each component, given the others, the densities are a point at 0 and a Normal one: the "
       "odds between them are the prior odds times the ratio of the marginal densities.",
       "A component stays at 0 unless the data make up for what a wide slab costs."},
  };
  return rows;
}

}  // namespace

const UpdateFamilyInfo& info(UpdateFamily family) {
  return table()[static_cast<std::size_t>(family)];
}

const char* name(UpdateFamily family) { return info(family).name.c_str(); }

const char* parameter_name(UpdateFamily family, int which) {
  return info(family).parameters[static_cast<std::size_t>(which)].c_str();
}

bool of_positive_scalars(UpdateFamily family) {
  return family == UpdateFamily::gamma || family == UpdateFamily::inverse_gamma ||
         family == UpdateFamily::generalized_inverse_gaussian;
}

}  // namespace lmmdsl
