// The rows of the table of augmentations.
#include <cmath>

#include "compiler/derive/inline.h"
#include "compiler/math/dependence.h"
#include "compiler/rules/augmentation.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

Expr square(const Expr& e) { return power(e, 2); }

/// Of independent components with the variances w c.
Expr variance_of(const Expr& x, const Expr& w, const Expr& c) {
  return x->shape.is_scalar() ? multiply({c, w}) : multiply({c, diagonal_matrix(w)});
}

Density normal(const Density& d, const Expr& mean, const Expr& variance) {
  Density n = d;
  n.family = FamilyId::normal;
  n.args = {mean, variance};
  return n;
}

/// The square of what a prior on a standard deviation is of, with an inverse-gamma prior.
Density on_variance(const Density& d, const Expr& shape, const Expr& scale) {
  Density v = d;
  v.family = FamilyId::inverse_gamma;
  v.value = square(d.value);
  v.args = {shape, scale};
  return v;
}

/// s^2 | u ~ InverseGamma(nu/2, nu u), u ~ Gamma(1/2, A^-2)
Density half_t_by(const Density& d, const Expr& nu, const Expr& A, Auxiliaries& more) {
  const Expr u = more.add("u", scalar_shape(), FamilyId::gamma, {number(0.5), power(A, -2)});
  return on_variance(d, half(nu), multiply({nu, u}));
}

/// Where a positive parameter is the standard deviation of something, whatever scales it.
bool is_sd(const Model& model, const Density& prior) {
  if (prior.target < 0 || !prior.value->shape.is_scalar()) return false;
  const Expr t = reference(model, prior.target);
  const auto of_value = proportional(prior.value, t);
  if (!std::holds_alternative<Power>(of_value)) return false;
  const double j = std::get<Power>(of_value).exponent;
  for (const Density& d : model.densities) {
    const std::vector<Slot>& slots = family(d.family).slots;
    for (std::size_t i = 0; i < d.args.size(); ++i) {
      if (slots[i].shape != SlotShape::variance) continue;
      const auto found = proportional(inline_derived(model, d.args[i]), t);
      const Power* p = std::get_if<Power>(&found);
      if (p && std::abs(p->exponent) == 2 * std::abs(j)) return true;
    }
  }
  return false;
}

Expr argument(const Model& model, const Density& d, std::size_t i) {
  return inline_derived(model, d.args[i]);
}

bool has_form(const Model& model, const Density& d, std::size_t slot, Op op) {
  return argument(model, d, slot)->op == op;
}

/// kappa eta - omega eta^2/2, omega ~ PG(b, 0)
Density tilted(const Density& d, const Expr& eta, const Expr& b, const Expr& kappa,
               Auxiliaries& more) {
  const Expr omega = more.add("omega", scalar_shape(), FamilyId::polya_gamma, {b});
  Density t = d;
  t.family = FamilyId::logistic_tilt;
  t.args = {eta, omega, kappa};
  return t;
}

/// No density is left where a latent variable is known from what is observed.
Density nothing_left(const Density& d) {
  Density none = d;
  none.value = nullptr;
  return none;
}

