// For every conjugacy rule: log joint(a) - log joint(b) = log conditional(a) - log conditional(b),
// the joint by the reference evaluator, on models with coefficients that are not 1, offsets that
// are not 0, weights, shared targets, several plates and every size. A rule without a model here
// fails.

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "compiler/derive/steps.h"
#include "compiler/math/render.h"
#include "compiler/rules/conjugacy.h"
#include "runtime/draw_kind.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/machine.h"
#include "support/catch.h"
#include "support/printed_value.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

struct Site {
  const char* claim;
  const char* model;
};

const char* kColumns =
    "data y, z, x1, x2, x3, x4, x5, o : real\ndata w : real > 0\ndata g, h, k : factor\n"
    "data hits, trials : count\ndata hit : binary\n";

const std::vector<Site> kSites = {
    {"a scalar mean with coefficient, offset and weight",
     "y ~ Normal(2.5 * o - 3 * x1 * m + 1.5, 4 * v / w)\n"
     "m ~ Normal(0.7, 2.3)\nv ~ InverseGamma(2.5, 1.7)\n"},
    {"a vector mean, p = 2, with a component used apart",
     "X = [1, x1]\ny ~ Normal(X * b + 0.5 * b[2] * x2 - o, v)\n"
     "b ~ Normal([0.3; -1.2], [2, 0.4; 0.4, 1.5])\nv ~ InverseGamma(2, 3)\n"},
    {"one coefficient vector in two likelihoods",
     "X = [1, x1, x2]\ny ~ Normal(X * b, v)\nz ~ Normal(2 * o - 0.5 * (X * b), 3 * v)\n"
     "b ~ Normal([0; 1; 2], 4 * I(3))\nv ~ InverseGamma(2, 3)\n"},
    {"group vectors, p = 3, with a mean that is a regression",
     "X = [1, x1, x2]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(2 * t - [1; 2; 3], S)\n"
     "t ~ Normal([1; 0; -1], 5 * I(3))\nS ~ InverseWishart(5.5, [2, 0.3, 0; 0.3, 1, 0.1; 0, 0.1, "
     "3])\n"
     "s^2 ~ InverseGamma(2, 3)\n"},
    {"group vectors, p = 5, precision matrix",
     "X = [x1, x2, x3, x4, x5]\ny ~ Normal(X * b[g], 1 / tau)\nb[g] ~ Normal(t, inv(Om))\n"
     "t ~ Normal(0, 5 * I(5))\nOm ~ Wishart(7.5, 0.3 * I(5))\ntau ~ Gamma(2, 3)\n"},
    {"a covariance scaled by known numbers, prior on the inverse",
     "X = [1, x1]\nn[g] = count(y, by g)\ny ~ Normal(X * b[g], s^2)\n"
     "b[g] ~ Normal(t, 2.5 * S / n[g])\n"
     "t ~ Normal([1; 2], 3 * I(2))\ninv(S) ~ Wishart(4.5, [1, 0.2; 0.2, 2])\n"
     "1/s^2 ~ Gamma(2, 3)\n"},
    {"crossed and nested effects",
     "y ~ Normal(mu + a[g] + 1.5 * x1 * c[h] + d[g, h], v)\na[g] ~ Normal(2 * m[k] - 1, va)\n"
     "m[k] ~ Normal(0.5, 3)\nc[h] ~ Normal(mu / 2, vc)\nd[g, h] ~ Normal(0, vd)\nmu ~ Normal(1, "
     "9)\n"
     "v ~ InverseGamma(2, 3)\nva ~ InverseGamma(3, 2)\nvc ~ ScaledInverseChiSquare(5, 1.3)\n"
     "vd ~ InverseGamma(3, 1)\n"},
    {"a shared standard deviation and its square",
     "y ~ Normal(m, s^2)\nz ~ Normal(m / 2, sd = 3 * s)\nm ~ Normal(0, precision = 0.3)\n"
     "s^2 ~ InverseGamma(2, 3)\n"},
    {"group variances with a gamma rate above them",
     "y ~ Normal(m, s[g]^2)\nm ~ Normal(0, 9)\ns[g]^2 ~ InverseGamma(2.5, 1.5 * b)\nb ~ Gamma(2, "
     "3)\n"},
    {"group precisions with a gamma rate above them",
     "y ~ Normal(m, 2 / t[g])\nm ~ Normal(0, 9)\nt[g] ~ Gamma(2.5, 1.5 * b)\nb ~ Gamma(2, 3)\n"},
    {"group precisions with an inverse-gamma scale above them",
     "y ~ Normal(m, 2 / t[g])\nm ~ Normal(0, 9)\nt[g] ~ Gamma(2.5, 1.5 / q)\nq ~ InverseGamma(2, "
     "3)\n"},
    {"group variances with an inverse-gamma above them",
     "y ~ Normal(m, v[g])\nm ~ Normal(0, 9)\nv[g] ~ InverseGamma(2.5, 1.5 / q)\nq ~ "
     "InverseGamma(2, 3)\n"},
    {"group variances, scaled inverse chi-square, with a gamma above them",
     "y ~ Normal(m, v[g])\nm ~ Normal(0, 9)\nv[g] ~ ScaledInverseChiSquare(4.5, 1.5 * q)\nq ~ "
     "Gamma(2, 3)\n"},
    {"an inverse-Wishart scale with a Wishart above it",
     "X = [1, x1]\ny ~ Normal(X * b[g], 2)\nb[g] ~ Normal(0, S)\nS ~ InverseWishart(4.5, 1.7 * R)\n"
     "R ~ Wishart(3.5, [1, 0.2; 0.2, 2])\n"},
    {"an inverse-Wishart scale with an inverse-Wishart above it",
     "X = [1, x1]\ny ~ Normal(X * b[g], 2)\nb[g] ~ Normal(0, S)\nS ~ InverseWishart(4.5, 1.7 * "
     "inv(R))\n"
     "R ~ InverseWishart(3.5, [1, 0.2; 0.2, 2])\n"},
    {"a Wishart scale with an inverse-Wishart above it",
     "X = [1, x1]\ny ~ Normal(X * b[g], 2)\nb[g] ~ Normal(0, inv(W))\nW ~ Wishart(4.5, 1.7 * R)\n"
     "R ~ InverseWishart(3.5, [1, 0.2; 0.2, 2])\n"},
    {"a Wishart scale with a Wishart above it",
     "X = [1, x1]\ny ~ Normal(X * b[g], 2)\nb[g] ~ Normal(0, inv(W))\nW ~ Wishart(4.5, 1.7 * "
     "inv(R))\n"
     "R ~ Wishart(3.5, [1, 0.2; 0.2, 2])\n"},
    {"two responses with a covariance, a design for each component and offsets",
     "B = [1, x1, 0; 0, x2, 1]\n[y, z] ~ Normal(B * b[g] + [o; 2 * o], 1.5 * S)\n"
     "b[g] ~ Normal(m, 2 * I(3))\nm ~ Normal(0, 9 * I(3))\nS ~ InverseWishart(4.5, [2, 0.3; 0.3, "
     "1])\n"},
    {"rows gathered over a second factor",
     "data t : factor\nX = [1, x1]\ny[g] over t ~ Normal(X[g] * b, S)\nb ~ Normal([1; 2], 4 * "
     "I(2))\n"
     "S ~ InverseWishart(11, 2 * I(8))\n"},
    {"vectors with independent components, each with a variance of its own",
     "X = [1, x1, x2]\ny ~ Normal(X * b[g], v)\n"
     "b[g] ~ Normal(2 * t - [1; 2; 3], diag(s1^2, 2 * v2, v2 / 3))\n"
     "t ~ Normal([1; 0; -1], 5 * I(3))\ns1^2 ~ InverseGamma(2.5, 1.5)\n1/v2 ~ Gamma(2, 3)\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"two responses with independent components, weights and a flat standard deviation",
     "B = [1, x1; 1, x2]\n[y, z] ~ Normal(B * b + [o; 2 * o], diag(s1[g]^2, s2^2) / w)\n"
     "b ~ Normal([1; 2], 4 * I(2))\ns1[g]^2 ~ InverseGamma(2.5, r)\nr ~ Gamma(2, 3)\n"
     "s2 ~ Flat()\n"},
    {"rows gathered over a second factor, one variance for all",
     "data t : factor\nX = [1, x1]\ny[g] over t ~ Normal(X[g] * b, v)\nb ~ Normal([1; 2], 4 * "
     "I(2))\nv ~ InverseGamma(2, 3)\n"},
    {"a prior scaled by the error variance",
     "X = [1, x1, x2]\ny ~ Normal(X * b, v)\nb ~ Normal([1; 2; 3], v * [2, 0.3, 0; 0.3, 1, 0.1; 0, "
     "0.1, 3])\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"flat priors on locations, a standard deviation and a logarithm",
     "X = [1, x1]\ny ~ Normal(X * b, s^2)\nz ~ Normal(m, r^2)\nb ~ Flat()\ns ~ Flat()\nm ~ Flat()\n"
     "log(r) ~ Flat()\n"},
    {"flat priors on a variance and a precision",
     "y ~ Normal(m, v)\nz ~ Normal(m, 1 / t)\nm ~ Normal(0, 2)\nv ~ Flat()\nt ~ Flat()\n"},
    {"a flat prior on a covariance",
     "param S : covariance(2)\nX = [1, x1]\ny ~ Normal(X * b[g], 2)\nb[g] ~ Normal(0, S)\nS ~ "
     "Flat()\n"},
    {"a product of parameters, linear in each",
     "y ~ Normal(l * f[g] - o, v)\nf[g] ~ Normal(0.5, 1)\nl ~ Normal(1, 2)\nv ~ InverseGamma(2, "
     "3)\n"},
    {"brackets of scalars as a vector's mean and a transposed product",
     "X = [1, x1]\ny ~ Normal(X * b[g], v)\nb[g] ~ Normal([a1; 2 * a2 - 1], 3 * I(2))\n"
     "a1 ~ Normal(0, 2)\na2 ~ Normal(1, 3)\nv ~ InverseGamma(2, 3)\nz ~ Normal(c' * [1.5; -2] + o, "
     "2)\n"
     "c ~ Normal([1; 2], [2, 0.5; 0.5, 1])\n"},
    {"a variance in the mean and in the variance",
     "y ~ Normal(2 * m + 1.5 * v - o, 3 * v / w)\nm ~ Normal(0, 4)\nv ~ InverseGamma(2, 3)\n"},
    {"a variance in one density, its inverse in another; gamma on a variance",
     "y ~ Normal(0, s^2)\nz ~ Normal(1, 2 / s^2)\ns^2 ~ InverseGamma(2, 3)\nx1 ~ Normal(0, v)\n"
     "v ~ Gamma(2, 3)\n"},
    {"standard deviations: half-Cauchy, half-t, half-normal, exponential, uniform, with rates "
     "above",
     "y ~ Normal(m[g], s1^2 / w)\nz ~ Normal(2 * a[h] - o, 3 * s2^2)\nm[g] ~ Normal(1, s3^2)\n"
     "a[h] ~ Normal(0, sd = s4)\nx1 ~ Normal(0, s5^2)\ns1 ~ HalfCauchy(2.5)\ns2 ~ HalfT(3, A)\n"
     "A^2 ~ InverseGamma(2, 1)\n"
     "s3 ~ HalfNormal(1.5)\ns4 ~ Exponential(r)\nr ~ Gamma(2, 3)\ns5 ~ Uniform(0.5, 20)\n"},
    {"exponential precisions with a mean above them",
     "y ~ Normal(m, 1 / t[g])\nm ~ Normal(0, 4)\nt[g] ~ Exponential(1.5 / a)\na ~ InverseGamma(2, "
     "3)\n"},
    {"bounds: a slope, a precision, a variance, a half-normal and an exponential slope",
     "y ~ Normal(b * x1 + e * x3 - f * x2, 1 / t)\nb ~ Normal(0.5, 2, lower = 0, upper = 3)\n"
     "e ~ HalfNormal(2)\nf ~ Exponential(0.7)\nt ~ Pareto(1.5, 0.01)\nz ~ Normal(u, v)\n"
     "u ~ Uniform(-3, 3)\nv ~ InverseGamma(2, 3, lower = 0.5)\n"},
    {"t errors with weights, degrees of freedom on a grid and a scale for each group",
     "X = [1, x1]\ny ~ StudentT(nu, X * b + 2 * o, 1.5 * s[g])\nb ~ Normal([1; 2], 4 * I(2))\n"
     "s[g]^2 ~ InverseGamma(2, 3)\nnu ~ Grid([1, 2, 4, 8], [1, 2, 2, 1])\n"},
    {"Laplace errors with a scale and with a rate",
     "y ~ Laplace(2 * m - o, 1.5 * b)\nz ~ Laplace(m + x1, 2 / r)\nm ~ Normal(0, 4)\n"
     "b ~ InverseGamma(2, 3)\nr ~ Gamma(2, 3)\n"},
    {"quantile regressions with a scale and with a rate",
     "X = [1, x1]\ny ~ AsymmetricLaplace(0.25, X * b - o, 2 * s)\n"
     "z ~ AsymmetricLaplace(0.9, X * b, 3 / r)\nb ~ Normal([1; 2], 4 * I(2))\n"
     "s ~ InverseGamma(2, 3)\nr ~ Gamma(2, 3)\n"},
    {"coefficients with t and Laplace priors",
     "X = [x1, x2, x3]\ny ~ Normal(X * b + X * d + e[g], v)\nb ~ StudentT(4, 0, 2)\n"
     "d ~ Laplace(0, l)\nl ~ InverseGamma(2, 3)\ne[g] ~ StudentT(5, 1, 0.7)\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"Laplace vectors with a half-Cauchy, a half-normal, a uniform and an inverse-gamma scale",
     "X = [x1, x2, x3]\ny ~ Normal(X * b + X * c + X * d + X * e, v)\nb ~ Laplace(0, 1.5 * l)\n"
     "l ~ HalfCauchy(2)\nc ~ Laplace(1, m / 2)\nm ~ HalfNormal(1.5)\nd ~ Laplace(0, n)\n"
     "n ~ Uniform(0.5, 3)\ne ~ Laplace(0, 2 / q)\nq^2 ~ InverseGamma(2, 3)\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"a horseshoe of a vector, one of group effects",
     "X = [x1, x2, x3]\ny ~ Normal(X * b + a[g], v)\nb ~ Horseshoe(1.5)\na[g] ~ Horseshoe(0.7)\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"a spike and slab of a vector and of a scalar, in three likelihoods",
     "X = [x1, x2, x3]\ny ~ Normal(2 * (X * b) - o, v)\nhit ~ Bernoulli(logit = X * b + d * x4)\n"
     "hits ~ Binomial(trials, probit = 0.5 * (X * b) + o)\nb ~ SpikeSlab(0.4, 2)\nd ~ "
     "SpikeSlab(0.3, 1.5)\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"a covariance with half-t standard deviations",
     "X = [1, x1]\ny ~ Normal(X * b[g], 2)\nb[g] ~ Normal(0, 1.5 * S)\nS ~ HuangWand(2, [1.5, "
     "2])\n"},
    {"logit regressions of trials and of a binary response",
     "hits ~ Binomial(trials, logit = 2 * m - o + a[g] * x1)\nhit ~ Bernoulli(invlogit(m + 0.5 * "
     "o))\n"
     "m ~ Normal(0, 4)\na[g] ~ Normal(0.5, t^2)\nt ~ HalfCauchy(1)\n"},
    {"probit regressions of trials and of a binary response",
     "hits ~ Binomial(trials, Phi(2 * m - o + a[g] * x1))\nhit ~ Bernoulli(probit = m + 0.5 * o)\n"
     "m ~ Normal(0, 4)\na[g] ~ Normal(0.5, 2)\n"},
    {"a negative binomial regression with an offset",
     "hits ~ NegativeBinomial(exp(0.3 * m + o / 4 + a[g]), 2.5)\nm ~ Normal(0, 4)\n"
     "a[g] ~ Normal(0.5, 2)\n"},
    {"Poisson rates with exposures, in groups",
     "hits ~ Poisson(2 * r[g] * w)\nr[g] ~ Gamma(2, 1.5 * b)\nb ~ Gamma(2, 3)\n"},
    {"probabilities with beta priors",
     "hits ~ Binomial(trials, p[g])\nhit ~ Bernoulli(p2)\np[g] ~ Beta(2, 3)\np2 ~ Beta(1.5, "
     "0.7)\n"},
    {"coefficients that are constants picked by labels, and the same for several levels",
     "m = mean(x1, by g, h)\nc[g, h] = m[g, \"h3\"]\n"
     "y ~ Normal(2 * o - 3 * m[g, \"h2\"] * b[h] + c[g, h] * d, 4 * v / exp(m[\"g1\", h]))\n"
     "b[h] ~ Normal(0.5 - m[\"g4\", h] * d, 2)\nd ~ Normal(1, 2)\nv ~ InverseGamma(2, 3)\n"},
    {"probabilities with uniform priors",
     "hits ~ Binomial(trials, p[g])\nhit ~ Bernoulli(p2)\np[g] ~ Uniform(0, 1)\n"
     "p2 ~ Uniform(0, 1)\n"},
    {"probabilities of levels, for all rows and in groups, one number for all a",
     "h ~ Categorical(u)\nu ~ Dirichlet(1.5)\nk ~ Categorical(q[g])\nq[g] ~ Dirichlet([1, 2, "
     "0.5])\n"},
    {"a mixture: means, variances and probabilities, with coefficients, offset and weight",
     "latent c : factor(3)\nc ~ Categorical(p)\np ~ Dirichlet([1, 2, 0.5])\n"
     "y ~ Normal(2.5 * o - 3 * x1 * m[c] + 1.5, 4 * s[c]^2 / w)\nz ~ Normal(m[c] / 2 - x2, 3)\n"
     "m[c] ~ Normal(t, r^2)\nt ~ Normal(0.7, 2.3)\nr^2 ~ InverseGamma(2, 3)\n"
     "s[c]^2 ~ InverseGamma(2.5, 1.5 * q)\nq ~ Gamma(2, 3)\n"},
    {"a mixture of regressions beside effects of groups, its probabilities by group",
     "X = [1, x1]\nlatent c : factor(2)\nc ~ Categorical(p[h])\np[h] ~ Dirichlet(2)\n"
     "y ~ Normal(X * b[c] + a[g] + x2 * d, s^2)\nb[c] ~ Normal(t, S)\nt ~ Normal([1; 0], 5 * "
     "I(2))\n"
     "S ~ InverseWishart(4.5, [1, 0.2; 0.2, 2])\na[g] ~ Normal(0, v)\nv ~ InverseGamma(2, 3)\n"
     "d ~ Normal(0, 4)\ns^2 ~ InverseGamma(2, 3)\n"},
    {"a mixture of vectors, with a covariance matrix each",
     "latent c : factor(2)\nc ~ Categorical([0.3, 0.7])\n[y, z] ~ Normal(m[c] + [o; x1], 1.5 * "
     "S[c])\n"
     "m[c] ~ Normal([1; 2], 4 * I(2))\nS[c] ~ InverseWishart(4.5, [2, 0.3; 0.3, 1])\n"},
    {"mixtures of counts, of probabilities and of t errors, each with components of its own",
     "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([1, 2])\n"
     "hits ~ Poisson(w * r[c])\nr[c] ~ Gamma(2, 1.5)\nhit ~ Bernoulli(f[c])\nf[c] ~ Beta(2, 3)\n"
     "latent d : factor(2)\nd ~ Categorical([0.5, 0.5])\n"
     "y ~ StudentT(4, m[d] + x1, 1.5 * s)\nm[d] ~ Normal(3 - 2 * (d == \"1\"), 4)\ns^2 ~ "
     "InverseGamma(2, 3)\n"},
    {"a mixture of censored values",
     "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([1, 2])\n"
     "censored(y, below = 2, above = 6) ~ Normal(m[c] - o, v[c])\n"
     "m[c] ~ Normal(3 * (c == \"2\"), 4)\nv[c] ~ InverseGamma(2, 3)\n"},
    {"a mixture of logit regressions",
     "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([1, 2])\n"
     "hit ~ Bernoulli(logit = b[c] * x1 - 0.5 * o)\nb[c] ~ Normal(0.5, 4)\n"},
    {"a truncated response with weights and effects of groups",
     "y ~ Normal(2 * m - o + a[g], v * 3 / w, lower = y - 1)\nm ~ Normal(0, 4)\n"
     "a[g] ~ Normal(0.5, 2)\nv ~ InverseGamma(2, 3)\n"},
    {"a response truncated on both sides, with a precision and a slope with a spike",
     "z ~ Normal(m + 0.5 * x1 * b, 2 / t, lower = z - 4, upper = z + 3 + w)\nm ~ Normal(0, 4)\n"
     "b ~ SpikeSlab(0.4, 2)\nt ~ Gamma(2, 3)\n"},
    {"a truncated response whose mean mentions its variance",
     "y ~ Normal(2 * m + 1.5 * v - o, 3 * v / w, lower = y - 1)\nm ~ Normal(0, 4)\n"
     "v ~ InverseGamma(2, 3)\n"},
    {"a mixture of truncated values",
     "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet([1, 2])\n"
     "y ~ Normal(m[c] - o, v[c], upper = y + 3)\n"
     "m[c] ~ Normal(3 * (c == \"2\"), 4)\nv[c] ~ InverseGamma(2, 3)\n"},
    {"a censored response",
     "censored(y, below = 2, above = 6) ~ Normal(2 * m - o, v)\nm ~ Normal(0, 4)\n"
     "v ~ InverseGamma(2, 3)\n"},
};

