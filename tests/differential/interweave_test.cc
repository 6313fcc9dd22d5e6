// A scale given standardised coefficients, against the oracle: between two points of the scale the
// step's log density differs as the log joint density does, and by the change of volume.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/interweave_step.h"
#include "runtime/sweep.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

struct Interweaved {
  const char* claim;
  const char* model;
  std::size_t steps;  ///< of scales with coefficients
};

const std::vector<Interweaved> kModels = {
    {"a standard deviation of effects, by its half-t prior",
     "y ~ Normal(2 * m + 1.5 * a[g] * x1 + o, v)\na[g] ~ Normal(0.5 * m - 1, (2 * tau)^2)\n"
     "m ~ Normal(1, 4)\ntau ~ HalfT(3, 0.7)\nv ~ InverseGamma(2, 1)\n",
     1},
    {"a precision between bounds",
     "y ~ Normal(a[g], v)\na[g] ~ Normal(m, precision = t / 3)\nm ~ Normal(0, 9)\n"
     "t ~ Gamma(2, 1, lower = 0.01, upper = 50)\nv ~ InverseGamma(2, 1)\n",
     1},
    {"a covariance matrix by its inverse",
     "X = [1, x1]\ny ~ Normal(X * b[g], v)\nb[g] ~ Normal(t, S)\nt ~ Normal(0, 5 * I(2))\n"
     "inv(S) ~ Wishart(5, [2, 0.3; 0.3, 1])\nv ~ InverseGamma(2, 3)\n",
     1},
    {"a covariance matrix, scaled",
     "X = [1, x1]\ny ~ Normal(X * b[g], v)\nb[g] ~ Normal(0, 2 * S)\n"
     "S ~ InverseWishart(5, I(2))\nv ~ InverseGamma(2, 3)\n",
     1},
    {"one variance of two coefficients, one of them a vector, and of the data",
     "X = [1, x1]\ny ~ Normal(X * b + a[g], v / w)\nb ~ Normal([1; 2], 3 * v * I(2))\n"
     "a[g] ~ Normal(0, v / 2)\nv ~ InverseGamma(2, 3)\n",
     1},
};

TEST_CASE("a scale given standardised coefficients has the density of the joint law") {
  const std::string head = "data x1, o, y : real\ndata w : real > 0\ndata g, h, k : factor\n";
  for (const Interweaved& c : kModels) {
    BindOptions options;
    options.schedule = "interweave";
    const Bound bound =
        bind_texts(text("m.lmm", head + c.model), text("d.csv", site_table()), options);
    const Model& model = *bound.program->model;
    const Evaluator oracle(model, *bound.data);
    std::size_t steps = 0;
    for (const PlanStep& step : bound.program->plan.steps) {
      if (!step.moved) continue;
      ++steps;
      CHECK_FALSE(step.fallback);
      Machine machine(*bound.plan);
      std::string failed;
      REQUIRE(start(*bound.plan, machine, 5, 0, failed));
      machine.run_all();
      InterweaveStep interweave(*bound.plan, machine, step);
      ScaleCoordinates coordinates(*bound.plan, step.targets, {});
      REQUIRE(interweave.standardise());
      const std::vector<double> here = interweave.point();
      // Log joint density, and the log volume of coefficients and scale.
      const auto expected = [&](const std::vector<double>& point) {
        double sum = oracle.log_joint(machine.state()) + coordinates.log_jacobian(point.data());
        for (const MovedValues::Coefficient& m : step.moved->coefficients) {
          const Conditional& moving = bound.program->conditionals[m.conditional];
          const Density& prior = model.densities[model[moving.target].prior];
          const std::size_t n = bound.data->plate(moving.plate).size;
          const Expr& variance = prior.args[1];
          REQUIRE(variance->plate.once());
          const Eigen::MatrixXd V = oracle.evaluate(variance, machine.state(), 0);
          sum += 0.5 * static_cast<double>(n) * std::log(V.determinant());
        }
        return sum;
      };
      const std::vector<double> before =
          machine.state()
              .values[bound.program->conditionals[step.moved->coefficients[0].conditional].target];
      const double first = interweave.log_density(here), first_expected = expected(here);
      const std::vector<double>& t =
          machine.state()
              .values[bound.program->conditionals[step.moved->coefficients[0].conditional].target];
      CAPTURE(c.claim);
      for (std::size_t i = 0; i < t.size(); ++i)
        CHECK(std::abs(t[i] - before[i]) <= 1e-12 * (1 + std::abs(before[i])));
      Random random({.seed = 11});
      for (int trial = 0; trial < 5; ++trial) {
        std::vector<double> there = here;
        for (std::size_t j = 0; j < there.size(); ++j)
          there[j] += 0.5 * coordinates.width(static_cast<int>(j), here.data()) * normal(random);
        const double found = interweave.log_density(there) - first;
        const double wanted = expected(there) - first_expected;
        CHECK(std::abs(wanted) > 1e-3);
        CHECK(std::abs(found - wanted) <= 1e-9 * (1 + std::abs(wanted)));
      }
      REQUIRE(interweave({.seed = 3}));
      CHECK(interweave.point() != here);
    }
    CAPTURE(c.claim);
    CHECK(steps == c.steps);
  }
}

