// Priors of many coefficients at once, and of covariances.
#include <cmath>
#include <numbers>

#include "compiler/rules/families.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

/// With nu the degrees of freedom and A_k the scales, of a p x p covariance x (Huang and Wand 2013,
/// equation 2): -(nu + 2 p)/2 log |x| - (nu + p)/2 sum_k log(nu (x^-1)_kk + A_k^-2), and constants:
/// those of InverseWishart(nu + p - 1, 2 nu diag(u)) and of u_k ~ Gamma(1/2, A_k^-2).
Expr huang_wand(const Expr& x, const std::vector<Expr>& a) {
  const Dim& dim = x->shape.rows;
  const Expr p = length(dim), &nu = a[0], &A = a[1];
  const Expr df = add({nu, p, number(-1)});
  const Expr scales = multiply({negate(number(2)), apply(Op::sum_components, {log(A)})});
  const Expr inverse_squares =
      apply(Op::diagonal, {inverse(diagonal_matrix(elementwise_square(A)))});
  const Expr rates = add({multiply({nu, apply(Op::diagonal, {inverse(x)})}), inverse_squares});
  return add({negate(multiply(
                  {half(add({nu, multiply({number(2), p})})), apply(Op::log_determinant, {x})})),
              negate(multiply({half(add({nu, p})), apply(Op::sum_components, {log(rates)})})),
              half(scales), multiply({half(multiply({df, p})), log(nu)}),
              negate(log_multivariate_gamma(half(df), dim)),
              multiply({p, subtract(apply(Op::log_gamma, {half(add({nu, p}))}),
                                    number(0.5 * std::log(std::numbers::pi)))})});
}

/// Of each component: log(1 - p) where it is 0, else log p and the Normal log density.
Expr spike_slab(const Expr& x, const std::vector<Expr>& a) {
  const Expr &p = a[0], &v = a[1];
  const bool scalar = x->shape.is_scalar();
  const Expr zero = apply(Op::equal, {x, number(0)});
  const Expr zeros = scalar ? zero : apply(Op::sum_components, {zero});
  const Expr count = scalar ? number(1) : length(x->shape.rows);
  const Expr square = scalar ? power(x, 2) : multiply({transpose(x), x});
  return add(
      {multiply({zeros, log(add({number(1), negate(p)}))}),
       multiply(
           {subtract(count, zeros),
            add({log(p), negate(half(add({number(std::log(2 * std::numbers::pi)), log(v)})))})}),
       negate(half(multiply({square, power(v, -1)})))});
}

}  // namespace

std::vector<Family> shrinkage_families() {
  const Slot scale{"scale", Support::positive, SlotShape::scalar, {}};
  return {
      {FamilyId::horseshoe,
       "Horseshoe",
       {scale},
       Support::real,
       true,
       false,
       "Horseshoe(s): x_j ~ Normal(0, l_j^2 t^2) with l_j ~ HalfCauchy(1) and one t ~ "
       "HalfCauchy(s) for the statement",
       nullptr,
       nullptr,
       true},
      {FamilyId::huang_wand,
       "HuangWand",
       {{"df", Support::positive, SlotShape::scalar, {}},
        {"scales", Support::positive, SlotShape::list, {}}},
       Support::covariance,
       false,
       true,
       "HuangWand(nu, A): each standard deviation is marginally HalfT(nu, A_k); with nu = 2 each "
       "correlation is uniform",
       huang_wand},
      {FamilyId::spike_slab,
       "SpikeSlab",
       {{"prob", Support::unit, SlotShape::scalar, {}},
        {"variance", Support::positive, SlotShape::scalar, {}}},
       Support::real,
       true,
       false,
       "SpikeSlab(p, v): 0 with probability 1 - p, else Normal(0, v)",
       spike_slab,
       nullptr,
       true},
  };
}

namespace {

/// -K/2 log(2 pi v) - (K (mean - m)^2 + S)/(2 v)
Expr rejected_normals(const Expr& x, const std::vector<Expr>& a) {
  const Expr count = component(x, {1});
  const Expr squares =
      add({multiply({count, power(subtract(component(x, {2}), a[0]), 2)}), component(x, {3})});
  return negate(half(
      add({multiply({count, add({number(std::log(2 * kPi)), log(a[1])})}), over(squares, a[1])})));
}

}  // namespace

std::vector<Family> auxiliary_families() {
  const Slot eta{"eta", Support::real, SlotShape::scalar, {}};
  const Slot n{"n", Support::positive, SlotShape::scalar, {}};
  return {
      // exp(kappa eta - omega eta^2/2), a likelihood of eta.
      {FamilyId::logistic_tilt,
       "LogisticTilt",
       {eta,
        {"omega", Support::positive, SlotShape::scalar, {}},
        {"kappa", Support::real, SlotShape::scalar, {}}},
       Support::real,
       false,
       false,
       "exp(kappa eta - omega eta^2/2)",
       [](const Expr&, const std::vector<Expr>& a) {
         return subtract(multiply({a[2], a[0]}), half(multiply({a[1], power(a[0], 2)})));
       },
       nullptr,
       false,
       false,
       false,
       true},
      // Densities of omega are relative to PG(b, 0), which has no closed form.
      {FamilyId::polya_gamma,
       "PolyaGamma",
       {n},
       Support::positive,
       false,
       false,
       "PolyaGamma(b): the law PG(b, 0) of Polson, Scott and Windle (2013)",
       [](const Expr&, const std::vector<Expr>&) { return number(0); },
       nullptr,
       false,
       false,
       false,
       true},
      // The mean x of n latent Normal variables, y of them positive; relative to the law that the
      // signs leave of it, which does not depend on eta.
      {FamilyId::latent_normal,
       "LatentNormal",
       {eta, n, {"y", Support::count, SlotShape::scalar, {}}},
       Support::real,
       false,
       false,
       "LatentNormal(eta, n, y): the mean of n Normal(eta, 1) variables, y of them positive",
       [](const Expr& x, const std::vector<Expr>& a) {
         return negate(half(multiply({a[1], power(subtract(x, a[0]), 2)})));
       },
       nullptr,
       false,
       false,
       false,
       true},
      // Of K draws: K, their mean and the sum of squares about it; relative to the volume that the
      // limits leave of K points on the line, which depends on neither m nor v.
      {FamilyId::rejected_normals,
       "RejectedNormals",
       {{"mean", Support::real, SlotShape::scalar, {}},
        {"variance", Support::positive, SlotShape::scalar, {}},
        {"lower", Support::real, SlotShape::scalar, {}},
        {"upper", Support::real, SlotShape::scalar, {}}},
       Support::real,
       true,
       false,
       "RejectedNormals(m, v, L, U): the number, the mean and the sum of squares about it of those "
       "draws of Normal(m, v) that lie beyond the limits, until one lies between them",
       rejected_normals,
       nullptr,
       false,
       false,
       false,
       true,
       nullptr,
       false},
  };
}

}  // namespace lmmdsl