TEST_CASE("every full conditional belongs to the joint density") {
  std::set<std::string> covered;
  for (const Site& site : kSites) {
    for (const double shift : {0.0, 1e4}) {
      CAPTURE(site.claim, shift);
      const Bound bound = bind_texts(text("site.lmm", std::string(kColumns) + site.model),
                                     text("site.csv", site_table(shift)));
      for (const Conditional& c : bound.program->conditionals) {
        for (const Contribution& l : c.likelihood) covered.insert(l.rule);
      }
      const CheckReport report = check_identities(bound, 20, 7);
      for (const IdentityResult& r : report.identities) {
        CAPTURE((*bound.program->model)[r.parameter].name);
        CHECK(r.states == 20);
        CHECK(r.largest_discrepancy < 1e-8);
      }
    }
  }
  for (const RuleInfo& rule : rule_infos()) {
    CAPTURE(rule.name);
    CHECK(covered.count(rule.name) == 1);
  }
}

/// The table with every seventh y and every fifth z missing, both in row 35, and no row for t8 in
/// g1.
std::string table_with_gaps() {
  std::istringstream lines(site_table());
  std::string result, line;
  for (int row = 0; std::getline(lines, line); ++row) {
    if (line.starts_with("g1,") && line.find(",t8,") != line.npos) continue;
    const auto z = line.rfind(','), y = line.rfind(',', z - 1);
    if (row > 0 && row % 5 == 0) line.replace(z + 1, line.npos, "NA");
    if (row > 0 && row % 7 == 0) line.replace(y + 1, z - y - 1, "NA");
    result += line + "\n";
  }
  return result;
}

