// The joint conditional of a block against the oracle: at any two values of all its coefficients,
// everything else fixed, the log joint densities differ by as much as the block's log densities do.
// Nothing is shared between the two sides.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/sweep.h"
#include "support/block_density.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

const std::string kColumns = "data x1, o, y, z : real\ndata w : real > 0\ndata g, h, k : factor\n";

struct Block {
  const char* claim;
  const char* model;
  std::size_t joint_steps;
};

const std::vector<Block> kBlocks = {
    {"a vector once, with offset and weights",
     "X = [1, x1]\ny ~ Normal(2 * o + X * b, s^2 / w)\nb ~ Normal([1; -2], s^2 * [2, 0.3; 0.3, "
     "1])\n"
     "s^2 ~ InverseGamma(2, 1)\n",
     1},
    {"group coefficients below their mean",
     "X = [1, x1]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(t, S)\nt ~ Normal([1; 2], 3 * I(2))\n"
     "inv(S) ~ Wishart(5, I(2))\ns^2 ~ InverseGamma(2, 1)\n",
     1},
    {"two scalars of one group, tied by the rows",
     "y ~ Normal(a[g] + 1.5 * b[g] * x1 - o, v)\na[g] ~ Normal(2 * m - 1, va)\nb[g] ~ Normal(m, "
     "vb)\n"
     "m ~ Normal(0.5, 2)\nv ~ InverseGamma(2, 1)\nva ~ InverseGamma(2, 1)\nvb ~ InverseGamma(2, "
     "1)\n",
     1},
    {"crossed factors, one with an intercept for each level, one with a slope",
     "y ~ Normal(m + a[g] + 0.5 * x1 * c[h], v)\na[g] ~ Normal(m / 2, va)\nc[h] ~ Normal(0, vc)\n"
     "m ~ Normal(1, 4)\nv ~ InverseGamma(2, 1)\nva ~ InverseGamma(2, 1)\nvc ~ InverseGamma(2, 1)\n",
     1},
    {"crossed factors with vectors, and a third below one of them",
     "X = [1, x1]\ny ~ Normal(X * b[g] + X * c[h] + o + e[k], s^2 / w)\n"
     "b[g] ~ Normal(t, S)\nt ~ Normal([1; 2], 3 * I(2))\ninv(S) ~ Wishart(5, I(2))\n"
     "c[h] ~ Normal([0.5; -1], r^2 * [2, 0.3; 0.3, 1])\ne[k] ~ Normal(0, u)\n"
     "s^2 ~ InverseGamma(2, 1)\nr^2 ~ InverseGamma(2, 1)\nu ~ InverseGamma(2, 1)\n",
     1},
    {"cells below two factors",
     "y ~ Normal(d[g, h], v)\nd[g, h] ~ Normal(a[g] - 2 * x0[h] , vd)\nx0[h] ~ Normal(1, 2)\n"
     "a[g] ~ Normal(m, va)\nm ~ Flat()\nv ~ InverseGamma(2, 1)\nvd ~ InverseGamma(2, 1)\n"
     "va ~ InverseGamma(2, 1)\n",
     1},
    {"different designs below and above",
     "Z = [1, x1]\ny ~ Normal(x1 * f + Z * b[g] + o, s^2 / w)\nf ~ Normal(0, 3)\n"
     "b[g] ~ Normal([m1; 2 * m2 - 1], r^2 * I(2))\nm1 ~ Normal(0, 2)\nm2 ~ Normal(1, precision = "
     "3)\n"
     "r^2 ~ InverseGamma(2, 1)\ns^2 ~ InverseGamma(2, 1)\n",
     1},
};

