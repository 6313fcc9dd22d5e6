// Curves of groups: the same for any two ways to write one space of functions.

#include "lmmdsl/report/regression_curves.h"

#include <cmath>

#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

const char* kTable =
    "g,x,y\na,0,2.1\na,1,3.4\na,2,5.9\na,4,6.3\nb,0,1.2\nb,1,4.4\nb,3,0.3\nb,4,2.9\nb,5,3.1\n";

std::vector<RegressionCurves> curves_of_design(const std::string& design) {
  const Bound bound = bind_texts(
      text("m.lmm", "data x, y : real\ndata g : factor\nX = " + design +
                        "\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(m, V)\nm ~ Normal(0, 100)\n"
                        "V ~ InverseWishart(6, I)\ns^2 ~ InverseGamma(1, 1)\n"),
      text("d.csv", kTable));
  SavedRun run{"run", RunRecord(),
               draw(bound, {.chains = 1, .warmup = 50, .draws = 50, .seed = 1})};
  const Summary none;
  return regression_curves(Posterior(run, bound, none));
}

TEST_CASE("least squares curves do not depend on how a polynomial is written") {
  const auto powers = curves_of_design("[1, x, x^2]");
  REQUIRE(powers.size() == 1);
  REQUIRE(powers[0].curves.size() == 2);
  for (const char* design : {"[1, poly(x, 2)]", "[1, center(x), center(x)^2]",
                             "[1, x, (x - 2) * (x + 1)]", "[1, poly(2 * x + 1, 2)]"}) {
    CAPTURE(design);
    const auto found = curves_of_design(design);
    REQUIRE(found.size() == 1);
    for (std::size_t g = 0; g < 2; ++g) {
      const Curve &a = powers[0].curves[g], &b = found[0].curves[g];
      REQUIRE(a.other.size() == b.other.size());
      for (std::size_t i = 0; i < a.other.size(); ++i)
        CHECK(std::abs(a.other[i] - b.other[i]) < 1e-8);
      CHECK(b.low.size() == b.x.size());
    }
  }
}

TEST_CASE("curves go on where a term of the mean vanishes") {
  const auto found = curves_of_design("[x, sqrt(x)]");
  REQUIRE(found.size() == 1);
  for (const Curve& c : found[0].curves) {
    REQUIRE(c.x[0] == 0);
    CHECK(c.y[0] == 0);
    CHECK(c.other[0] == 0);
    for (std::size_t i = 0; i < c.x.size(); ++i) CHECK(std::isfinite(c.y[i] + c.other[i]));
  }
}

}  // namespace
}  // namespace lmmdsl::testing
