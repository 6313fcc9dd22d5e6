// The worked example (Hoff 2009, exercise 11.2) on its own data, with what is known exactly: all
// plots have one design and the prior mean of theta is the mean of the least squares fits, so the
// posterior mean of theta, and of beta averaged over the plots, is that mean: (2.86875, 1.85485,
// -0.15925).
//
// Six comparisons within 5.9 standard errors each: 6 * 2 * (1 - Phi(5.9)) = 2e-8 by chance.

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/reference_cases.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

TEST_CASE("the posterior mean of theta in the worked example is exact") {
  const std::filesystem::path data = beside_cases("data/pdensity.dat");
  if (!std::filesystem::exists(data)) {
    std::printf("worked example: skipped, no %s (set LMMDSL_CASES)\n", data.c_str());
    return;
  }
  const Bound bound = bind_files(std::string(LMMDSL_ROOT) + "/models/randomized_block.lmm", data);
  const Draws draws =
      draw(bound, {.chains = 4, .warmup = 1000, .draws = 100000, .seed = 2, .threads = cores()});
  const double exact[] = {2.86875, 1.85485, -0.15925};
  for (int k = 1; k <= 3; ++k) {
    const Chains theta = chains_of(draws, column_index(draws, "theta[" + std::to_string(k) + "]"));
    INFO("theta[" << k << "]: " << mean(theta) << " +- " << mcse_mean(theta));
    CHECK(std::abs(mean(theta) - exact[k - 1]) <= 5.9 * mcse_mean(theta));

    std::vector<double> average(static_cast<std::size_t>(draws.chains) * draws.per_chain);
    for (int plot = 1; plot <= 10; ++plot) {
      const Chains beta = chains_of(draws, column_index(draws, "beta[" + std::to_string(plot) +
                                                                   "," + std::to_string(k) + "]"));
      for (std::size_t i = 0; i < average.size(); ++i)
        average[i] += beta[i / draws.per_chain][i % draws.per_chain] / 10;
    }
    Chains chains;
    for (int c = 0; c < draws.chains; ++c)
      chains.emplace_back(average.data() + static_cast<std::size_t>(c) * draws.per_chain,
                          draws.per_chain);
    INFO("average of beta[, " << k << "]: " << mean(chains) << " +- " << mcse_mean(chains));
    CHECK(std::abs(mean(chains) - exact[k - 1]) <= 5.9 * mcse_mean(chains));
  }
}

}  // namespace
}  // namespace lmmdsl::testing
