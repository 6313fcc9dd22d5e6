// Models of every conjugacy rule, with proper priors, and a small table for them: few rows, so that
// priors count and a wrong constant in either moves the joint law visibly.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace lmmdsl::testing {

struct JointModel {
  const char* claim;
  const char* model;
};

inline const std::string kJointColumns =
    "data y, z, x1, x2, o : real\ndata w : real > 0\ndata g, h, k : factor\n"
    "data hits, trials, grade : count\ndata hit : binary\n";

inline const std::vector<JointModel>& joint_models() {
  static const std::vector<JointModel> models = {
      {"scalar means with coefficient, offset and weight; two likelihoods of one variance",
       "y ~ Normal(0.5 * o - 3 * x1 * m + 1.5, 4 * v / w)\nz ~ Normal(2 * m - o, v)\n"
       "m ~ Normal(0.7, 2.3)\nv ~ InverseGamma(2.5, 1.7)\n"},
      {"a coefficient vector whose prior is scaled by the error variance",
       "X = [1, x1, x2]\ny ~ Normal(X * b, s^2)\n"
       "b ~ Normal([1; 2; 3], s^2 * [2, 0.3, 0; 0.3, 1, 0.1; 0, 0.1, 3])\n1/s^2 ~ Gamma(3, 2)\n"},
      {"group coefficients, Wishart prior on the inverse covariance",
       "X = [1, x1]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(t, S)\nt ~ Normal([1; -1], 2 * "
       "I(2))\n"
       "inv(S) ~ Wishart(6, [0.4, 0.1; 0.1, 0.3])\ns^2 ~ InverseGamma(3, 2)\n"},
      {"a covariance scaled by known numbers, and hyperparameters of inverse Wisharts",
       "X = [1, x1]\nn[g] = count(x1, by g)\ny ~ Normal(X * b[g], 0.8)\nb[g] ~ Normal(0, S / "
       "n[g])\n"
       "S ~ InverseWishart(7, 1.7 * R)\nR ~ Wishart(5, [0.3, 0.1; 0.1, 0.4])\n"
       "z ~ Normal(X * c[h], 1.3)\nc[h] ~ Normal(0, U)\nU ~ InverseWishart(7, 2 * inv(Q))\n"
       "Q ~ InverseWishart(7, [2, 0.5; 0.5, 3])\n"},
      {"hyperparameters of Wisharts",
       "X = [1, x1]\ny ~ Normal(X * b[g], 0.8)\nb[g] ~ Normal(0, inv(W))\nW ~ Wishart(6, 0.2 * R)\n"
       "R ~ InverseWishart(7, [4, 1; 1, 5])\nz ~ Normal(X * c[h], 1.3)\nc[h] ~ Normal(0, inv(T))\n"
       "T ~ Wishart(5, 0.4 * inv(Q))\nQ ~ Wishart(6, [0.3, 0.1; 0.1, 0.2])\n"},
      {"crossed and nested effects with a variance each",
       "y ~ Normal(mu + a[g] + 1.5 * x1 * c[h] + d[g, h], v)\na[g] ~ Normal(2 * m[k] - 1, va)\n"
       "m[k] ~ Normal(0.5, 3)\nc[h] ~ Normal(mu / 2, vc)\nd[g, h] ~ Normal(0, vd)\nmu ~ Normal(1, "
       "4)\n"
       "v ~ InverseGamma(3, 3)\nva ~ InverseGamma(3, 2)\nvc ~ ScaledInverseChiSquare(6, 1.3)\n"
       "1/vd ~ Gamma(3, 1)\n"},
      {"group variances and precisions with a gamma above them",
       "y ~ Normal(m, s[g]^2)\nm ~ Normal(0, 4)\ns[g]^2 ~ InverseGamma(3, 1.5 * q)\nq ~ Gamma(3, "
       "2)\n"
       "z ~ Normal(l, 2 / t[h])\nl ~ Normal(1, 4)\nt[h] ~ Gamma(3, 1.5 * r)\nr ~ Gamma(3, 2)\n"},
      {"group variances and precisions with an inverse gamma above them",
       "y ~ Normal(m, v[g])\nm ~ Normal(0, 4)\nv[g] ~ InverseGamma(3, 1.5 / q)\n"
       "q ~ InverseGamma(3, 2)\nz ~ Normal(l, 2 / t[h])\nl ~ Normal(1, 4)\nt[h] ~ Gamma(3, 1.5 / "
       "r)\n"
       "r ~ InverseGamma(3, 2)\n"},
      {"products of parameters, linear in each; a derived mean in two likelihoods",
       "eta[g] = l * f[g]\ny ~ Normal(eta[g] - o, v)\nz ~ Normal(o - 2 * eta[g], 3 * v)\nf[g] ~ "
       "Normal(0.5, 1)\n"
       "l ~ Normal(1, 2)\nv ~ InverseGamma(3, 3)\n"},
      {"fixed and random effects with different designs, independent variances of components",
       "Z = [1, x1]\ny ~ Normal(x2 * b + Z * c[g] + o, s^2 / w)\nb ~ Normal(0, 3)\n"
       "c[g] ~ Normal([a1; 2 * a2 - 1], r^2 * I(2))\na1 ~ Normal(0, 2)\na2 ~ Normal(1, precision = "
       "3)\n"
       "r^2 ~ ScaledInverseChiSquare(5, 0.8)\ns^2 ~ InverseGamma(3, 2)\n"},
      {"group vectors whose mean is a matrix times a vector, with a correlation that is not small",
       "X = [1, x1]\ny ~ Normal(X * b[g], 0.7)\nb[g] ~ Normal([1, 0.5; 0, 2] * t, [1, 0.8; 0.8, "
       "1])\n"
       "t ~ Normal([1; -1], [2, -0.9; -0.9, 1])\n"},
  };
  return models;
}