TEST_CASE("missing components of vectors leave conditionals in the joint density of the rest") {
  const std::vector<Site> sites = {
      {"a covariance, a design for each component and offsets",
       "B = [1, x1, 0; 0, x2, 1]\n[y, z] ~ Normal(B * b[g] + [o; 2 * o], 1.5 * S / w)\n"
       "b[g] ~ Normal(m, 2 * I(3))\nm ~ Normal(0, 9 * I(3))\n"
       "S ~ InverseWishart(4.5, [2, 0.3; 0.3, 1])\n"},
      {"a precision matrix for each group, and one more response with it",
       "[y, z] ~ Normal([m; 2 * m], 2 * inv(P[k]))\n[x1, x2] ~ Normal(n, 3 * inv(P[k]))\n"
       "m ~ Normal(0, 9)\nn ~ Normal(0, 9 * I(2))\nP[k] ~ Wishart(3.5, [1, 0.2; 0.2, 2])\n"},
      {"a known correlation and one variance",
       "[y, z] ~ Normal(m[g], s^2 * [1, 0.5; 0.5, 2] / w)\nm[g] ~ Normal(0, 9 * I(2))\n"
       "s^2 ~ InverseGamma(2, 3)\n"},
      {"independent components",
       "[y, z] ~ Normal(m, diag(v1[h], 2 / v2))\nm ~ Normal(0, 9 * I(2))\n"
       "v1[h] ~ InverseGamma(2, 3)\nv2 ~ Gamma(2, 3)\n"},
      {"a mixture of vectors, one covariance for all",
       "latent c : factor(2)\nc ~ Categorical(p)\np ~ Dirichlet(2)\n[y, z] ~ Normal(m[c] + [o; "
       "x1], S / w)\nm[c] ~ Normal([1; 2], 4 * I(2))\nS ~ InverseWishart(4.5, [2, 0.3; 0.3, 1])\n"},
      {"rows gathered over a factor, some absent",
       "data t : factor\ny[g] over t ~ Normal(m[k], S)\nm[k] ~ Normal(1, 9 * I(8))\n"
       "S ~ InverseWishart(11, 2 * I(8))\n"},
  };
  for (const Site& site : sites) {
    CAPTURE(site.claim);
    const Bound bound = bind_texts(text("site.lmm", std::string(kColumns) + site.model),
                                   text("gaps.csv", table_with_gaps()));
    bool incomplete = false;
    for (const Density& d : bound.program->model->densities) incomplete |= d.observed != nullptr;
    CHECK(incomplete);
    const CheckReport report = check_identities(bound, 20, 7);
    for (const IdentityResult& r : report.identities) {
      CAPTURE((*bound.program->model)[r.parameter].name);
      CHECK(r.states == 20);
      CHECK(r.largest_discrepancy < 1e-8);
    }
  }
}

