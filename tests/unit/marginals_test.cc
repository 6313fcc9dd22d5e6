// Prior densities beside those of draws: each integrates to 1 over what the prior allows.

#include "lmmdsl/report/marginals.h"

#include <cmath>

#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// By the midpoint rule; beyond these ends no density of the model below has mass.
double integral(const DensityFunction& f) {
  constexpr double kLowest = -30, kHighest = 60, kStep = 1e-3;
  double sum = 0;
  for (double x = kLowest + kStep / 2; x < kHighest; x += kStep) sum += f(x) * kStep;
  return sum;
}

TEST_CASE("prior densities are those between the bounds") {
  const Bound bound = bind_texts(
      text("m.lmm",
           "data x, y : real\ny ~ Normal((a + b + c + d) * x, v)\na ~ Normal(0, 1, lower = 0)\n"
           "b ~ Normal(1, 4, lower = 0, upper = 3)\nc ~ Normal(0, 1, lower = 6)\n"
           "d ~ Normal(2, 9)\nv ~ InverseGamma(6, 5)\n"),
      text("d.csv", "x,y\n1,12\n2,20\n3,33\n4,41\n"));
  SavedRun run{"run", RunRecord(),
               draw(bound, {.chains = 1, .warmup = 50, .draws = 50, .seed = 1})};
  const Summary none;
  const auto found = prior_densities(Posterior(run, bound, none));
  for (const char* name : {"a", "b", "c", "d", "v"}) {
    CAPTURE(name);
    REQUIRE(found.count(name) == 1);
    CHECK(std::abs(integral(found.at(name)) - 1) < 1e-3);
  }
  CHECK(found.at("a")(-0.1) == 0);
  CHECK(found.at("b")(3.1) == 0);
}

TEST_CASE("no prior density is shown where its bounds leave a mass that is not known") {
  const Bound bound = bind_texts(
      text("m.lmm", "data y : real\ny ~ Normal(0, v)\nv ~ InverseGamma(2, 3, lower = 0.5)\n"),
      text("d.csv", "y\n1\n2\n-3\n"));
  SavedRun run{"run", RunRecord(),
               draw(bound, {.chains = 1, .warmup = 50, .draws = 50, .seed = 1})};
  const Summary none;
  CHECK(prior_densities(Posterior(run, bound, none)).empty());
}

}  // namespace
}  // namespace lmmdsl::testing