/// 12 rows; h crosses g, g lies in k. One row has no y, another no z; where they are present they
/// matter to the proposals of marginal steps only.
/// One or more for each augmentation, and for what is drawn from bounded and discrete laws.
inline const std::vector<JointModel>& augmented_models() {
  static const std::vector<JointModel> models = {
      {"standard deviations: half-Cauchy, half-t, half-normal, exponential, uniform",
       "y ~ Normal(m[g] + b * x1, s1^2 / w)\nz ~ Normal(2 * a[h] - o, s2^2)\nm[g] ~ Normal(1, "
       "s3^2)\na[h] ~ Normal(0, sd = s4)\nb ~ Normal(0, sd = s5)\ns1 ~ HalfCauchy(1)\n"
       "s2 ~ HalfT(4, 1.5)\ns3 ~ HalfNormal(1.5)\ns4 ~ Exponential(r)\nr ~ Gamma(2, 2)\n"
       "s5 ~ Uniform(0.5, 2)\n"},
      {"bounds: slopes, a precision",
       "y ~ Normal(b * x1 + e * x2 - f, 1 / t)\nb ~ Normal(0.5, 2, lower = 0, upper = 3)\n"
       "e ~ HalfNormal(2)\nf ~ Exponential(0.7)\nt ~ Pareto(2.5, 0.3)\n"},
      {"t errors, degrees of freedom on a grid, and t effects",
       "y ~ StudentT(nu, b * x1 + a[g], s)\nb ~ Normal(1, 4)\ns^2 ~ InverseGamma(3, 2)\n"
       "nu ~ Grid([1, 2, 4, 8], [1, 2, 2, 1])\na[g] ~ StudentT(5, 1, 0.7)\n"},
      {"Laplace errors and coefficients, with scale and rate",
       "X = [x1, x2]\ny ~ Laplace(X * b - o, 1.5 * l)\nz ~ Laplace(X * b, 2 / r)\nb ~ Laplace(0, "
       "e)\nl ~ InverseGamma(3, 3)\nr ~ Gamma(3, 2)\ne ~ InverseGamma(3, 2)\n"},
      {"a quantile regression",
       "y ~ AsymmetricLaplace(0.25, b * x1 - o, 2 * s)\nb ~ Normal(1, 4)\ns ~ InverseGamma(3, "
       "2)\n"},
      {"a censored response",
       "censored(y, below = 0, above = 2) ~ Normal(b * x1 + a[g], v)\nb ~ Normal(1, 4)\n"
       "a[g] ~ Normal(0, 1)\nv ~ InverseGamma(3, 2)\n"},
      {"truncated responses: a mean and a variance of both, limits of each row",
       "y ~ Normal(b * x1 + a[g], v, lower = -1.1)\nz ~ Normal(b - o, 2 / t, lower = -1 - w / 4, "
       "upper = 3 + w)\nb ~ Normal(0.5, 0.25)\na[g] ~ Normal(0.5, 0.25)\nv ~ InverseGamma(6, 6)\n"
       "t ~ Gamma(6, 6)\n"},
      {"probit regressions of trials and of a binary response",
       "hits ~ Binomial(trials, probit = m + 0.5 * a[g] * x1)\nhit ~ Bernoulli(probit = m - o)\n"
       "m ~ Normal(0, 1)\na[g] ~ Normal(0.5, t^2)\nt ~ HalfNormal(1)\n"},
      {"coefficients scaled component by component, each linear in the other",
       "X = [1, x1]\nparam xi : vector(2)\ny ~ Normal(X * diag(xi) * eta[g] - o, v)\n"
       "eta[g] ~ Normal(0, Q)\nQ ~ InverseWishart(5, I(2))\nxi ~ Normal(0.5, 1)\n"
       "v ~ InverseGamma(3, 2)\n"},
      {"an ordered probit regression",
       "param c : vector(2)\ngrade ~ OrderedProbit(m - o + 0.5 * a[g] * x1, c)\nm ~ Normal(0.4, "
       "1)\n"
       "a[g] ~ Normal(0.5, t^2)\nt ~ HalfNormal(1)\nc ~ Normal([-0.5; 1], [1, 0.3; 0.3, 2])\n"},
      {"an ordered probit regression with cuts of groups",
       "param c[k] : vector(2)\ngrade ~ OrderedProbit(b * x1, c[k])\nb ~ Normal(0.4, 1)\n"
       "c[k] ~ Normal(0.5, 3)\n"},
      {"logit regressions of trials and of a binary response, and a spike and slab",
       "hits ~ Binomial(trials, logit = m + 0.5 * a[g] * x1)\nhit ~ Bernoulli(logit = m - o + d * "
       "x2)\n"
       "m ~ Normal(0, 1)\na[g] ~ Normal(0.5, t^2)\nt ~ HalfNormal(1)\nd ~ SpikeSlab(0.5, 2)\n"},
      {"a negative binomial regression",
       "hits ~ NegativeBinomial(exp(m + 0.5 * x1 * b), 2.5)\nm ~ Normal(0.5, 0.5)\nb ~ Normal(0, "
       "1)\n"},
      {"Poisson rates and probabilities",
       "hits ~ Poisson(2 * r[g] * w)\nr[g] ~ Gamma(3, 1.5 * b)\nb ~ Gamma(3, 2)\nhit ~ "
       "Bernoulli(p[h])\n"
       "p[h] ~ Beta(2, 3)\n"},
      {"a horseshoe of a vector and one of group effects",
       "X = [x1, x2]\ny ~ Normal(X * b + a[g], v)\nb ~ Horseshoe(0.5)\na[g] ~ Horseshoe(0.5)\n"
       "v ~ InverseGamma(3, 2)\n"},
      {"a spike and slab of a vector",
       "X = [x1, x2]\ny ~ Normal(X * b, v)\nb ~ SpikeSlab(0.4, 2)\nv ~ InverseGamma(3, 2)\n"},
      {"a variance in the mean and in the variance",
       "y ~ Normal(m + 0.5 * v - o, v / w)\nm ~ Normal(0, 4)\nv ~ InverseGamma(3, 2)\n"},
      {"probabilities of levels, for all rows and in groups",
       "h ~ Categorical(p)\np ~ Dirichlet(1.5)\nk ~ Categorical(q[g])\nq[g] ~ Dirichlet([1, 2])\n"},
      {"Laplace coefficients, their scale half-Cauchy",
       "X = [x1, x2]\ny ~ Normal(X * b - o, v)\nb ~ Laplace(0, 1.5 * l)\nl ~ HalfCauchy(1)\n"
       "v ~ InverseGamma(3, 2)\n"},
      {"Laplace errors, and so many coefficients that a collapsed step moves their means",
       "X = [1, x1, x2, o, x1^2, x2^2, o^2, x1 * x2, o * x1]\ny ~ Laplace(X * b[g] - d * w, 2 * "
       "s)\n"
       "b[g] ~ Normal(m, 0.5 * I(9))\nm ~ Normal([1, 0, 0, 0, 0, 0, 0, 0, -1]', I(9))\n"
       "d ~ Normal(0, 1)\ns ~ InverseGamma(3, 2)\n"},
  };
  return models;
}