// From nearly singular covariance matrices that can be factored, some coordinates give back one that
// cannot: in about one of a hundred of these.
TEST_CASE("a scale from which rounding lets no step be made is left where it is") {
  BindOptions options;
  options.schedule = "interweave";
  const Bound bound = bind_texts(
      text("m.lmm",
           "data x1, y : real\ndata g : factor\nX = [1, x1, x1^2]\ny ~ Normal(X * b[g], v)\n"
           "b[g] ~ Normal(0, S)\nS ~ InverseWishart(5, I(3))\nv ~ InverseGamma(2, 3)\n"),
      text("d.csv", site_table()), options);
  const Model& model = *bound.program->model;
  const SymbolId S = model.find("S"), b = model.find("b");
  const auto& steps = bound.program->plan.steps;
  const auto step =
      std::find_if(steps.begin(), steps.end(), [](const PlanStep& s) { return s.moved; });
  REQUIRE(step != steps.end());
  Machine machine(*bound.plan);
  std::string failed;
  REQUIRE(start(*bound.plan, machine, 5, 0, failed));
  machine.run_all();
  InterweaveStep interweave(*bound.plan, machine, *step);
  Random random({.seed = 4});
  int left = 0, factored = 0;
  for (std::uint64_t trial = 0; trial < 1000; ++trial) {
    Eigen::Matrix3d L = Eigen::Matrix3d::Zero();
    for (int j = 0; j < 3; ++j)
      for (int i = j; i < 3; ++i) L(i, j) = i > j ? normal(random) : 1;
    L(2, 2) = 2e-8;
    Eigen::Map<Eigen::Matrix3d>(machine.parameter(S)) = L * L.transpose();
    machine.run_all();
    const std::vector<double> before = machine.state().values[S];
    const std::vector<double> effects = machine.state().values[b];
    if (!interweave.standardise()) continue;
    ++factored;
    REQUIRE(interweave({.seed = 3, .sweep = trial}));
    if (machine.state().values[S] != before) continue;
    ++left;
    for (std::size_t i = 0; i < effects.size(); ++i)
      CHECK(std::abs(machine.state().values[b][i] - effects[i]) <=
            1e-6 * (1 + std::abs(effects[i])));
    CHECK(std::isfinite(interweave.log_density(interweave.point())) == false);
  }
  CHECK(factored > 500);
  CHECK(left > 0);
}

TEST_CASE("interweaving is a fallback where a marginal step draws the scale") {
  const std::string model =
      "data y : real\ndata g : factor\ny ~ Normal(m + a[g], v)\na[g] ~ Normal(0, t)\n"
      "m ~ Normal(0, 9)\nt ~ InverseGamma(2, 1)\nv ~ InverseGamma(2, 1)\n";
  BindOptions options;
  options.schedule = "marginal";
  const Bound bound = bind_texts(text("m.lmm", model), text("d.csv", site_table()), options);
  int fallbacks = 0;
  for (const PlanStep& step : bound.program->plan.steps) fallbacks += step.moved && step.fallback;
  CHECK(fallbacks == 1);
  // The last quarter of four sweeps is one: where its proposal is refused, scales are interweaved.
  int interweaved = 0;
  constexpr int kChains = 20;
  for (std::uint32_t chain = 0; chain < kChains; ++chain) {
    Machine machine(*bound.plan);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, chain, failed));
    machine.run_all();
    Sweep sweep(*bound.plan, machine, 4);
    for (std::uint64_t s = 1; s <= 50; ++s)
      REQUIRE(sweep({.seed = 5, .chain = chain, .sweep = s}).empty());
    REQUIRE(sweep.acceptance().size() == 1);
    interweaved += sweep.acceptance()[0].interweaved;
  }
  CHECK(interweaved > 0);
  CHECK(interweaved < kChains);
}

}  // namespace
}  // namespace lmmdsl::testing
