// The plan against the reference evaluator: every natural parameter that a step reads, with row
// sums hoisted and without, equals the conditional's expression evaluated from its definition.

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/draw_kind.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/machine.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

const char* kHead =
    "data y, z, x1, x2, x3, x4, x5, o : real\ndata w : real > 0\ndata g, h, k : factor\n";

const std::vector<std::string> kModels = {
    "X = [1, x1, x2]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(t, S)\nt ~ Normal(0, 5 * I(3))\n"
    "S ~ InverseWishart(5, I(3))\ns^2 ~ InverseGamma(2, 3)\n",
    "X = [1, x1, x2]\nZ = [1, x3]\ny ~ Normal(X * t + Z * c[g] + o, s^2 / w)\nc[g] ~ Normal(0, S)\n"
    "t ~ Normal(0, 5 * I(3))\nS ~ InverseWishart(5, I(2))\ns^2 ~ InverseGamma(2, 3)\n",
    "y ~ Normal(mu + a[g] + b[h] * x1 + d[g, h], s[k]^2)\na[g] ~ Normal(0, va)\nb[h] ~ Normal(m, "
    "vb)\n"
    "d[g, h] ~ Normal(0, 2)\nmu ~ Normal(0, 9)\nm ~ Normal(0, 9)\nva ~ InverseGamma(2, 3)\n"
    "vb ~ InverseGamma(2, 3)\ns[k]^2 ~ InverseGamma(2, 3)\n",
    "y ~ Normal(l * f[g] * x1 - o + (a + x2) * c, v)\nf[g] ~ Normal(0.5, 1)\nl ~ Normal(1, 2)\n"
    "a ~ Normal(0, 1)\nc ~ Normal(0, 1)\nv ~ InverseGamma(2, 3)\n",
    "B = [1, x1, 0; 0, x2, 1]\n[y, z] ~ Normal(B * b[g] + [o; 2 * o] + m, S)\nb[g] ~ Normal(0, 2 * "
    "I(3))\n"
    "m ~ Normal([1; 2], 3 * I(2))\nS ~ InverseWishart(4, I(2))\n",
    "eta = b1 * x1 + b2[h]\ny ~ Normal(eta, v)\nz ~ Normal(3 - 2 * eta, v)\nb1 ~ Normal(0, 1)\n"
    "b2[h] ~ Normal(0, 1)\nv ~ InverseGamma(2, 3)\n",
};

void compare(const Bound& bound, const std::string& model, const PlanOptions& options,
             double shift) {
  const Model& m = *bound.program->model;
  const Evaluator oracle(m, *bound.data);
  Machine machine(*bound.plan);
  std::string failed;
  REQUIRE(start(*bound.plan, machine, 11, 0, failed));
  machine.run_all();
  for (std::size_t k = 0; k < bound.program->conditionals.size(); ++k) {
    const Conditional& c = bound.program->conditionals[k];
    const StepReader parameters(*bound.plan, static_cast<int>(k));
    for (std::size_t e = 0; e < bound.data->plate(c.plate).size; ++e) {
      for (std::size_t which = 0; which < c.parameters.size(); ++which) {
        const Expr& expr = c.parameters[which];
        const std::size_t at = expr->plate.once() ? 0 : e;
        const Eigen::MatrixXd expected = oracle.evaluate(expr, machine.state(), at);
        const double* found = parameters(machine, e)[which];
        for (int i = 0; i < expected.size(); ++i) {
          CAPTURE(model, m[c.target].name, e, which, i, shift);
          // Hoisted, terms as large as the response are summed before they are subtracted.
          const double rounding =
              options.hoist ? 4 * std::numeric_limits<double>::epsilon() * 48 * shift : 0;
          CHECK(std::abs(found[i] - expected.data()[i]) <=
                1e-10 * std::max(1.0, expected.cwiseAbs().maxCoeff()) + rounding);
        }
      }
    }
  }
  double joint = bound.plan->log_of_bounds;
  for (const auto& [density, value] : bound.program->plan.log_densities) {
    joint += *machine.value(value);
  }
  CHECK(std::abs(joint - oracle.log_joint(machine.state())) <= 1e-10 * std::abs(joint));
  // What missing components are drawn from.
  for (const PlanValue& value : bound.program->plan.values) {
    if (value.expr->op != Op::completed) continue;
    const int squares = value.args[0];
    const std::size_t block = bound.plan->sizes[squares].block();
    for (std::size_t e = 0; e < bound.plan->sizes[squares].elements; ++e) {
      const Eigen::MatrixXd expected =
          oracle.evaluate(bound.program->plan.values[squares].expr, machine.state(), e);
      for (std::size_t i = 0; i < block; ++i) {
        CAPTURE(model, e, i);
        CHECK(std::abs(machine.value(squares)[e * block + i] - expected.data()[i]) <=
              1e-10 * std::max(1.0, expected.cwiseAbs().maxCoeff()));
      }
    }
  }
}

