// For every conjugacy rule: log joint(a) - log joint(b) = log conditional(a) - log conditional(b),
// the joint by the reference evaluator, on models with coefficients that are not 1, offsets that
// are not 0, weights, shared targets, several plates and every size. A rule without a model here
// fails.

#include <set>
#include <string>
#include <vector>

#include "compiler/rules/conjugacy.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

struct Site {
  const char* claim;
  const char* model;
};

const char* kColumns =
    "data y, z, x1, x2, x3, x4, x5, o : real\ndata w : real > 0\ndata g, h, k : factor\n";

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

// The identity is no formality: each natural parameter of each conditional, spoilt, fails it.
TEST_CASE("the identity finds a wrong natural parameter") {
  for (const Site& site : kSites) {
    Program program = must(compile(text("site.lmm", std::string(kColumns) + site.model)));
    for (std::size_t c = 0; c < program.conditionals.size(); ++c) {
      for (int which = 0; which < 2; ++which) {
        Program spoilt = program;
        Expr& parameter = spoilt.conditionals[c].parameters[which];
        if (is_zero(parameter)) continue;
        parameter = multiply({number(1.01), parameter});
        spoilt.plan = lower(*spoilt.model, spoilt.conditionals, spoilt.schedule);
        const Bound bound =
            must(bind(std::move(spoilt), must(read_table(text("site.csv", site_table())))));
        const CheckReport report = check_identities(bound, 5, 3);
        CAPTURE(site.claim, (*bound.program->model)[program.conditionals[c].target].name, which);
        CHECK(report.identities[c].largest_discrepancy > 1e-6);
      }
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
