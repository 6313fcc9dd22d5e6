// Sweeps leave the joint law of parameters and responses as it is, and the posterior that of the
// parameters given responses: exact rank tests (runtime/rank_test.h) on models of every rule, with
// few rows, so that priors count and a wrong constant in either moves the law visibly.
//
// Risk: each p-value is a bound that holds for every number of replicates, so the comparisons of
// the first two tests together fail by chance with probability below kRisk = 1e-8.

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/joint_models.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

constexpr int kReplicates = 600;
constexpr double kRisk = 1e-8;
constexpr int kMostComparisons = 6000;

RankResult ranks(const char* model, const char* schedule, bool new_responses, std::uint64_t seed) {
  const Bound bound = bind_texts(text("joint.lmm", kJointColumns + model),
                                 text("frame.csv", joint_table()), {.schedule = schedule});
  const Program& program = *bound.program;
  const Plan backward =
      lower(*program.model, program.conditionals, reversed(program.schedule, program.conditionals));
  const auto backward_bound = must(bind_plan(*program.model, backward, bound.data));
  Progress progress;
  RankResult result = must(rank_test(*bound.plan, *backward_bound,
                                     {.new_responses = new_responses,
                                      .replicates = kReplicates,
                                      .states = 32,
                                      .thin = new_responses ? 1 : 5,
                                      .seed = seed,
                                      .threads = cores()},
                                     progress));
  if (result.failure) throw std::runtime_error(print({*result.failure}));
  return result;
}

int comparisons = 0;

void check_ranks(const std::vector<JointModel>& models, const std::vector<const char*>& schedules,
                 std::uint64_t seed) {
  for (const JointModel& c : models) {
    for (const char* schedule : schedules) {
      ++seed;
      for (const bool new_responses : {false, true}) {
        const RankResult result = ranks(c.model, schedule, new_responses, seed);
        REQUIRE(result.replicates == kReplicates);
        for (const RankedQuantity& q : result.quantities) {
          ++comparisons;
          INFO(c.claim << ", " << schedule << ", " << (new_responses ? "joint law" : "calibration")
                       << ": " << q.name);
          CHECK(q.p > kRisk / kMostComparisons);
          CHECK(q.moves);
        }
      }
    }
  }
  CHECK(comparisons <= kMostComparisons);
}

TEST_CASE("exact rank tests: every schedule keeps the posterior and the joint law", "[ranks]") {
  check_ranks(joint_models(), {"textbook", "blocked", "marginal"}, 100);
}

TEST_CASE("exact rank tests: scales drawn given standardised coefficients", "[ranks]") {
  const auto& models = joint_models();
  // Of a vector once and of groups, by variances and covariances; with auxiliary variables.
  check_ranks({models[1], models[2], models[5], augmented_models()[0]}, {"interweave"}, 700);
}

TEST_CASE("exact rank tests: auxiliary variables leave the law of what was stated", "[ranks]") {
  check_ranks(augmented_models(), {"textbook", "marginal"}, 300);
}

TEST_CASE("exact rank tests: components that are not observed", "[ranks]") {
  check_ranks(mixture_models(), {"textbook", "marginal"}, 500);
}

TEST_CASE("the results do not depend on the number of threads", "[ranks]") {
  const Bound bound = bind_texts(text("joint.lmm", kJointColumns + joint_models()[0].model),
                                 text("frame.csv", joint_table()));
  const Plan backward = lower(*bound.program->model, bound.program->conditionals,
                              reversed(bound.program->schedule, bound.program->conditionals));
  const auto backward_bound = must(bind_plan(*bound.program->model, backward, bound.data));
  std::vector<RankResult> results;
  for (const int threads : {1, 3}) {
    Progress progress;
    results.push_back(must(rank_test(
        *bound.plan, *backward_bound,
        {.new_responses = true, .replicates = 40, .seed = 3, .threads = threads}, progress)));
  }
  for (std::size_t q = 0; q < results[0].quantities.size(); ++q)
    CHECK(results[0].quantities[q].counts == results[1].quantities[q].counts);
}

// P(D >= 1/2) of one replicate with ranks 0 and 1: always.
TEST_CASE("the p-value of ranks is the bound on the largest distance, of either kind", "[ranks]") {
  CHECK(rank_p_value({5, 5, 5, 5}) == 1);
  // All 100 at one end: the distance is 3/4.
  CHECK(rank_p_value({100, 0, 0, 0}) == Approx(4 * std::exp(-200 * 0.75 * 0.75)));
  // All at the two ends: half the mass is missing in the middle.
  CHECK(rank_p_value({50, 0, 0, 50}) == Approx(4 * std::exp(-200 * 0.5 * 0.5)));
}

}  // namespace
}  // namespace lmmdsl::testing
