// lmmdsl in a program of your own: a model and data that are texts in memory, and what is known of
// a quantity afterwards.
//
//     c++ embed.cc $(pkg-config --cflags --libs lmmdsl) -o embed
//     ./embed
//
// or with CMake: find_package(lmmdsl REQUIRED) and target_link_libraries(... lmmdsl::lmmdsl).
#include <cstdio>
#include <memory>

#include "lmmdsl/lmmdsl.h"

namespace {

// How much do the batches of a dyestuff differ? Box and Tiao (1973), section 5.1.
constexpr const char* kModel = R"(
data y : real
data batch : factor

y        ~ Normal(m[batch], sigma^2)
m[batch] ~ Normal(theta, tau^2)
theta    ~ Flat()
tau^2    ~ InverseGamma(1, 1000)
sigma^2  ~ InverseGamma(1, 1000)

share = tau^2 / (tau^2 + sigma^2)    # of the variance, that between batches
)";

constexpr const char* kData = R"(batch,y
A,1545
A,1440
A,1440
B,1540
B,1555
B,1490
C,1595
C,1550
C,1605
D,1445
D,1440
D,1595
)";

/// Prints errors or warnings; gives whether there is a value.
template <class T>
bool good(const lmmdsl::Result<T>& result) {
  std::fputs(lmmdsl::print(result.diagnostics).c_str(), stderr);
  return static_cast<bool>(result);
}

}  // namespace

int main() {
  using namespace lmmdsl;
  auto program = compile(std::make_shared<Source>("dyes.lmm", kModel));
  auto table = read_table(std::make_shared<Source>("dyes.csv", kData));
  if (!good(program) || !good(table)) return 1;
  const auto bound = bind(std::move(*program), std::move(*table));
  if (!good(bound)) return 1;

  Progress progress;  // from another thread: how far it is, and progress.stop = true
  const Samples samples = sample(*bound->plan, {.seed = 1}, progress);
  if (samples.failure) {
    std::fputs(print({*samples.failure}).c_str(), stderr);
    return 1;
  }
  const Draws& draws = samples.draws;
  for (const SummaryRow& row : summarize(draws).rows)
    std::printf("%-12s %9.2f, 95 %% HPD interval %9.2f to %9.2f\n",
                draws.columns[row.column].name.c_str(), row.median, row.hpd_lower, row.hpd_upper);

  // The draws themselves: chain by chain, column by column.
  for (std::size_t j = 0; j < draws.columns.size(); ++j) {
    if (draws.columns[j].name != "share") continue;
    std::size_t large = 0;
    for (int chain = 0; chain < draws.chains; ++chain)
      for (std::size_t t = 0; t < draws.kept[chain]; ++t) large += draws.column(chain, j)[t] > 0.5;
    std::printf("P(share > 1/2 | y) = %.2f\n", static_cast<double>(large) /
                                                   static_cast<double>(draws.chains) /
                                                   static_cast<double>(draws.per_chain));
  }
  return 0;
}
