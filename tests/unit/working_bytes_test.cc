// What is said of the memory of a run before it starts is what chains then take.

#include <malloc.h>

#include "runtime/bound_plan.h"
#include "runtime/draw_buffer.h"
#include "runtime/machine.h"
#include "runtime/sampler.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// Of blocks of any size; 0 where another allocator is in use, as that of a sanitizer.
std::size_t bytes_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

Bound groups(const BindOptions& options) {
  std::string rows = "y,g\n";
  for (int i = 0; i < 40000; ++i)
    rows += std::to_string(i % 7) + ",g" + std::to_string(i % 20000) + '\n';
  return bind_texts(text("m.lmm",
                         "data y : real\ndata g : factor\ny ~ Normal(m[g], s[g]^2)\n"
                         "m[g] ~ Normal(mu, t^2)\nmu ~ Normal(0, 100)\n"
                         "t^2 ~ InverseGamma(1, 1)\ns[g]^2 ~ InverseGamma(2, 1)\n"),
                    text("d.csv", rows), options);
}

TEST_CASE("the bytes that a chain works on are known before it runs") {
  const Bound bound = groups({.schedule = "textbook"});
  const std::uint64_t said = working_bytes(*bound.plan, {.chains = 1});
  const std::size_t before = bytes_in_use();
  const Machine machine(*bound.plan);
  std::vector<double> columns;
  const DrawBuffer buffer(*bound.plan, columns, 0);
  const std::size_t taken = bytes_in_use() - before;
  CHECK(said > 20000 * sizeof(double));
  if (taken > 0)
    CHECK(static_cast<double>(taken) == Approx(static_cast<double>(said)).epsilon(0.1));
}

TEST_CASE("chains that wait take no memory") {
  const Bound bound = groups({});
  const std::uint64_t one = working_bytes(*bound.plan, {.chains = 1, .threads = 8});
  CHECK(working_bytes(*bound.plan, {.chains = 4, .threads = 3}) == 3 * one);
  CHECK(working_bytes(*bound.plan, {.chains = 4, .threads = 8}) == 4 * one);
}

TEST_CASE("a self-contained marginal step works on values of its own") {
  const Bound bound = bind_texts(
      text("m.lmm",
           "data y : real\ndata g : factor\ny ~ Normal(m[g], s^2)\nm[g] ~ Normal(mu, t^2)\n"
           "mu ~ Normal(0, 100)\nt^2 ~ InverseGamma(1, 1)\ns^2 ~ InverseGamma(2, 1)\n"),
      text("d.csv", "y,g\n1,a\n2,a\n3,b\n5,b\n4,c\n6,c\n"), {.schedule = "marginal"});
  std::size_t values = 0;
  for (std::size_t v = 0; v < bound.plan->sizes.size(); ++v)
    if (!bound.plan->plan->values[v].constant) values += bound.plan->sizes[v].total();
  CHECK(working_bytes(*bound.plan, {.chains = 1}) ==
        2 * values * sizeof(double) + DrawBuffer::bytes(bound.plan->columns.size()));
}

}  // namespace
}  // namespace lmmdsl::testing