std::vector<Augmentation> scale_rows() {
  return {
      {{"half_cauchy", "HalfCauchy(A) of s", "s^2 ~ InverseGamma(1/2, u), u ~ Gamma(1/2, 1/A^2)",
        "the integral over u of u^(1/2) (s^2)^(-3/2) exp(-u/s^2) u^(-1/2) exp(-u/A^2) is "
        "(s^2)^(-3/2) / (1/s^2 + 1/A^2), proportional to s^-1 / (1 + s^2/A^2); with ds^2 = 2 s ds "
        "this is the half-Cauchy density of s",
        "A half-Cauchy standard deviation is a mixture of square roots of inverse-gamma "
        "variances.",
        "Wand et al. (2011), Result 5; Gelman (2006)"},
       FamilyId::half_cauchy,
       [](const Model&, const Density& d) { return d.target >= 0; },
       [](const Density& d, Auxiliaries& more) {
         return half_t_by(d, number(1), d.args[0], more);
       }},
      {{"half_t", "HalfT(nu, A) of s", "s^2 ~ InverseGamma(nu/2, nu u), u ~ Gamma(1/2, 1/A^2)",
        "the integral over u of u^(nu/2) (s^2)^(-nu/2-1) exp(-nu u/s^2) u^(-1/2) exp(-u/A^2) is "
        "proportional to (s^2)^(-nu/2-1) (nu/s^2 + 1/A^2)^(-(nu+1)/2), which is s^-1 (1 + "
        "s^2/(nu A^2))^(-(nu+1)/2); with ds^2 = 2 s ds this is the half-t density of s",
        "A half-t standard deviation is a mixture of square roots of inverse-gamma variances.",
        "Wand et al. (2011), Result 5"},
       FamilyId::half_t,
       [](const Model&, const Density& d) { return d.target >= 0; },
       [](const Density& d, Auxiliaries& more) {
         return half_t_by(d, d.args[0], d.args[1], more);
       }},
      {{"exponential_sd", "Exponential(r) of s", "s ~ HalfNormal(w^(1/2)), w ~ Gamma(1, r^2/2)",
        "the integral over w of (2/(pi w))^(1/2) exp(-s^2/(2 w)) (r^2/2) exp(-r^2 w/2) is r "
        "exp(-r s)",
        "An exponential standard deviation is a mixture of half-normal ones, as a Laplace "
        "variable is one of Normal variables.",
        "Andrews and Mallows (1974)"},
       FamilyId::exponential,
       is_sd,
       [](const Density& d, Auxiliaries& more) {
         const Expr w =
             more.add("w", scalar_shape(), FamilyId::gamma, {number(1), half(square(d.args[0]))});
         // s^2 ~ Gamma(1/2, 1/(2 w)) is s ~ HalfNormal(sqrt(w)).
         Density v = d;
         v.family = FamilyId::gamma;
         v.value = square(d.value);
         v.args = {number(0.5), half(power(w, -1))};
         return v;
       }},
  };
}