// The identity is no formality: each natural parameter of each conditional, spoilt, fails it.
TEST_CASE("the identity finds a wrong natural parameter") {
  for (const Site& site : kSites) {
    Program program = must(compile(text("site.lmm", std::string(kColumns) + site.model)));
    for (std::size_t c = 0; c < program.conditionals.size(); ++c) {
      const int natural = static_cast<int>(program.conditionals[c].parameters.size());
      for (int which = 0; which < std::min(2, natural); ++which) {
        Program spoilt = program;
        Expr& parameter = spoilt.conditionals[c].parameters[which];
        // PG(b, z) has a density relative to PG(b, 0); values of a grid are not computed.
        const UpdateFamily family = spoilt.conditionals[c].family;
        const bool apart = family == UpdateFamily::polya_gamma || family == UpdateFamily::discrete;
        if (is_zero(parameter) || (which == 0 && apart)) continue;
        parameter = multiply({number(1.01), parameter});
        spoilt.plan = lower(*spoilt.model, spoilt.conditionals, spoilt.schedule);
        const Bound bound =
            must(bind(std::move(spoilt), must(read_table(text("site.csv", site_table())))));
        const CheckReport report = check_identities(bound, 20, 3);
        CAPTURE(site.claim, (*bound.program->model)[program.conditionals[c].target].name, which);
        CHECK_FALSE(report.identities[c].largest_discrepancy <= 1e-6);
      }
    }
  }
}

