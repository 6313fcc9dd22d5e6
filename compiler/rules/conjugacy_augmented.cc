// Rules beside those of normal theory: what rewrites with auxiliary variables ask for, counts and
// proportions, quantities of independent components, spikes and slabs.
#include <cmath>

#include "compiler/rules/conjugacy.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

/// q of V = c diag(q): of each component a half, and its squared residual over c
std::vector<Expr> normal_variances(const Site& s) {
  const Expr r = subtract(s.x, s.args[0]);
  return {number(0.5), half(multiply({power(s.c, -1), elementwise_square(r)}))};
}

/// x ~ Normal(A q + b, c q): q^(-1/2) exp(-(A^2/c q + (x - b)^2/c / q)/2)
std::vector<Expr> normal_mean_and_variance(const Site& s) {
  return {number(-0.5), multiply({power(s.A, 2), power(s.c, -1)}),
          multiply({power(subtract(s.x, s.b), 2), power(s.c, -1)})};
}

/// InverseGamma(a, q) and Gamma(a, q) of the components of vectors.
std::vector<Expr> inverse_gamma_scales(const Site& s) { return {s.args[0], reciprocal(s.x)}; }

/// InverseWishart(nu, c diag(q)): q_k^(nu/2) exp(-c q_k (x^-1)_kk/2)
std::vector<Expr> inverse_wishart_scales(const Site& s) {
  return {half(s.args[0]), half(multiply({s.c, apply(Op::diagonal, {inverse(s.x)})}))};
}

/// Laplace(m, c q): q^-1 exp(-|x - m|/c / q); of independent components the sum
std::vector<Expr> laplace_scale(const Site& s) {
  const Expr r = apply(Op::abs, {subtract(s.x, s.args[0])});
  return {total(r, number(1)), divide(total(r, r), s.c)};
}

/// AsymmetricLaplace(p, m, c q): q^-1 exp(-(|r| + (2 p - 1) r)/(2 c) / q), r = x - m
std::vector<Expr> asymmetric_laplace_scale(const Site& s) {
  const Expr r = subtract(s.x, s.args[1]);
  const Expr tilt = add({multiply({number(2), s.args[0]}), number(-1)});
  return {number(1), divide(half(add({apply(Op::abs, {r}), multiply({tilt, r})})), s.c)};
}

/// Exponential(c q) or Exponential(c / q): q^(+-1) exp(-c x q^(+-1))
std::vector<Expr> exponential_rate(const Site& s) { return {number(1), multiply({s.c, s.x})}; }

/// Poisson(c q): q^x exp(-c q)
std::vector<Expr> poisson_rate(const Site& s) { return {s.x, s.c}; }

/// Binomial(n, q): q^x (1 - q)^(n - x)
std::vector<Expr> binomial_probability(const Site& s) { return {s.x, subtract(s.args[0], s.x)}; }
std::vector<Expr> bernoulli_probability(const Site& s) { return {s.x, subtract(number(1), s.x)}; }

/// Categorical(q): q_x, the product of q_c^(1 where c is x, else 0)
std::vector<Expr> category_probabilities(const Site& s) {
  return {unit_vector(s.x, s.args[0]->shape.rows)};
}

/// exp(kappa eta - omega eta^2/2), eta = A t + b
std::vector<Expr> tilted_mean(const Site& s) {
  const Expr &omega = s.args[1], &kappa = s.args[2];
  const Expr At = transpose(s.A);
  return {multiply({omega, At, s.A}), multiply({At, subtract(kappa, multiply({omega, s.b}))})};
}
std::vector<Expr> tilted_weight(const Site& s) {
  return {number(0), multiply({s.c, power(s.args[0], 2)})};
}

/// z ~ Normal(A t + b, 1/n)
std::vector<Expr> latent_mean(const Site& s) {
  const Expr At = transpose(s.A);
  return {multiply({s.args[1], At, s.A}), multiply({s.args[1], At, subtract(s.x, s.b)})};
}