std::vector<Augmentation> error_rows() {
  return {
      {{"student_t", "StudentT(nu, m, s)", "Normal(m, s^2/w), w ~ Gamma(nu/2, nu/2)",
        "the integral over w of w^(1/2) exp(-w (x-m)^2/(2 s^2)) w^(nu/2-1) exp(-nu w/2) is "
        "proportional to (1 + (x-m)^2/(nu s^2))^(-(nu+1)/2)",
        "A t variable is a Normal one whose precision varies; w says how much an observation "
        "counts.",
        "Gelman et al. (2013), section 17.2; West (1987)"},
       FamilyId::student_t,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const Expr nu = half(d.args[0]), s2 = square(d.args[2]);
         if (d.value->shape.is_scalar()) {
           const Expr w = more.add("w", scalar_shape(), FamilyId::gamma, {nu, nu});
           return normal(d, d.args[1], over(s2, w));
         }
         // Component by component, with v = 1/w.
         const Expr v = more.add("w", d.value->shape, FamilyId::inverse_gamma,
                                 {nu, multiply({nu, ones(d.value->shape.rows)})});
         return normal(d, d.args[1], variance_of(d.value, v, s2));
       }},
      {{"laplace", "Laplace(m, b)", "Normal(m, w), w ~ Gamma(1, 1/(2 b^2))",
        "the integral over w of (2 pi w)^(-1/2) exp(-(x-m)^2/(2 w)) exp(-w/(2 b^2))/(2 b^2) is "
        "exp(-|x-m|/b)/(2 b)",
        "A Laplace variable is a Normal one whose variance is exponential.",
        "Andrews and Mallows (1974); Park and Casella (2008)"},
       FamilyId::laplace,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const Expr w = more.add("w", d.value->shape, FamilyId::gamma,
                                 {number(1), half(power(d.args[1], -2))});
         return normal(d, d.args[0], variance_of(d.value, w, number(1)));
       }},
      {{"asymmetric_laplace", "AsymmetricLaplace(q, m, s)",
        "Normal(m + t w, k s w), w ~ Gamma(1, 1/s), t = (1-2q)/(q(1-q)), k = 2/(q(1-q))",
        "the integral over w of (2 pi k s w)^(-1/2) exp(-(x-m-t w)^2/(2 k s w)) exp(-w/s)/s is "
        "q (1-q)/s exp(-r/s), r = q (x-m) above m and (1-q) (m-x) below",
        "An asymmetric Laplace variable is a Normal one whose mean and variance grow with one "
        "exponential variable.",
        "Kozumi and Kobayashi (2011), section 2"},
       FamilyId::asymmetric_laplace,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const Expr &q = d.args[0], &s = d.args[2];
         const Expr spread = multiply({q, add({number(1), negate(q)})});
         const Expr w = more.add("w", scalar_shape(), FamilyId::gamma, {number(1), power(s, -1)});
         const Expr t = over(add({number(1), multiply({number(-2), q})}), spread);
         return normal(d, add({d.args[1], multiply({t, w})}),
                       multiply({number(2), power(spread, -1), s, w}));
       }},
      {{"censored_normal", "censored(y, below = L, above = U) ~ Normal(m, v)",
        "z ~ Normal(m, v), z = y between the limits, z <= L where y <= L, z >= U where y >= U",
        "the integral over z <= L of the Normal density is the probability of what was observed",
        "What lies beyond a limit is drawn where it may be; the rest is as observed.",
        "Gelman et al. (2013), section 8.7; Tobin (1958)"},
       FamilyId::censored_normal,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const Expr &y = d.value, &below = d.args[2], &above = d.args[3];
         Expr nearest = y;  // the point between the limits
         if (is_given(below)) nearest = apply(Op::maximum, {nearest, below});
         if (is_given(above)) nearest = apply(Op::minimum, {nearest, above});
         // The logarithm of an indicator is 0 or minus infinity.
         const auto unless = [](Op op, const Expr& a, const Expr& b) {
           return apply(Op::log, {apply(op, {a, b})});
         };
         const Expr lower =
             is_given(below) ? add({nearest, unless(Op::greater, y, below)}) : nearest;
         const Expr upper =
             is_given(above) ? subtract(nearest, unless(Op::less, y, above)) : nearest;
         more.add_real("z", FamilyId::normal, {d.args[0], d.args[1]}, lower, upper);
         return nothing_left(d);
       }},
      // The factor 1/P(m, v) is the sum of a geometric series. Its terms are completed samples, of
      // which m and v have their usual conditionals: nothing is approximated, and no step is tuned.
      // Of a number of draws that is not fixed only the sums count, three numbers a row.
      {{"truncated_normal", "Normal(m, v, lower = L, upper = U) of a response",
        "Normal(m, v), r = (K, mean, sum of squares) of K draws of Normal(m, v) beyond the limits",
        "r_1 = K counts draws beyond the limits, r_2 is their mean and r_3 the sum of squares "
        "about it. The integral over the draws of their Normal densities is Q^K, Q = 1 - P the "
        "probability beyond the limits, and the sum over K = 0, 1, ... of Q^K is 1/P, by which the "
        "Normal density of x is multiplied",
        "Until a draw lies between the limits, others are rejected; with them the sample is one of "
        "the whole distribution.",
        "Rao, Lin and Dunson (2016); Dempster, Laird and Rubin (1977), section 4.2"},
       FamilyId::truncated_normal,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         more.add_reals("r", 3, FamilyId::rejected_normals, d.args);
         return normal(d, d.args[0], d.args[1]);
       }},
  };
}