/// Components that are not observed.
inline const std::vector<JointModel>& mixture_models() {
  static const std::vector<JointModel> models = {
      {"a mixture with a mean, a variance and a probability for each component",
       "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([2, 3])\n"
       "y ~ Normal(x1 * m[c] - o, 2 * s[c]^2 / w)\nm[c] ~ Normal(t, r^2)\nt ~ Normal(0.7, 2)\n"
       "r^2 ~ InverseGamma(3, 2)\ns[c]^2 ~ InverseGamma(3, q)\nq ~ Gamma(3, 2)\n"},
      {"a mixture of regressions beside effects of groups, its probabilities by group",
       "X = [1, x1]\nlatent c : factor(3)\nc ~ Categorical(p[k])\np[k] ~ Dirichlet(2)\n"
       "y ~ Normal(X * b[c] + a[g] + d * x2, s^2)\nb[c] ~ Normal([1; 0], I(2))\n"
       "a[g] ~ Normal(0, v)\nv ~ InverseGamma(3, 2)\nd ~ Normal(0, 2)\ns^2 ~ InverseGamma(3, 2)\n"},
      {"two responses of one component: a vector and a probability",
       "latent c : factor(2)\nc ~ Categorical([0.3, 0.7])\n[x1, x2] ~ Normal(m[c], S[c])\n"
       "m[c] ~ Normal([1; 0], 2 * I(2))\nS[c] ~ InverseWishart(6, [2, 0.3; 0.3, 1])\n"
       "hit ~ Bernoulli(f[c])\nf[c] ~ Beta(2, 3)\n"},
      {"mixtures of counts, and of t errors",
       "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([2, 1])\nhits ~ Poisson(w * r[c])\n"
       "r[c] ~ Gamma(3, 2)\nlatent d : factor(2)\nd ~ Categorical([0.5, 0.5])\n"
       "y ~ StudentT(4, m[d] + x1, s)\nm[d] ~ Normal(2 * (d == \"2\"), 2)\ns^2 ~ InverseGamma(3, "
       "2)\n"},
      {"a mixture of logit regressions",
       "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([2, 2])\n"
       "hit ~ Bernoulli(logit = b[c] * x1 - o)\nb[c] ~ Normal(0.5, 2)\n"},
  };
  return models;
}

inline std::string joint_table() {
  std::uint64_t state = 20041;
  const auto next = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) * 0x1p-53;
  };
  std::string text = "g,h,k,x1,x2,o,w,y,z,hit,hits,trials,grade\n";
  for (std::size_t i = 0; i < 12; ++i) {
    text += fmt::format("g{},h{},k{},{:.3f},{:.3f},{:.3f},{:.3f}", i % 4, i / 4, i % 4 / 2,
                        2 * next() - 0.7, 2 * next() - 1.2, 3 * next() - 1, 0.5 + 2 * next());
    const auto wave = [&](double x) { return fmt::format("{:.3f}", 1 + 2 * std::sin(x)); };
    text += fmt::format(",{},{},1,1,{},{}\n", i == 5 ? "NA" : wave(3.0 * static_cast<double>(i)),
                        i == 8 ? "NA" : wave(5.0 * static_cast<double>(i)), 1 + i % 4, 1 + i % 3);
  }
  return text;
}

}  // namespace lmmdsl::testing
