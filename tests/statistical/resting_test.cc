// Sweeps in which steps rest beside a collapsed step, or are computed ahead by a marginal one, leave
// the joint law as it is (Geweke 2004, JASA 99: 799-804): parameters and responses are drawn from
// it, the parameters are swept given the responses, and compared with as many fresh draws. Rank
// tests cannot tell, as there no step rests. Auxiliary variables that were not drawn again are none
// of the law of what is compared here.
//
// Risk: all comparisons together fail by chance with probability below 2e-8.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/evaluate.h"
#include "runtime/renewed_plan.h"
#include "runtime/simulate.h"
#include "runtime/sweep.h"
#include "support/catch.h"
#include "support/joint_models.h"
#include "support/run_model.h"
#include "support/two_samples.h"

namespace lmmdsl::testing {
namespace {

constexpr std::uint32_t kReplicates = 10000;
constexpr std::size_t kMostComparisons = 100;
constexpr double kRisk = 1e-8;

const std::vector<JointModel> kModels = {
    {"Laplace errors and their scale",
     "X = [1, x1]\ny ~ Laplace(X * b - o, 2 * s)\nb ~ Normal([1; 0], I(2))\n"
     "s ~ InverseGamma(3, 2)\n"},
    {"a truncated response",
     "y ~ Normal(b * x1 + 1, v, lower = -1)\nb ~ Normal(0.5, 0.25)\nv ~ InverseGamma(6, 6)\n"},
    {"an ordered response",
     "param c : vector(2)\ngrade ~ OrderedProbit(m * x1 - o, c)\nm ~ Normal(0.4, 1)\n"
     "c ~ Normal([-0.5; 1], [1, 0.3; 0.3, 2])\n"},
    {"Laplace coefficients and their scale",
     "X = [x1, x2]\ny ~ Normal(X * b - o, v)\nb ~ Laplace(0, 1.5 * l)\nl ~ HalfCauchy(1)\n"
     "v ~ InverseGamma(3, 2)\n"},
    {"a logit", "hits ~ Binomial(trials, logit = m * x1 - o)\nm ~ Normal(0.4, 1)\n"},
};

const std::vector<JointModel> kAheadModels = {
    {"group coefficients of a matrix",
     "X = [1, x1]\ny ~ Normal(X * b[g] - o, s^2)\nb[g] ~ Normal(t, S)\n"
     "t ~ Normal([1; -1], 2 * I(2))\ninv(S) ~ Wishart(6, [0.4, 0.1; 0.1, 0.3])\n"
     "s^2 ~ InverseGamma(3, 2)\n"},
    {"scalar effects of a half-Cauchy scale, weights, nothing above",
     "y ~ Normal(2 * a[g] * x1 + o, v / w)\na[g] ~ Normal(0.5, r^2)\nr ~ HalfCauchy(1)\n"
     "v ~ InverseGamma(3, 2)\n"},
};

/// By quantity: parameters, and the log density of everything as it was stated.
using Samples = std::vector<std::vector<double>>;

/// After one to eight sweeps, of which the fourth and the eighth are full, or none.
Samples replicate(const Bound& bound, bool sweeps, std::uint64_t seed) {
  const Model& model = *bound.program->model;
  const Plan& plan = *bound.plan->plan;
  const auto simulator = must(Simulator::make(model, bound.data));
  std::vector<SymbolId> auxiliaries;
  for (const Rewrite& r : model.rewrites)
    auxiliaries.insert(auxiliaries.end(), r.auxiliaries.begin(), r.auxiliaries.end());
  std::unique_ptr<RenewedPlan> renewed;
  Samples out;
  for (std::uint32_t r = 0; r < kReplicates; ++r) {
    const JointDraw drawn = simulator.draw({.seed = seed, .chain = r});
    REQUIRE(drawn.failure.empty());
    if (renewed) renewed->renew(drawn.responses);
    else renewed = std::make_unique<RenewedPlan>(*bound.plan, drawn.responses);
    Machine& machine = renewed->machine();
    for (const SymbolId p : model.unknowns()) {
      const std::vector<double>& values = drawn.state.values[static_cast<std::size_t>(p)];
      std::copy(values.begin(), values.end(), machine.parameter(p));
    }
    machine.run_all();
    Sweep sweep(renewed->bound(), machine);
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
      const int d = sweep.proposed_dimension(s);
      if (d == 0) continue;
      Proposal proposal{.mean = Eigen::VectorXd::Constant(d, 0.3),
                        .L = 0.8 * Eigen::MatrixXd::Identity(d, d)};
      proposal.count = 1 + static_cast<int>(r % 3);
      sweep.set_proposal(s, proposal, true);
    }
    for (std::uint64_t s = 1; sweeps && s <= 1 + r % 8; ++s) {
      const std::string failure = sweep({.seed = seed, .chain = kReplicates + r, .sweep = s});
      INFO(failure);
      REQUIRE(failure.empty());
    }
    std::size_t at = 0;
    const auto put = [&](double x) {
      if (at == out.size()) out.emplace_back();
      out[at++].push_back(x);
    };
    for (const SymbolId p : model.parameters())
      for (const double x : machine.state().values[static_cast<std::size_t>(p)]) put(x);
    put(Evaluator(model, *renewed->bound().data).log_joint(machine.state(), auxiliaries));
  }
  return out;
}

std::vector<std::size_t> distances(const Bound& bound, std::uint64_t seed) {
  const Samples swept = replicate(bound, true, seed), fresh = replicate(bound, false, seed + 1);
  std::vector<std::size_t> found;
  for (std::size_t q = 0; q < swept.size(); ++q) found.push_back(distance(swept[q], fresh[q]));
  return found;
}

Bound bind_model(const JointModel& m) {
  return bind_texts(text("rest.lmm", kJointColumns + m.model), text("frame.csv", joint_table()),
                    {.schedule = "marginal"});
}

TEST_CASE("sweeps that are computed ahead leave the joint law as it is") {
  std::size_t comparisons = 0;
  std::uint64_t seed = 60;
  for (const JointModel& m : kAheadModels) {
    const Bound bound = bind_model(m);
    INFO(m.claim);
    Machine machine(*bound.plan);
    Sweep sweep(*bound.plan, machine);
    CHECK_FALSE(sweep.looks_ahead());
    const int d = sweep.proposed_dimension(0);
    sweep.set_proposal(0, {.mean = Eigen::VectorXd::Zero(d), .L = Eigen::MatrixXd::Identity(d, d)},
                       true);
    CHECK(sweep.looks_ahead());
    for (const std::size_t distance : distances(bound, seed += 2)) {
      ++comparisons;
      CHECK(distance < critical(kReplicates, kRisk / kMostComparisons));
    }
  }
  CHECK(comparisons <= kMostComparisons);
}

TEST_CASE("sweeps in which steps rest leave the joint law as it is") {
  std::size_t comparisons = 0;
  std::uint64_t seed = 40;
  for (const JointModel& m : kModels) {
    const Bound bound = bind_model(m);
    INFO(m.claim);
    CHECK(std::ranges::any_of(bound.program->plan.steps, &PlanStep::spare));
    for (const std::size_t d : distances(bound, seed += 2)) {
      ++comparisons;
      CHECK(d < critical(kReplicates, kRisk / kMostComparisons));
    }
  }
  CHECK(comparisons <= kMostComparisons);
}

// The test can fail: a coefficient that is drawn in every sweep, given latent variables that are not.
TEST_CASE("a step that reads what was not drawn again changes the joint law") {
  const Bound bound = bind_model(kModels[2]);
  Plan plan = bound.program->plan;
  const auto reads = [&](const PlanStep& s) {
    return bound.program->model->find("m") ==
           plan.conditionals[static_cast<std::size_t>(s.targets[0])].target;
  };
  for (PlanStep& s : plan.steps)
    if (!s.collapsed && reads(s)) s.spare = false;
  Bound wrong = bound;
  wrong.plan = must(bind_plan(*bound.program->model, plan, bound.data));
  const std::vector<std::size_t> found = distances(wrong, 90);
  CHECK(*std::ranges::max_element(found) > 2 * critical(kReplicates, kRisk));
}

}  // namespace
}  // namespace lmmdsl::testing