/// K draws of Normal(A t + b, v), of which x has the number, the mean and the sum of squares
std::vector<Expr> rejected_mean(const Site& s) {
  const Expr weight = multiply({component(s.x, {1}), transpose(s.A), inverse(s.args[1])});
  return {multiply({weight, s.A}), multiply({weight, subtract(component(s.x, {2}), s.b)})};
}
/// K (mean - m)^2 + S
Expr rejected_squares(const Site& s, const Expr& m) {
  return add({multiply({component(s.x, {1}), power(subtract(component(s.x, {2}), m), 2)}),
              component(s.x, {3})});
}
std::vector<Expr> rejected_variance(const Site& s) {
  return {half(component(s.x, {1})), half(over(rejected_squares(s, s.args[0]), s.c))};
}
std::vector<Expr> rejected_mean_and_variance(const Site& s) {
  const Expr count = component(s.x, {1});
  return {negate(half(count)), multiply({count, power(s.A, 2), power(s.c, -1)}),
          over(rejected_squares(s, s.b), s.c)};
}

/// The same as for a Normal prior, apart from what the prior says.
std::vector<Expr> spiked_mean(const Site& s) {
  const Expr weight = multiply({transpose(s.A), inverse(s.args[1])});
  return {multiply({weight, s.A}), multiply({weight, subtract(s.x, s.b)}), number(0), number(0)};
}

}  // namespace

