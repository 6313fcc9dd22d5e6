// The pipeline from a model text to a posterior mean, through the installed header alone.
#include <cstdio>
#include <memory>

#include "lmmdsl/lmmdsl.h"

int main() {
  using namespace lmmdsl;
  const auto model = std::make_shared<Source>("line.lmm",
                                              "data y : real\n"
                                              "y ~ Normal(mu, 1)\n"
                                              "mu ~ Normal(0, 100)\n");
  const auto data = std::make_shared<Source>("line.csv", "y\n1\n2\n3\n4\n");
  auto program = compile(model);
  auto table = read_table(data);
  if (!program || !table) return 1;
  auto bound = bind(std::move(*program), std::move(*table));
  if (!bound) {
    std::fputs(print(bound.diagnostics).c_str(), stderr);
    return 1;
  }
  Progress progress;
  const Samples samples = sample(*bound->plan, {.seed = 1}, progress);
  const Summary summary = summarize(samples.draws);
  const double mean = summary.rows[0].mean;
  std::printf("mu: %.3f\n", mean);
  return mean > 2.4 && mean < 2.6 ? 0 : 1;  // 2.494 +- 0.005
}
