// Each augmentation: the integral over the auxiliary variables of what stands in the model is the
// density that was stated, by quadrature, at a grid of arguments. Both sides by the oracle.

#include "compiler/rules/augmentation.h"

#include <boost/math/quadrature/exp_sinh.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/quadrature/sinh_sinh.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "runtime/evaluate.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// A model with one rewrite, one row of data, and values for its parameters.
struct Example {
  const char* model;
  std::vector<std::pair<const char*, std::vector<double>>> values;  ///< of scalars, one by one
  double power = 1;  ///< the rewrite is a density of the stated value to this power
};

class Rewritten {
 public:
  Rewritten(const Example& example, const char* table)
      : bound_(bind_texts(text("rewrite.lmm", example.model), text("row.csv", table))),
        model_(*bound_.program->model),
        oracle_(model_, *bound_.data) {
    REQUIRE(model_.rewrites.size() == 1);
    state_.values.resize(model_.symbols.size());
    for (const SymbolId p : model_.unknowns()) {
      const auto size = static_cast<std::size_t>(bound_.data->length(model_[p].shape.rows));
      state_.values[p].assign(size * (model_[p].symmetric ? size : 1), 1.0);
    }
  }

  const Rewrite& rewrite() const { return model_.rewrites.front(); }
  void set(const std::string& name, double x, std::size_t at = 0) {
    state_.values[static_cast<std::size_t>(model_.find(name))][at] = x;
  }
  double stated() const { return oracle_.log_density(model_.stated[rewrite().stated], state_); }

  /// Of the density and the priors of the auxiliary variables.
  double now() const {
    double sum = 0;
    if (rewrite().density >= 0)
      sum += oracle_.log_density(model_.densities[rewrite().density], state_);
    for (SymbolId a : rewrite().auxiliaries)
      sum += oracle_.log_density(model_.densities[model_[a].prior], state_);
    return sum;
  }

  /// Over all positive numbers of the auxiliary variable, component by component.
  double integral(std::size_t component = 0) {
    std::vector<double>& a = state_.values[static_cast<std::size_t>(rewrite().auxiliaries.front())];
    if (component == a.size()) return std::exp(now());
    boost::math::quadrature::exp_sinh<double> rule;
    const auto f = [&](double x) {
      a[component] = x;
      const double value = integral(component + 1);
      return std::isfinite(value) ? value : 0.0;
    };
    return rule.integrate(f, 1e-11);
  }

 private:
  Bound bound_;
  const Model& model_;
  Evaluator oracle_;
  State state_;
};

const char* kRow = "y,k,n\n1.3,2,5\n";
std::set<std::string> proved;

TEST_CASE("the integral over an auxiliary variable is the density that was stated") {
  const std::vector<Example> examples = {
      {"data y : real\ny ~ Normal(0, s^2)\ns ~ HalfCauchy(2.5)\n", {{"s", {0.01, 0.7, 3, 40}}}, 2},
      {"data y : real\ny ~ Normal(0, s^2)\ns ~ HalfT(3.5, 1.5)\n", {{"s", {0.01, 0.7, 3, 40}}}, 2},
      {"data y : real\ny ~ Normal(0, s^2)\ns ~ Exponential(0.8)\n", {{"s", {0.05, 0.7, 3, 9}}}, 2},
      {"data y : real\ny ~ StudentT(4, m, s)\nm ~ Normal(0, 9)\ns ~ HalfNormal(1)\n",
       {{"m", {-3, 1.2, 9}}, {"s", {0.3, 2}}}},
      {"data y : real\ny ~ Laplace(m, s)\nm ~ Normal(0, 9)\ns ~ InverseGamma(2, 1)\n",
       {{"m", {-3, 1.2, 4}}, {"s", {0.4, 2}}}},
      {"data y : real\ny ~ AsymmetricLaplace(0.2, m, s)\nm ~ Normal(0, 9)\ns ~ InverseGamma(2, "
       "1)\n",
       {{"m", {-3, 1.2, 4}}, {"s", {0.4, 2}}}},
      {"data y : real\ny ~ Normal(0, sum(b))\nb ~ Normal(0, S)\nS ~ HuangWand(2.5, [1.5, 0.7])\n",
       {}},
  };
  for (const Example& example : examples) {
    if (example.values.empty()) continue;
    CAPTURE(example.model);
    Rewritten r(example, kRow);
    proved.insert(r.rewrite().rule);
    std::vector<std::size_t> at(example.values.size(), 0);
    const std::function<void(std::size_t)> each = [&](std::size_t k) {
      if (k == example.values.size()) {
        const double x = example.values.front().second[at[0]];
        // d(x^j)/dx, where the density is one of the power.
        const double slope =
            example.power == 1 ? 1 : example.power * std::pow(x, example.power - 1);
        CAPTURE(x);
        CHECK(r.integral() * slope / std::exp(r.stated()) == Approx(1).epsilon(1e-8));
        return;
      }
      for (at[k] = 0; at[k] < example.values[k].second.size(); ++at[k]) {
        r.set(example.values[k].first, example.values[k].second[at[k]]);
        each(k + 1);
      }
    };
    each(0);
  }
}

