// One model written in several forms. The page's matrix form gives the same draws, byte for byte;
// forms with other parameters give the same posterior.
//
// Risk: means, and mean squares about a common centre, are compared by their Monte Carlo standard
// errors. A difference divided by its standard error is taken to be a Student t variable of 20
// degrees of freedom, which has heavier tails than chains with hundreds of effective draws give;
// |t| > 11 has probability 7e-10, so all 24 comparisons together fail by chance with probability
// below 2e-8.

#include <cmath>
#include <string>
#include <vector>

#include "runtime/diagnostics.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

const std::string kColumns = "data y, x1 : real\ndata g : factor\nX = [1, x1]\n";
const SampleSettings kSettings{.chains = 4, .warmup = 500, .draws = 4000, .seed = 5, .threads = 2};

Draws draws_of(const std::string& model) {
  return draw(bind_texts(text("form.lmm", kColumns + model), text("site.csv", site_table())),
              kSettings);
}

TEST_CASE("the page's matrix form gives the same draws") {
  const std::string rest =
      "b[g] ~ Normal(t, S)\nt ~ Normal(0, 100)\nS ~ InverseWishart(4, I)\ns^2 ~ InverseGamma(2, "
      "3)\n";
  const Draws rows = draws_of("y ~ Normal(X * b[g], s^2)\n" + rest);
  const Draws stacks = draws_of("y[g] ~ Normal(X[g] * b[g], s^2 * I)\n" + rest);
  REQUIRE(rows.columns.size() == stacks.columns.size());
  CHECK(rows.values == stacks.values);
}

TEST_CASE("forms of one model have one posterior") {
  const std::string scales =
      "s1^2 ~ InverseGamma(3, 2)\ns2^2 ~ InverseGamma(3, 2)\ns^2 ~ InverseGamma(2, 3)\n"
      "spread = s1^2 + s2^2\n";
  const std::vector<std::string> forms = {
      // Scalars.
      "y ~ Normal(a[g] + c[g] * x1, s^2)\na[g] ~ Normal(ta, s1^2)\nc[g] ~ Normal(tc, s2^2)\n"
      "ta ~ Normal(0, 10)\ntc ~ Normal(0, 10)\n" +
          scales + "mean_a = ta\nmean_c = tc\nfirst = a[\"g1\"]\nslope = c[\"g3\"]\n",
      // Vectors, centred.
      "y ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(t, diag(s1^2, s2^2))\nt ~ Normal(0, 10)\n" +
          scales + "mean_a = t[1]\nmean_c = t[2]\nfirst = b[\"g1\"][1]\nslope = b[\"g3\"][2]\n",
      // Not centred.
      "y ~ Normal(X * t + X * e[g], s^2)\ne[g] ~ Normal(0, diag(s1^2, s2^2))\nt ~ Normal(0, 10)\n" +
          scales +
          "mean_a = t[1]\nmean_c = t[2]\nfirst = t[1] + e[\"g1\"][1]\nslope = t[2] + "
          "e[\"g3\"][2]\n",
  };
  // Means, and squares for the spreads about the first form's means.
  std::vector<Draws> all;
  for (const std::string& form : forms) all.push_back(draws_of(form));
  for (const char* name : {"mean_a", "mean_c", "first", "slope", "spread", "s^2"}) {
    const auto figures = [&](const Draws& draws, bool squared, double centre) {
      std::vector<std::vector<double>> values;
      for (const auto& chain : chains_of(draws, column_index(draws, name))) {
        values.emplace_back(chain.begin(), chain.end());
        if (!squared) continue;
        for (double& x : values.back()) x = (x - centre) * (x - centre);
      }
      const Chains chains(values.begin(), values.end());
      return diagnose(chains, NormalScores(split_size(chains.size(), draws.per_chain)));
    };
    const double centre = figures(all[0], false, 0).mean;
    for (const bool squared : {false, true}) {
      const ChainFigures first = figures(all[0], squared, centre);
      for (std::size_t k = 1; k < all.size(); ++k) {
        const ChainFigures other = figures(all[k], squared, centre);
        CAPTURE(name, squared, k, first.mean, other.mean);
        CHECK(std::abs(first.mean - other.mean) <
              11 * std::hypot(first.mcse_mean, other.mcse_mean));
      }
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