/// The latent mean of n Normal variables of which y are positive.
Density latent(const Density& d, const Expr& p, const Expr& n, Auxiliaries& more) {
  more.add_real("z", FamilyId::latent_normal, {p->args[0], n, d.value});
  return nothing_left(d);
}

std::vector<Augmentation> response_rows() {
  return {
      {{"bernoulli_probit", "Bernoulli(Phi(eta))", "y = (z > 0), z ~ Normal(eta, 1)",
        "the integral over z > 0 of the Normal density is Phi(eta)",
        "A probit regression is a linear regression of a latent variable of which the sign is "
        "seen.",
        "Albert and Chib (1993)"},
       FamilyId::bernoulli,
       [](const Model& m, const Density& d) { return has_form(m, d, 0, Op::phi); },
       [](const Density& d, Auxiliaries& more) {
         return latent(d, argument(more.model(), d, 0), number(1), more);
       }},
      {{"ordered_probit", "OrderedProbit(eta, c)", "z ~ Normal(eta, 1), c_(y-1) < z <= c_y",
        "the integral over c_(y-1) < z <= c_y of the Normal density is Phi(c_y - eta) - "
        "Phi(c_(y-1) - eta)",
        "An ordered response is a latent variable of which one sees between which cuts it lies.",
        "Albert and Chib (1993), section 4"},
       FamilyId::ordered_probit,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const auto [lower, upper] = cuts_around(d.value, argument(more.model(), d, 1));
         more.add_real("z", FamilyId::normal, {d.args[0], number(1)}, lower, upper);
         return nothing_left(d);
       }},
      {{"binomial_probit", "Binomial(n, Phi(eta))",
        "y of n latent Normal(eta, 1) variables are positive; z is their mean",
        "the integral over the signs of the n Normal densities is Phi(eta)^y (1 - Phi(eta))^(n-y), "
        "times the number of orders",
        "One latent variable a trial; of them the mean is all that eta depends on.",
        "Albert and Chib (1993)"},
       FamilyId::binomial,
       [](const Model& m, const Density& d) { return has_form(m, d, 1, Op::phi); },
       [](const Density& d, Auxiliaries& more) {
         return latent(d, argument(more.model(), d, 1), d.args[0], more);
       }},
      {{"bernoulli_logit", "Bernoulli(invlogit(eta))",
        "exp((y - 1/2) eta - omega eta^2/2), omega ~ PolyaGamma(1)",
        "exp(y eta)/(1 + exp(eta)) is 1/2 exp((y - 1/2) eta) times the integral over omega of "
        "exp(-omega eta^2/2)",
        "Given omega, the log likelihood is a quadratic in eta, as that of a Normal variable.",
        "Polson, Scott and Windle (2013), Theorem 1"},
       FamilyId::bernoulli,
       [](const Model& m, const Density& d) { return has_form(m, d, 0, Op::invlogit); },
       [](const Density& d, Auxiliaries& more) {
         return tilted(d, argument(more.model(), d, 0)->args[0], number(1),
                       add({d.value, number(-0.5)}), more);
       }},
      {{"binomial_logit", "Binomial(n, invlogit(eta))",
        "exp((y - n/2) eta - omega eta^2/2), omega ~ PolyaGamma(n)",
        "exp(y eta)/(1 + exp(eta))^n is 2^(-n) exp((y - n/2) eta) times the integral over omega "
        "of exp(-omega eta^2/2)",
        "Given omega, the log likelihood is a quadratic in eta, as that of a Normal variable.",
        "Polson, Scott and Windle (2013), Theorem 1"},
       FamilyId::binomial,
       [](const Model& m, const Density& d) { return has_form(m, d, 1, Op::invlogit); },
       [](const Density& d, Auxiliaries& more) {
         return tilted(d, argument(more.model(), d, 1)->args[0], d.args[0],
                       subtract(d.value, half(d.args[0])), more);
       }},
      {{"negative_binomial", "NegativeBinomial(exp(eta), r)",
        "exp((y - r)/2 psi - omega psi^2/2), psi = eta - log r, omega ~ PolyaGamma(y + r)",
        "exp(y psi)/(1 + exp(psi))^(y+r) is 2^(-y-r) exp((y - r)/2 psi) times the integral over "
        "omega of exp(-omega psi^2/2)",
        "The odds of a negative binomial count are exp(eta)/r: a logistic form.",
        "Polson, Scott and Windle (2013), section 1.1"},
       FamilyId::negative_binomial,
       [](const Model& m, const Density& d) { return has_form(m, d, 0, Op::exp); },
       [](const Density& d, Auxiliaries& more) {
         const Expr& r = d.args[1];
         const Expr psi = subtract(argument(more.model(), d, 0)->args[0], apply(Op::log, {r}));
         return tilted(d, psi, add({d.value, r}), half(subtract(d.value, r)), more);
       }},
  };
}