TEST_CASE("a covariance: the integral over its scales") {
  Rewritten r({"data y, x : real\nX = [1, x]\ny ~ Normal(X * b, 1)\nb ~ Normal(0, S)\n"
               "S ~ HuangWand(2.5, [1.5, 0.7])\n",
               {}},
              "y,x\n1.3,2\n");
  proved.insert(r.rewrite().rule);
  for (const double correlation : {0.0, -0.8, 0.95}) {
    for (const double sd : {0.3, 2.0}) {
      r.set("S", sd * sd, 0);
      r.set("S", correlation * sd, 1);
      r.set("S", correlation * sd, 2);
      r.set("S", 1, 3);
      CHECK(r.integral() / std::exp(r.stated()) == Approx(1).epsilon(1e-7));
    }
  }
}

TEST_CASE("a latent variable: the integral over where it may lie") {
  const auto cdf = [](double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); };
  for (const double eta : {-2.0, 0.3, 4.0}) {
    for (const char* y : {"0", "1"}) {
      Rewritten r({"data y : binary\ny ~ Bernoulli(probit = m)\nm ~ Normal(0, 1)\n", {}},
                  (std::string("y\n") + y + "\n0\n1\n").c_str());
      proved.insert(r.rewrite().rule);
      r.set("m", eta);
      const double zero = std::log(cdf(-eta)), one = std::log(cdf(eta));
      CHECK(r.stated() == Approx((*y == '1' ? one : zero) + zero + one).epsilon(1e-12));
    }
    Rewritten r(
        {"data y : real\ncensored(y, below = 0, above = 2) ~ Normal(m, 1)\nm ~ Normal(0, 1)\n", {}},
        "y\n0\n1\n2\n");
    proved.insert(r.rewrite().rule);
    r.set("m", eta);
    const double inside = -0.5 * (std::log(2 * M_PI) + (1 - eta) * (1 - eta));
    CHECK(r.stated() ==
          Approx(std::log(cdf(-eta)) + inside + std::log(cdf(eta - 2))).epsilon(1e-12));
  }
  Rewritten r({"data k, n : count\nk ~ Binomial(n, probit = m)\nm ~ Normal(0, 1)\n", {}}, kRow);
  proved.insert(r.rewrite().rule);
  r.set("m", 0.4);
  CHECK(r.stated() ==
        Approx(std::log(10) + 2 * std::log(cdf(0.4)) + 3 * std::log(cdf(-0.4))).epsilon(1e-12));
}

// Of the draws beyond the limits the number, the mean and the sum of squares about it stand in the
// density; here the draws themselves. Those of a pair are integrated together, so that the mean and
// the squares count, and any further ones are alike: Q^K for K of them.
TEST_CASE("a truncated response: the sum over draws that were rejected") {
  struct Limits {
    const char* text;
    double lower, upper;
  };
  const double inf = std::numeric_limits<double>::infinity();
  for (const Limits& limits : {Limits{"lower = 0.5", 0.5, inf}, Limits{"upper = 2", -inf, 2},
                               Limits{"lower = 0.5, upper = 2", 0.5, 2}}) {
    for (const double m : {-1.0, 1.3, 3.0}) {
      Rewritten r({("data y : real\ny ~ Normal(m, s^2, " + std::string(limits.text) +
                    ")\nm ~ Normal(0, 1)\ns ~ Uniform(0.1, 3)\n")
                       .c_str(),
                   {}},
                  kRow);
      proved.insert(r.rewrite().rule);
      r.set("m", m);
      r.set("s", 0.8);
      const auto with = [&](double count, double mean, double squares) {
        r.set("r_y", count, 0);
        r.set("r_y", mean, 1);
        r.set("r_y", squares, 2);
        return std::exp(r.now());
      };
      // Over what lies beyond the limits.
      const auto beyond = [&](const std::function<double(double)>& f) {
        using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
        double sum = 0;
        if (limits.lower > -inf) sum += Rule::integrate(f, m - 9, limits.lower, 6, 1e-11);
        if (limits.upper < inf) sum += Rule::integrate(f, limits.upper, m + 9, 6, 1e-11);
        return sum;
      };
      const double none = with(0, 0, 0);
      const double one = beyond([&](double z) { return with(1, z, 0); });
      const double two = beyond([&](double z) {
        return beyond([&](double u) { return with(2, (z + u) / 2, (z - u) * (z - u) / 2); });
      });
      const double Q = one / none;
      CHECK(two / none == Approx(Q * Q).epsilon(1e-8));
      CHECK(none / (1 - Q) == Approx(std::exp(r.stated())).epsilon(1e-8));
    }
  }
}

