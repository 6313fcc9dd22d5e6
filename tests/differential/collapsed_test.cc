// A step with the auxiliary variables of responses integrated out, against the oracle: between two
// points its log density differs as the log joint density of what was stated does, and by the change
// of volume. And which steps stand beside it.
#include "compiler/schedule/collapsed.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/collapsed_step.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/sweep.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

const std::string kHead =
    "data x1, x2, o, y, z : real\ndata w : real > 0\ndata g, h : factor\n"
    "data hits, trials, grade : count\ndata hit : binary\n";

struct Collapsed {
  const char* claim;
  const char* model;
  int coordinates;
  int spare;  ///< steps that may rest
};

const std::vector<Collapsed> kModels = {
    {"a truncated response, coefficients and a variance",
     "X = [1, x1]\ny ~ Normal(2 * X * b - o, 3 * v, lower = -0.9)\nb ~ Normal([1; 2], 2 * I(2))\n"
     "v ~ InverseGamma(3, 2)\n",
     3, 3},
    {"Laplace errors beside Normal ones of another response, a scale between bounds",
     "y ~ Laplace(3 * m * x1 + 0.5 * o, 2 * s)\nz ~ Normal(m - o, v)\nm ~ Normal(1, 4)\n"
     "s ~ Uniform(0.1, 9)\nv ~ InverseGamma(3, 2)\n",
     3, 4},
    {"Laplace errors alone",
     "y ~ Laplace(3 * m * x1 + 0.5 * o, 2 * s)\nm ~ Normal(1, 4)\ns ~ InverseGamma(3, 2)\n", 2, 3},
    {"a quantile regression with effects of groups",
     "y ~ AsymmetricLaplace(0.3, m * x1 + 0.5 * a[h] + o, 2 * s)\nm ~ Normal(1, 4)\n"
     "a[h] ~ Normal(1, t^2)\nt ~ HalfCauchy(1)\ns ~ InverseGamma(3, 2)\n",
     6, 0},
    {"probit and logit regressions with one coefficient",
     "hits ~ Binomial(trials, probit = 0.5 * m * x1 - o)\nhit ~ Bernoulli(logit = m + 2 * d)\n"
     "m ~ Normal(0, 1)\nd ~ Normal(0.5, 2)\n",
     2, 3},
    {"an ordered response, its cuts",
     "param c : vector(2)\ngrade ~ OrderedProbit(2 * m * x1 - o, c)\nm ~ Normal(0.4, 1)\n"
     "c ~ Normal([-0.5; 1], [1, 0.3; 0.3, 2])\n",
     3, 3},
    {"an ordered response with effects of 24 groups and a slope of six, of which the means move",
     "param c : vector(2)\ngrade ~ OrderedProbit(0.5 * a[g, h] + b[g] * x1 + 2 * m - o, c)\n"
     "a[g, h] ~ Normal(1, t^2)\nt ~ HalfCauchy(1)\nb[g] ~ Normal(m, 2)\nm ~ Normal(0.4, 1)\n"
     "c ~ Normal(0, 2)\nX = [1, x2]\nz ~ Normal(X * e[g], 1)\ne[g] ~ Normal(m, 2)\n",
     7, 0},
    {"Laplace coefficients with a scale, by statistics of the rows; and groups",
     "X = [x1, x2]\ny ~ Normal(2 * X * b + a[h] - o, 3 * v)\nb ~ Laplace(0.5, 2 * l)\n"
     "l ~ HalfCauchy(1)\na[h] ~ Normal(1, 2)\nv ~ InverseGamma(3, 2)\n",
     8, 4},
    {"a censored response",
     "censored(y, below = 1) ~ Normal(2 * b * x1 + m - o, 2 * v / w)\nb ~ Normal(1, 4)\n"
     "m ~ Flat()\nv ~ InverseGamma(3, 2)\n",
     3, 3},
};

const PlanStep* collapsed_step(const Plan& plan) {
  const auto at = std::find_if(plan.steps.begin(), plan.steps.end(),
                               [](const PlanStep& s) { return s.collapsed; });
  return at == plan.steps.end() ? nullptr : &*at;
}

Bound bind_model(const std::string& model) {
  BindOptions options;
  options.schedule = "marginal";
  return bind_texts(text("m.lmm", kHead + model), text("d.csv", site_table()), options);
}

}  // namespace

