// Marginal steps where the value of the coefficients that their density is computed at is far from
// what is likely at the proposed scales: terms of 1e16 then cancel, and what is left of them is
// rounding.

#include <fmt/format.h>

#include <Eigen/Dense>
#include <string>

#include "runtime/initial.h"
#include "runtime/random.h"
#include "runtime/sweep.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// Groups that differ in two of four coefficients.
std::string table() {
  Random random({.seed = 7});
  std::string rows = "y,x1,x2,x3,g\n";
  for (int g = 0; g < 8; ++g) {
    const double a = 0.4 + 1.3 * normal(random), b = 0.4 + 0.5 * normal(random);
    for (int i = 0; i < 12; ++i) {
      const double x1 = normal(random), x2 = normal(random), x3 = normal(random);
      rows += fmt::format("{:.4f},{:.3f},{:.3f},{:.3f},{}\n",
                          a + b * x1 - 0.4 * x2 + 0.1 * x3 + normal(random), x1, x2, x3, g);
    }
  }
  return rows;
}

// Variances near zero have little probability: runs of all schedules have a pivot below exp(-10) in
// less than one draw of a thousand, and each step down by one is e times as rare. Rounding held
// chains near exp(-16) from the first sweep on.
TEST_CASE("a covariance matrix does not go where rounding makes it likely") {
  BindOptions options;
  options.schedule = "marginal";
  const Bound bound =
      bind_texts(text("m.lmm",
                      "data x1, x2, x3, y : real\ndata g : factor\nX = [1, x1, x2, x3]\n"
                      "y ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(m, V)\nm ~ Normal(0, 10)\n"
                      "V ~ HuangWand(2, [1, 1, 1, 1])\ns ~ HalfCauchy(1)\n"),
                 text("d.csv", table()), options);
  const SymbolId V = bound.program->model->find("V");
  for (const std::uint64_t seed : {1, 2, 3, 4}) {
    Machine machine(*bound.plan);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, seed, 0, failed));
    machine.run_all();
    Sweep sweep(*bound.plan, machine, 120);
    double least = 0;
    for (std::uint64_t t = 1; t <= 120; ++t) {
      CAPTURE(seed, t);
      REQUIRE(sweep({.seed = seed, .sweep = t}) == "");
      const Eigen::Map<const Eigen::Matrix4d> v(machine.state().values[V].data());
      const Eigen::Matrix4d L = v.llt().matrixL();
      least = std::min(least, L.diagonal().array().log().minCoeff());
    }
    CHECK(least > -14);
  }
}

}  // namespace
}  // namespace lmmdsl::testing