void compare(const std::string& model, const PlanOptions& options, double shift) {
  Program program = must(compile(text("m.lmm", kHead + model)));
  program.plan = lower(*program.model, program.conditionals, program.schedule, options);
  compare(must(bind(std::move(program), must(read_table(text("site.csv", site_table(shift)))))),
          model, options, shift);
}

/// Every third y and every fourth z are missing.
std::string table_with_gaps() {
  std::istringstream lines(site_table());
  std::string result, line;
  for (int row = 0; std::getline(lines, line); ++row) {
    const auto z = line.rfind(','), y = line.rfind(',', z - 1);
    if (row > 0 && row % 4 == 0) line.replace(z + 1, line.npos, "NA");
    if (row > 0 && row % 3 == 0) line.replace(y + 1, z - y - 1, "NA");
    result += line + "\n";
  }
  return result;
}

TEST_CASE("a plan of vectors that lack components computes what its conditionals say") {
  for (const std::string model :
       {"B = [1, x1, 0; 0, x2, 1]\n[y, z] ~ Normal(B * b[g] + [o; 2 * o] + m, 1.5 * S[k] / w)\n"
        "b[g] ~ Normal(0, 2 * I(3))\nm ~ Normal([1; 2], 3 * I(2))\nS[k] ~ InverseWishart(4, "
        "I(2))\n",
        "data t : factor\ny[g] over t ~ Normal(m[k], S)\nm[k] ~ Normal(1, 9 * I(8))\n"
        "S ~ InverseWishart(11, 2 * I(8))\n",
        "[y, z] ~ Normal(m, diag(v1[h], 2 / v2))\nm ~ Normal(0, 9 * I(2))\n"
        "v1[h] ~ InverseGamma(2, 3)\nv2 ~ Gamma(2, 3)\n"}) {
    compare(bind_texts(text("m.lmm", kHead + model), text("gaps.csv", table_with_gaps())), model,
            {.hoist = true}, 0);
  }
}

TEST_CASE("a plan computes what its conditionals say, hoisted or not") {
  for (const std::string& model : kModels) {
    for (const bool hoist : {true, false}) {
      for (const double shift : {0.0, 1e6}) compare(model, {.hoist = hoist}, shift);
    }
  }
}

TEST_CASE("a plan of unobserved factors computes what its conditionals say, as levels change") {
  const std::vector<std::string> models = {
      "latent c : factor(3)\nc ~ Categorical(p[k])\np[k] ~ Dirichlet([1, 2, 0.5])\n"
      "y ~ Normal(o - 3 * x1 * m[c] + a[g], 4 * s[c]^2 / w)\nz ~ Normal(m[c] / 2 - x2, v)\n"
      "m[c] ~ Normal(t, 2)\nt ~ Normal(0, 9)\ns[c]^2 ~ InverseGamma(2, 3)\na[g] ~ Normal(0, 3)\n"
      "v ~ InverseGamma(2, 3)\n",
      "X = [1, x1]\nlatent c : factor(2)\nc ~ Categorical([0.3, 0.7])\n"
      "[y, z] ~ Normal(m[c] + [o; x2], S[c])\nm[c] ~ Normal(0, 9 * I(2))\n"
      "S[c] ~ InverseWishart(4, I(2))\n",
  };
  for (const std::string& model : models) {
    for (const bool hoist : {true, false}) compare(model, {.hoist = hoist}, 0);
  }
  // A response of which values are missing says nothing there.
  compare(bind_texts(text("m.lmm", kHead + models[0]), text("gaps.csv", table_with_gaps())),
          models[0], {.hoist = true}, 0);
}

TEST_CASE("a sweep of a Gaussian model touches no rows") {
  for (const std::string& model : kModels) {
    const Program program = must(compile(text("m.lmm", kHead + model)));
    for (const PlanStep& step : program.plan.steps) {
      for (int v : step.refresh) {
        CAPTURE(model, v);
        CHECK_FALSE(program.plan.values[v].expr->plate.rows);
      }
    }
  }
}