TEST_CASE("a collapsed step has the density of what was stated") {
  for (const Collapsed& c : kModels) {
    INFO(c.claim);
    const Bound bound = bind_model(c.model);
    const Program& program = *bound.program;
    const PlanStep* step = collapsed_step(program.plan);
    REQUIRE(step);
    CHECK(verify(program.plan, *program.model).empty());
    CHECK(verify(program.schedule, *program.model, program.conditionals).empty());
    const Schedule backward = reversed(program.schedule, program.conditionals);
    CHECK(backward.steps.size() == program.schedule.steps.size());
    CHECK(verify(backward, *program.model, program.conditionals).empty());
    CHECK(std::ranges::count_if(program.plan.steps, &PlanStep::spare) == c.spare);

    Machine machine(*bound.plan);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    machine.run_all();
    CollapsedStep collapsed(*bound.plan, machine, *step, 0);
    CHECK(collapsed.dimension() == c.coordinates);
    const Evaluator oracle(*program.model, *bound.data);
    Eigen::VectorXd here(collapsed.dimension());
    REQUIRE(collapsed.coordinates().read(machine, here.data()));
    const auto expected = [&](const Eigen::VectorXd& point) {
      return oracle.log_joint(machine.state(), step->integrated) +
             collapsed.coordinates().log_jacobian(point.data());
    };
    const double first = collapsed.log_density_at(here), first_expected = expected(here);
    REQUIRE(std::isfinite(first));
    Random random({.seed = 12});
    for (int trial = 0; trial < 5; ++trial) {
      Eigen::VectorXd there = here;
      for (double& x : there) x += 0.2 * normal(random);
      const double found = collapsed.log_density_at(there) - first;
      const double wanted = expected(there) - first_expected;
      CHECK(std::abs(wanted) > 1e-3);
      CHECK(std::abs(found - wanted) <= 1e-9 * (1 + std::abs(wanted)));
    }
  }
}

TEST_CASE("a refused proposal leaves the parameters as they are, to the last bit") {
  const Bound bound = bind_model(kModels[0].model);
  Machine machine(*bound.plan);
  std::string failed;
  REQUIRE(start(*bound.plan, machine, 5, 0, failed));
  machine.run_all();
  CollapsedStep collapsed(*bound.plan, machine, *collapsed_step(bound.program->plan), 0);
  const Eigen::Index d = collapsed.dimension();
  collapsed.set_proposal({.mean = Eigen::VectorXd::Constant(d, 60),
                          .L = 0.1 * Eigen::MatrixXd::Identity(d, d),
                          .count = 3},
                         false);
  const std::vector<std::vector<double>> before = machine.state().values;
  collapsed({.seed = 1, .sweep = 1});
  CHECK(collapsed.acceptance().proposals == 3);
  CHECK(collapsed.acceptance().accepted == 0);
  CHECK(machine.state().values == before);
}

// Steps that may rest do so where proposals are accepted often, and the auxiliary variables with
// them; not where these are read for the variance of effects.
TEST_CASE("steps rest where a collapsed step accepts often") {
  for (const auto& [model, name, rests] :
       {std::tuple{kModels[2].model, "w_y", true}, std::tuple{kModels[3].model, "w_y", false}}) {
    const Bound bound = bind_model(model);
    const SymbolId auxiliary = bound.program->model->find(name);
    REQUIRE(auxiliary >= 0);
    Machine machine(*bound.plan);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    machine.run_all();
    constexpr std::uint64_t kWarmup = 200, kSweeps = 40;
    Sweep sweep(*bound.plan, machine, kWarmup);
    int still = 0;
    for (std::uint64_t s = 1; s <= kWarmup + kSweeps; ++s) {
      const std::vector<double> before = machine.state().values[auxiliary];
      REQUIRE(sweep({.seed = 5, .sweep = s}).empty());
      const bool same = machine.state().values[auxiliary] == before;
      if (s <= kWarmup) CHECK_FALSE(same);
      else still += same;
    }
    CHECK(still == (rests ? 30 : 0));
    CHECK(sweep.acceptance()[0].collapsed);
    CHECK(sweep.acceptance()[0].rate() > 0.3);
  }
}

TEST_CASE("which models have a collapsed step") {
  const auto has = [](const std::string& model) {
    return collapsed_step(bind_model(model).program->plan) != nullptr;
  };
  // Nothing stands between the coefficients and their response.
  CHECK_FALSE(has("y ~ Normal(m * x1, v)\nm ~ Normal(0, 1)\nv ~ InverseGamma(3, 2)\n"));
  // Nor between effects of groups and their prior that would be seen.
  CHECK_FALSE(has("y ~ Normal(a[g] * x1, v)\na[g] ~ Laplace(0, 1)\nv ~ InverseGamma(3, 2)\n"));
  CHECK(has("y ~ Normal(m * x1, v)\nm ~ Laplace(0, 1)\nv ~ InverseGamma(3, 2)\n"));
  // 24 and 6 coefficients are few, 6 more are not.
  const auto shifted = [](const std::string& model) {
    return collapsed_step(bind_model(model).program->plan)->shifted.size();
  };
  const std::string priors = "a[g] ~ Normal(0, 1)\nb[g, h] ~ Normal(0, 1)\n";
  CHECK(shifted("y ~ Laplace(a[g] + b[g, h], 1)\n" + priors) == 0);
  CHECK(shifted("y ~ Laplace(a[g] + b[g, h] + x1 * c[g], 1)\nc[g] ~ Normal(0, 1)\n" + priors) == 3);
  // Only as part of `marginal`.
  BindOptions options;
  for (const char* schedule : {"textbook", "blocked", "interweave"}) {
    options.schedule = schedule;
    const Bound bound =
        bind_texts(text("m.lmm", kHead + kModels[0].model), text("d.csv", site_table()), options);
    CHECK(collapsed_step(bound.program->plan) == nullptr);
  }
}

}  // namespace lmmdsl::testing