/// The sum of an expression over the elements of a plate, by the reference evaluator.
double total(const Bound& bound, const State& state, const Expr& e, const Plate& plate) {
  const Evaluator oracle(*bound.program->model, *bound.data);
  if (is_zero(e)) return 0;
  return oracle.evaluate(plate.once() ? e : sum_over(e, plate, once_plate()), state, 0)(0, 0);
}

// What `explain --detail full` prints line by line: between two values of the parameter, every line
// of a density has the same difference, that of the log density by the reference formulas; and so
// have the lines of their sum.
TEST_CASE("every step of a derivation is the step before, up to a constant") {
  for (const Site& site : kSites) {
    const Bound bound = bind_texts(text("site.lmm", std::string(kColumns) + site.model),
                                   text("site.csv", site_table(0.0)));
    const Model& model = *bound.program->model;
    const Evaluator oracle(model, *bound.data);
    Machine machine(*bound.plan), other(*bound.plan);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    REQUIRE(start(*bound.plan, other, 5, 1, failed));
    const State a = machine.state();
    for (const Conditional& c : bound.program->conditionals) {
      State b = a;
      b.values[c.target] = other.state().values[c.target];
      CAPTURE(site.claim, model[c.target].name);
      const auto difference = [&](const Expr& e, const Plate& plate) {
        return total(bound, b, e, plate) - total(bound, a, e, plate);
      };
      double sum = 0;
      const auto agrees = [&](double found, double expected) {
        return std::abs(found - expected) <= 1e-9 * (1 + std::abs(expected) + std::abs(sum));
      };
      const Steps steps = derive_steps(model, c, {"a1", "a2", "a3", "a4"});
      for (const DensitySteps& s : steps.densities) {
        const Density& d = density_at(model, s.density);
        CAPTURE(d.span.begin);
        const double expected = difference(s.log, d.plate);
        const bool another_scale = &s == &steps.densities.front() &&
                                   (!same(d.value, c.quantity) || d.family == FamilyId::flat);
        if (!another_scale && s.component == 0) {
          CHECK(agrees(expected, oracle.log_density(d, b) - oracle.log_density(d, a)));
        }
        CHECK(agrees(difference(s.kept, d.plate), expected));
        CHECK(agrees(difference(s.collected, d.plate), expected));
        CHECK(agrees(difference(s.summed, c.plate), expected));
        for (const Expr& e : s.dropped) CHECK_FALSE(mentions(e, c.target));
        sum += expected;
      }
      const auto& p = c.parameters;
      CHECK(agrees(difference(info(c.family).log_kernel(c.quantity, p), c.plate), sum));
      if (c.family == UpdateFamily::normal) {
        CHECK(agrees(difference(completed_square(c.quantity, p[0], p[1]), c.plate), sum));
      }
    }
  }
}