// y = 1e6 + (-1, 0, 1): the residual sum of squares at the mean is 2, to full precision.
TEST_CASE("sums of squares do not cancel") {
  const Bound bound =
      bind_texts(text("m.lmm", "data y : real\ny ~ Normal(m, v)\nm ~ Flat()\nv ~ Flat()\n"),
                 text("d.csv", "y\n999999\n1000000\n1000001\n999999\n1000001\n"));
  Machine machine(*bound.plan);
  const SymbolId m = bound.program->model->find("m");
  *machine.parameter(m) = 1e6;
  machine.run_all();
  for (const PlanStep& step : bound.program->plan.steps) {
    if (bound.program->conditionals[step.conditional()].target == m) continue;
    const std::vector<int>& natural = bound.program->plan.natural[step.conditional()];
    CHECK(std::abs(*machine.value(natural[1]) - 2) < 1e-9);
  }
}

// Indices with labels, and definitions that are the same for several levels of their index.
TEST_CASE("what is derived is what its definition says") {
  const std::string model =
      "y ~ Normal(e[g, h], v)\ne[g, h] ~ Normal(u[g], 2)\nu[g] ~ Normal(0, 9)\n"
      "z ~ Normal(X * b[h, k] + 3 * c[g, h] * a, v)\nX = [1, x1]\n"
      "b[h, k] ~ Normal(0, 4 * I(2))\na ~ Normal(0, 4)\nv ~ InverseGamma(2, 3)\n"
      "m = mean(x2, by g, h)\nc[g, h] = m[g, \"h3\"]\n"
      "one = e[\"g2\", \"h3\"] - m[\"g2\", \"h1\"]\n"
      "of_g[g] = e[g, \"h3\"] - 2 * e[g, \"h1\"]\nof_h[h] = e[\"g5\", h]\n"
      "vector[h] = b[h, \"k2\"] - b[h, \"k1\"]\npart[k] = b[\"h4\", k][2]\n"
      "coarse[g, h] = 2 * u[g]\nfrom_coarse[g] = coarse[g, \"h4\"] - coarse[\"g6\", \"h2\"]\n"
      "nested[g] = of_k[k]\nof_k[k] = a + b[\"h1\", k][1]\nonce[g] = a + 1\nno_label = "
      "once[\"g4\"]\n"
      "repeated[g, h] = e[g, \"h2\"]\nfit = ols(y ~ X, by g, h)\nof_fit[g] = a * fit.coef[g, "
      "\"h2\"]\n"
      "whole = mean(e[g, \"h2\"])\nby_k[k] = sum(e[g, \"h2\"], by k)\n";
  const Bound bound = bind_texts(text("m.lmm", kHead + model), text("site.csv", site_table()));
  const Model& m = *bound.program->model;
  compare(bound, model, {.hoist = true}, 0);
  Machine machine(*bound.plan);
  std::string failed;
  REQUIRE(start(*bound.plan, machine, 11, 0, failed));
  machine.run_all();
  const Evaluator oracle(m, *bound.data);
  CHECK(bound.program->plan.derived.size() == 15);
  for (const auto& [d, value] : bound.program->plan.derived) {
    for (std::size_t e = 0; e < bound.data->plate(m[d].plate).size; ++e) {
      CAPTURE(m[d].name, e);
      const Eigen::MatrixXd expected = oracle.evaluate(reference(m, d), machine.state(), e);
      for (Eigen::Index i = 0; i < expected.size(); ++i)
        CHECK(machine.value(value)[static_cast<Eigen::Index>(e) * expected.size() + i] ==
              Approx(expected(i)));
    }
  }
  // The element is the right one.
  const std::vector<double>& effects = machine.state().values[m.find("e")];
  const Eigen::MatrixXd of_g = oracle.evaluate(reference(m, m.find("of_g")), machine.state(), 4);
  CHECK(of_g(0) == Approx(effects[4 * 4 + 2] - 2 * effects[4 * 4]));
}

TEST_CASE("an element is found by its label, however the number is written") {
  const Bound bound =
      bind_texts(text("m.lmm",
                      "data y : real\ndata grade : factor\ny ~ Normal(a[grade], 1)\n"
                      "a[grade] ~ Normal(0, 4)\ngap = a[\"1.00\"] - 2 * a[\"3.0\"]\n"),
                 text("site.csv", site_table()));
  const Model& model = *bound.program->model;
  Machine machine(*bound.plan);
  const std::vector<double>& a = machine.state().values[model.find("a")];
  REQUIRE(a.size() == 3);
  std::copy_n(std::vector<double>{0.3, -7, 1.1}.begin(), 3, machine.parameter(model.find("a")));
  machine.run_all();
  REQUIRE(bound.program->plan.derived.size() == 1);
  CHECK(*machine.value(bound.program->plan.derived[0].second) == Approx(0.3 - 2.2));
}

}  // namespace
}  // namespace lmmdsl::testing