void check_blocks(const std::string& claim, const Bound& bound, std::size_t expected_steps) {
  const Plan& plan = bound.program->plan;
  const Evaluator oracle(*bound.program->model, *bound.data);
  Machine machine(*bound.plan);
  std::size_t joint_steps = 0;
  for (const PlanStep& step : plan.steps) {
    if (!step.joint) continue;
    ++joint_steps;
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    machine.run_all();
    const auto block = JointNormal::make(*bound.plan, step);
    GaussianFactor factor = block->make_factor();
    REQUIRE(block->factor(machine, factor));
    double joint[2], conditional[2];
    for (int k = 0; k < 2; ++k) {
      REQUIRE(block->draw(machine, factor, {.seed = 3, .sweep = static_cast<std::uint64_t>(k)}));
      joint[k] = oracle.log_joint(machine.state());
      conditional[k] = density_of_block(*block, machine, factor);
    }
    CAPTURE(claim, joint_steps);
    CHECK(std::abs(joint[1] - joint[0]) > 1e-3);
    CHECK(std::abs((joint[1] - joint[0]) - (conditional[1] - conditional[0])) <=
          1e-10 * (1 + std::abs(joint[0])));
  }
  CAPTURE(claim);
  CHECK(joint_steps == expected_steps);
}

TEST_CASE("a joint conditional is the joint density, up to a constant") {
  for (const Block& b : kBlocks) {
    BindOptions options;
    options.schedule = "marginal";
    check_blocks(
        b.claim,
        bind_texts(text("m.lmm", kColumns + b.model), text("d.csv", site_table()), options),
        b.joint_steps);
  }
}

// Where crossed factors have many levels each has a step of its own, with what lies above it.
TEST_CASE("a block of one of two crossed factors is the joint density given the other") {
  const Program program = must(compile(text(
      "m.lmm", kColumns + "y ~ Normal(m + a[g] + 0.5 * x1 * c[h], v)\na[g] ~ Normal(m / 2, va)\n"
                          "c[h] ~ Normal(0, vc)\nm ~ Normal(1, 4)\nv ~ InverseGamma(2, 1)\n"
                          "va ~ InverseGamma(2, 1)\nvc ~ InverseGamma(2, 1)\n")));
  const auto index = [&](const char* name) {
    for (std::size_t c = 0; c < program.conditionals.size(); ++c) {
      if ((*program.model)[program.conditionals[c].target].name == name) return static_cast<int>(c);
    }
    return -1;
  };
  Program chains = program;
  chains.schedule.steps = {{.targets = {index("a"), index("m")}, .marginal = {index("va")}},
                           {.targets = {index("c"), index("m")}, .marginal = {index("vc")}},
                           {.targets = {index("v")}}};
  REQUIRE(verify(chains.schedule, *chains.model, chains.conditionals) == "");
  chains.plan = lower(*chains.model, chains.conditionals, chains.schedule);
  REQUIRE(verify(chains.plan, *chains.model) == "");
  check_blocks("crossed",
               must(bind(std::move(chains), must(read_table(text("d.csv", site_table()))))), 2);
}

// The marginal density is the same whatever the value of the coefficients at which it is computed.
TEST_CASE("the candidate's identity does not depend on the candidate") {
  for (const Block& b : kBlocks) {
    BindOptions options;
    options.schedule = "marginal";
    const Bound bound =
        bind_texts(text("m.lmm", kColumns + b.model), text("d.csv", site_table()), options);
    const Plan& plan = bound.program->plan;
    Machine machine(*bound.plan);
    for (const PlanStep& step : plan.steps) {
      if (!step.proposal) continue;
      std::string failed;
      REQUIRE(start(*bound.plan, machine, 5, 0, failed));
      machine.run_all();
      const auto block = JointNormal::make(*bound.plan, step);
      GaussianFactor factor = block->make_factor();
      std::vector<double> marginal;
      for (std::uint64_t k = 0; k < 3; ++k) {
        REQUIRE(block->factor(machine, factor));
        REQUIRE(block->draw(machine, factor, {.seed = 3, .sweep = k}));
        machine.run_all();
        marginal.push_back(-density_of_block(*block, machine, factor));
        for (int v : step.proposal->log_densities) marginal.back() += *machine.value(v);
        // Densities of coefficients that do not mention the scales.
        for (const auto& [density, v] : plan.log_densities) {
          const auto& counted = step.proposal->log_densities;
          if (std::find(counted.begin(), counted.end(), v) == counted.end())
            marginal.back() += *machine.value(v);
        }
      }
      CAPTURE(b.claim);
      CHECK(std::abs(marginal[1] - marginal[0]) <= 1e-9 * (1 + std::abs(marginal[0])));
      CHECK(std::abs(marginal[2] - marginal[0]) <= 1e-9 * (1 + std::abs(marginal[0])));
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