/// Whether rows are gathered into vectors: the text does not say their order.
bool gathers(const Expr& e) {
  return e->op == Op::gather || std::any_of(e->args.begin(), e->args.end(), gathers);
}

/// A row in an element of a plate; none where a level of an unobserved factor has none.
std::optional<std::size_t> row_in(const Plate& plate, const PlateElements& elements,
                                  const State& state, std::size_t element) {
  if (plate.once()) return 0;
  if (!plate.latent) return static_cast<std::size_t>(elements.representative[element]);
  const std::vector<double>& levels = state.values[plate.factors[0]];
  const auto found = std::find(levels.begin(), levels.end(), static_cast<double>(element + 1));
  if (found == levels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - levels.begin());
}

// The text of a natural parameter, as `explain` and `--stage conditionals` print it, read back and
// evaluated by the rules of the language, is the number from which the sampler draws.
TEST_CASE("what is printed of a conditional is what runs") {
  int compared = 0;
  for (const Site& site : kSites) {
    const Bound bound = bind_texts(text("site.lmm", std::string(kColumns) + site.model),
                                   text("site.csv", site_table(0.0)));
    const Model& model = *bound.program->model;
    Machine machine(*bound.plan);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 9, 0, failed));
    machine.run_all();
    const State state = machine.state();
    const PrintedValue value(model, *bound.data, state);
    for (std::size_t which = 0; which < bound.program->conditionals.size(); ++which) {
      const Conditional& c = bound.program->conditionals[which];
      const StepReader parameters(*bound.plan, static_cast<int>(which));
      const PlateElements& elements = bound.data->plate(c.plate);
      for (std::size_t k = 0; k < c.parameters.size(); ++k) {
        const Expr& parameter = c.parameters[k];
        if (is_zero(parameter) || gathers(parameter)) continue;
        const std::string printed = render(parameter, &model);
        CAPTURE(site.claim, printed);
        const AstExpr tree = must(parse_expression(text("printed", printed)));
        for (std::size_t e = 0; e < elements.size; ++e) {
          const std::optional<std::size_t> row = row_in(c.plate, elements, state, e);
          if (!row) continue;
          const Eigen::MatrixXd expected = value(tree, *row);
          const double* found = parameters(machine, e)[k];
          for (Eigen::Index i = 0; i < expected.size(); ++i) {
            const double x = expected.data()[i];
            CHECK((found[i] == x ||  // infinite, too
                   std::abs(found[i] - x) <= 1e-9 * std::max(1.0, expected.cwiseAbs().maxCoeff())));
            ++compared;
          }
        }
      }
    }
  }
  CHECK(compared > 500);
}

}  // namespace
}  // namespace lmmdsl::testing