std::vector<Augmentation> shrinkage_rows() {
  return {
      {{"horseshoe", "Horseshoe(s)",
        "Normal(0, t l), l ~ InverseGamma(1/2, a), a ~ Gamma(1/2, 1), t ~ InverseGamma(1/2, b), b "
        "~ Gamma(1/2, 1/s^2)",
        "l^(1/2) and t^(1/2) are half-Cauchy with scales 1 and s, by the row half_cauchy",
        "A half-Cauchy scale for each coefficient leaves large ones alone; one for all draws the "
        "small ones to 0.",
        "Carvalho, Polson and Scott (2010); Makalic and Schmidt (2016)"},
       FamilyId::horseshoe,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const Expr b = more.add("b", scalar_shape(), FamilyId::gamma,
                                 {number(0.5), power(d.args[0], -2)}, once_plate());
         const Expr t =
             more.add("t", scalar_shape(), FamilyId::inverse_gamma, {number(0.5), b}, once_plate());
         const Expr one = d.value->shape.is_scalar() ? number(1) : ones(d.value->shape.rows);
         const Expr a = more.add("a", d.value->shape, FamilyId::gamma, {number(0.5), one});
         const Expr l = more.add("l", d.value->shape, FamilyId::inverse_gamma, {number(0.5), a});
         const Expr zero = d.value->shape.is_scalar() ? number(0) : zeros(d.value->shape);
         return normal(d, zero, variance_of(d.value, l, t));
       }},
      {{"huang_wand", "HuangWand(nu, A)",
        "InverseWishart(nu + p - 1, 2 nu diag(u)), u_k ~ Gamma(1/2, 1/A_k^2)",
        "the k-th diagonal entry of such an inverse-Wishart matrix is InverseGamma(nu/2, nu u_k), "
        "whose square root is HalfT(nu, A_k), by the row half_t",
        "Each standard deviation has the half-t prior of its own scale; with nu = 2 correlations "
        "are uniform.",
        "Huang and Wand (2013)"},
       FamilyId::huang_wand,
       nullptr,
       [](const Density& d, Auxiliaries& more) {
         const Expr &nu = d.args[0], &A = d.args[1];
         const Expr rates = apply(Op::diagonal, {inverse(diagonal_matrix(elementwise_square(A)))});
         const Expr u = more.add("u", vector_shape(d.value->shape.rows), FamilyId::gamma,
                                 {number(0.5), rates});
         Density w = d;
         w.family = FamilyId::inverse_wishart;
         w.args = {add({nu, length(d.value->shape.rows), number(-1)}),
                   multiply({number(2), nu, diagonal_matrix(u)})};
         return w;
       }},
  };
}

}  // namespace

const std::vector<Augmentation>& augmentations() {
  static const std::vector<Augmentation> table = [] {
    std::vector<Augmentation> rows;
    for (const auto& more : {scale_rows(), error_rows(), response_rows(), shrinkage_rows()})
      rows.insert(rows.end(), more.begin(), more.end());
    return rows;
  }();
  return table;
}

}  // namespace lmmdsl