std::vector<Rule> augmented_rules() {
  using U = UpdateFamily;
  using D = Dependence;
  return {
      {{"normal_variances", "inverse_gamma", "Normal", "variance", "a diagonal of",
        "shape += 1/2, scale += (x_k - m_k)^2/(2 c), for covariance c diag(q)",
        "A Normal vector with a diagonal covariance is one Normal variable for each component.",
        "Hoff (2009), section 5.2"},
       U::inverse_gamma,
       FamilyId::normal,
       1,
       D::diagonal,
       normal_variances},
      {{"normal_mean_and_variance", "generalized_inverse_gaussian", "Normal", "mean",
        "affine, and the variance proportional",
        "p += -1/2, a += A^2/c, b += (x - b)^2/c, for mean A q + b and variance c q",
        "The exponent of the Normal density has a multiple of q and one of 1/q.",
        "Kozumi and Kobayashi (2011), section 3"},
       U::generalized_inverse_gaussian,
       FamilyId::normal,
       0,
       D::affine_proportional,
       normal_mean_and_variance},
      {{"inverse_gamma_scales", "gamma", "InverseGamma", "scale", "equal",
        "shape += a, rate += 1/x_k, of each component",
        "The density's normalising constant is q^a and its exponent -q/x.",
        "Wand et al. (2011), section 3"},
       U::gamma,
       FamilyId::inverse_gamma,
       1,
       D::equal,
       inverse_gamma_scales},
      {{"inverse_wishart_scales", "gamma", "InverseWishart", "scale", "a diagonal of",
        "shape += nu/2, rate += c (inv(x))_kk/2, for scale c diag(q)",
        "The density's normalising constant is |diag(q)|^(nu/2) and its exponent -c sum of q_k "
        "(inv(x))_kk/2.",
        "Huang and Wand (2013), section 2"},
       U::gamma,
       FamilyId::inverse_wishart,
       1,
       D::diagonal,
       inverse_wishart_scales},
      {{"laplace_scale", "inverse_gamma", "Laplace", "scale", "proportional",
        "shape += 1, scale += |x - m|/c, for scale c q",
        "The density's normalising constant is 1/q and its exponent -|x - m|/(c q).",
        "Park and Casella (2008), section 2"},
       U::inverse_gamma,
       FamilyId::laplace,
       1,
       D::proportional,
       laplace_scale},
      {{"laplace_rate", "gamma", "Laplace", "scale", "inversely proportional",
        "shape += 1, rate += |x - m|/c, for scale c/q",
        "The density's normalising constant is q and its exponent -|x - m| q/c.",
        "Park and Casella (2008), section 2"},
       U::gamma,
       FamilyId::laplace,
       1,
       D::inverse,
       laplace_scale},
      {{"asymmetric_laplace_scale", "inverse_gamma", "AsymmetricLaplace", "scale", "proportional",
        "shape += 1, scale += (|r| + (2 p - 1) r)/(2 c), r = x - m, for scale c q",
        "The density's normalising constant is 1/q, and its exponent is divided by q.",
        "Kozumi and Kobayashi (2011), section 3"},
       U::inverse_gamma,
       FamilyId::asymmetric_laplace,
       2,
       D::proportional,
       asymmetric_laplace_scale},
      {{"asymmetric_laplace_rate", "gamma", "AsymmetricLaplace", "scale", "inversely proportional",
        "shape += 1, rate += (|r| + (2 p - 1) r)/(2 c), r = x - m, for scale c/q",
        "The density's normalising constant is q, and its exponent is multiplied by q.",
        "Kozumi and Kobayashi (2011), section 3"},
       U::gamma,
       FamilyId::asymmetric_laplace,
       2,
       D::inverse,
       asymmetric_laplace_scale},
      {{"exponential_rate", "gamma", "Exponential", "rate", "proportional",
        "shape += 1, rate += c x, for rate c q",
        "The density's normalising constant is q and its exponent -c x q.",
        "Gelman et al. (2013), section 2.6"},
       U::gamma,
       FamilyId::exponential,
       0,
       D::proportional,
       exponential_rate},
      {{"exponential_mean", "inverse_gamma", "Exponential", "rate", "inversely proportional",
        "shape += 1, scale += c x, for rate c / q",
        "The density's normalising constant is 1/q and its exponent -c x / q.",
        "Gelman et al. (2013), section 2.6"},
       U::inverse_gamma,
       FamilyId::exponential,
       0,
       D::inverse,
       exponential_rate},
      {{"poisson_rate", "gamma", "Poisson", "rate", "proportional",
        "shape += x, rate += c, for rate c q",
        "A Poisson probability is a power of its rate times the exponential of it: as many events "
        "for the shape, the exposure for the rate.",
        "Hoff (2009), section 3.2"},
       U::gamma,
       FamilyId::poisson,
       0,
       D::proportional,
       poisson_rate},
      {{"bernoulli_probability", "beta", "Bernoulli", "p", "equal", "a += x, b += 1 - x",
        "A success multiplies by q, a failure by 1 - q.", "Hoff (2009), section 3.1"},
       U::beta,
       FamilyId::bernoulli,
       0,
       D::equal,
       bernoulli_probability},
      {{"binomial_probability", "beta", "Binomial", "p", "equal", "a += x, b += n - x",
        "Each success multiplies by q, each failure by 1 - q.", "Hoff (2009), section 3.1"},
       U::beta,
       FamilyId::binomial,
       1,
       D::equal,
       binomial_probability},
      {{"category_probabilities", "dirichlet", "Categorical", "probabilities", "equal",
        "a += e, a vector with a 1 at the level observed and zeros elsewhere",
        "A level that is observed multiplies by its probability: n of them by its n-th power.",
        "Gelman et al. (2013), section 3.4"},
       U::dirichlet,
       FamilyId::categorical,
       0,
       D::equal,
       category_probabilities},
      {{"tilted_mean", "normal", "LogisticTilt", "eta", "affine",
        "precision += omega A' A, shift += A' (kappa - omega b), for eta = A t + b",
        "Given omega, the exponent is a quadratic in eta: that of a Normal density with precision "
        "omega and mean kappa/omega.",
        "Polson, Scott and Windle (2013), section 3.1"},
       U::normal,
       FamilyId::logistic_tilt,
       0,
       D::affine,
       tilted_mean},
      {{"tilted_weight", "polya_gamma", "LogisticTilt", "omega", "proportional", "z^2 += eta^2",
        "The exponent -omega eta^2/2 tilts PG(b, 0) to PG(b, eta).",
        "Polson, Scott and Windle (2013), section 2"},
       U::polya_gamma,
       FamilyId::logistic_tilt,
       1,
       D::proportional,
       tilted_weight},
      {{"latent_mean", "normal", "LatentNormal", "eta", "affine",
        "precision += n A' A, shift += n A' (z - b), for eta = A t + b",
        "Given the latent variables, this is a linear regression of their mean, with error "
        "variance 1/n.",
        "Albert and Chib (1993), section 3"},
       U::normal,
       FamilyId::latent_normal,
       0,
       D::affine,
       latent_mean},
      {{"rejected_mean", "normal", "RejectedNormals", "mean", "affine",
        "precision += K A' A/v, shift += A' (mean - b) K/v, for mean A t + b and variance v",
        "Each draw that was rejected is one more value with the same distribution; K of them count "
        "like their mean, with the variance v/K.",
        "Rao, Lin and Dunson (2016), section 2"},
       U::normal,
       FamilyId::rejected_normals,
       0,
       D::affine,
       rejected_mean},
      {{"rejected_variance", "inverse_gamma", "RejectedNormals", "variance", "proportional",
        "shape += K/2, scale += (K (mean - m)^2 + S)/(2 c), for variance c q",
        "Each draw that was rejected adds its squared residual; of K draws the sum of these comes "
        "from their mean and their sum of squares about it.",
        "Rao, Lin and Dunson (2016), section 2"},
       U::inverse_gamma,
       FamilyId::rejected_normals,
       1,
       D::proportional,
       rejected_variance},
      {{"rejected_precision", "gamma", "RejectedNormals", "variance", "inversely proportional",
        "shape += K/2, rate += (K (mean - m)^2 + S)/(2 c), for variance c / q",
        "Each draw that was rejected adds its squared residual; of K draws the sum of these comes "
        "from their mean and their sum of squares about it.",
        "Rao, Lin and Dunson (2016), section 2"},
       U::gamma,
       FamilyId::rejected_normals,
       1,
       D::inverse,
       rejected_variance},
      {{"rejected_mean_and_variance", "generalized_inverse_gaussian", "RejectedNormals", "mean",
        "affine, and the variance proportional",
        "p += -K/2, a += K A^2/c, b += (K (mean - b)^2 + S)/c, for mean A q + b and variance c q",
        "The exponent of the Normal densities has a multiple of q and one of 1/q.",
        "Kozumi and Kobayashi (2011), section 3"},
       U::generalized_inverse_gaussian,
       FamilyId::rejected_normals,
       0,
       D::affine_proportional,
       rejected_mean_and_variance},
      {{"spiked_mean", "spike_slab", "Normal", "mean", "affine",
        "precision += A' inv(V) A, shift += A' inv(V) (x - b), for mean A t + b and variance V",
        "The likelihood of a coefficient is that of a Normal one; the prior adds a point at 0.",
        "Geweke (1996); George and McCulloch (1993)"},
       U::spike_slab,
       FamilyId::normal,
       0,
       D::affine,
       spiked_mean},
      {{"spiked_rejected_mean", "spike_slab", "RejectedNormals", "mean", "affine",
        "precision += K A' A/v, shift += A' (mean - b) K/v, for mean A t + b and variance v",
        "The likelihood of a coefficient is that of a Normal one; the prior adds a point at 0.",
        "Rao, Lin and Dunson (2016); Geweke (1996)"},
       U::spike_slab,
       FamilyId::rejected_normals,
       0,
       D::affine,
       [](const Site& s) {
         const std::vector<Expr> n = rejected_mean(s);
         return std::vector<Expr>{n[0], n[1], number(0), number(0)};
       }},
      {{"spiked_tilted_mean", "spike_slab", "LogisticTilt", "eta", "affine",
        "precision += omega A' A, shift += A' (kappa - omega b), for eta = A t + b",
        "Given omega, the likelihood of a coefficient is that of a Normal regression.",
        "Polson, Scott and Windle (2013); Geweke (1996)"},
       U::spike_slab,
       FamilyId::logistic_tilt,
       0,
       D::affine,
       [](const Site& s) {
         const std::vector<Expr> n = tilted_mean(s);
         return std::vector<Expr>{n[0], n[1], number(0), number(0)};
       }},
      {{"spiked_latent_mean", "spike_slab", "LatentNormal", "eta", "affine",
        "precision += n A' A, shift += n A' (z - b), for eta = A t + b",
        "Given the latent variables, the likelihood is that of a Normal regression.",
        "Albert and Chib (1993); Geweke (1996)"},
       U::spike_slab,
       FamilyId::latent_normal,
       0,
       D::affine,
       [](const Site& s) {
         const std::vector<Expr> n = latent_mean(s);
         return std::vector<Expr>{n[0], n[1], number(0), number(0)};
       }},
  };
}

}  // namespace lmmdsl