TEST_CASE("an ordered response: the integral between its cuts") {
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<double> ends = {-inf, -0.5, 0.8, inf};
  for (const double eta : {-2.0, 0.3, 11.0}) {
    for (int k = 1; k <= 3; ++k) {
      Rewritten r({"data y : count\nparam c : vector(2)\ny ~ OrderedProbit(m, c)\n"
                   "m ~ Normal(0, 1)\nc ~ Normal(0, 1)\n",
                   {}},
                  ("y\n" + std::to_string(k) + "\n").c_str());
      proved.insert(r.rewrite().rule);
      r.set("m", eta);
      r.set("c", ends[1], 0);
      r.set("c", ends[2], 1);
      const double lower = ends[static_cast<std::size_t>(k - 1)],
                   upper = ends[static_cast<std::size_t>(k)];
      const auto at = [&](double z) {
        r.set("z_y", z);
        return std::exp(r.now());
      };
      CHECK(boost::math::quadrature::gauss_kronrod<double, 61>::integrate(
                at, lower, upper, 15, 1e-13) == Approx(std::exp(r.stated())).epsilon(1e-8));
      for (const double z : {lower - 0.01, upper + 0.01})
        if (std::isfinite(z)) CHECK(at(z) == 0);
    }
  }
}

// E exp(-omega psi^2/2) = cosh(psi/2)^-b for omega ~ PG(b, 0): the law of the generator is tested
// against it. Here: 2^-b exp(kappa psi) cosh(psi/2)^-b is what was stated, up to a constant.
TEST_CASE("a logistic form is a tilt and the transform of the Polya-Gamma law") {
  struct Logistic {
    const char* model;
    double b, kappa, shift;  ///< psi = m + shift
  };
  const std::vector<Logistic> forms = {
      {"data k, n : count\nk ~ Binomial(n, logit = m)\nm ~ Normal(0, 1)\n", 5, 2 - 2.5, 0},
      {"data k : count\nk ~ NegativeBinomial(exp(m), 3.5)\nm ~ Normal(0, 1)\n", 5.5, -0.75,
       -std::log(3.5)},
      {"data y : binary from \"b\"\ny ~ Bernoulli(logit = m)\nm ~ Normal(0, 1)\n", 1, 0.5, 0},
  };
  for (const Logistic& form : forms) {
    CAPTURE(form.model);
    Rewritten r({form.model, {}}, "y,k,n,b\n1.3,2,5,1\n");
    proved.insert(r.rewrite().rule);
    double first = 0;
    for (const double m : {-3.0, 0.2, 5.0}) {
      r.set("m", m);
      const double psi = m + form.shift;
      const double found = form.kappa * psi - form.b * std::log(std::cosh(psi / 2)) - r.stated();
      if (m == -3.0) first = found;
      CHECK(found == Approx(first).epsilon(1e-10));
      // What stands in the model is the tilt by omega = 1.
      CHECK(r.now() == Approx(form.kappa * psi - psi * psi / 2).epsilon(1e-12));
    }
  }
}

TEST_CASE("every augmentation is proved here, or by rows that are") {
  // Its scales are half-Cauchy, by the row half_cauchy.
  proved.insert("horseshoe");
  for (const Augmentation& row : augmentations()) {
    CAPTURE(row.info.name);
    CHECK(proved.count(row.info.name) == 1);
  }
}

}  // namespace
}  // namespace lmmdsl::testing
