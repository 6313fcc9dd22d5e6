// Streams: known answers, addresses, reproducibility; and what generators refuse.
#include "runtime/random.h"

#include <array>
#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include "support/catch.h"

namespace lmmdsl {
namespace {

using Words = std::vector<std::uint64_t>;

Words words(const StreamAddress& address, int n) {
  Random random(address);
  Words result;
  for (int i = 0; i < n; ++i) result.push_back(random.bits());
  return result;
}

TEST_CASE("Philox gives the known answers of its authors") {
  struct Row {
    std::uint64_t counter[4], key[2], out[4];
  };
  constexpr std::uint64_t ones = ~std::uint64_t{0};
  const Row rows[] = {
      {{0, 0, 0, 0},
       {0, 0},
       {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
      {{ones, ones, ones, ones},
       {ones, ones},
       {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
      {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
       {0x452821e638d01377, 0xbe5466cf34e90c6c},
       {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
  };
  for (const Row& row : rows) {
    std::uint64_t out[4];
    philox(row.counter, row.key, out);
    CHECK(std::memcmp(out, row.out, sizeof out) == 0);
  }
}

TEST_CASE("a stream is Philox at its address, block after block") {
  const Words stream = words({1, 2, 3, 4, 5}, 12);
  const std::uint64_t key[2] = {1, std::uint64_t{4} << 32 | 2};
  for (std::uint64_t block = 0; block < 3; ++block) {
    const std::uint64_t counter[4] = {block, 3, 5, 0};
    std::uint64_t out[4];
    philox(counter, key, out);
    CHECK(std::memcmp(out, &stream[4 * block], sizeof out) == 0);
  }
}

TEST_CASE("streams repeat, and no two addresses share one") {
  constexpr std::uint32_t most = ~std::uint32_t{0};
  constexpr std::uint64_t most64 = ~std::uint64_t{0};
  std::set<Words> seen;
  int addresses = 0;
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, most64})
    for (const std::uint32_t chain : {0u, 1u, 2u, most})
      for (const std::uint64_t sweep : {std::uint64_t{0}, std::uint64_t{1}, most64})
        for (const std::uint32_t step : {0u, 1u, 2u, most})
          for (const std::uint32_t level : {0u, 1u, 2u, most}) {
            const StreamAddress address{seed, chain, sweep, step, level};
            CHECK(words(address, 9) == words(address, 9));
            seen.insert(words(address, 4));
            ++addresses;
          }
  CHECK(static_cast<int>(seen.size()) == addresses);
}

TEST_CASE("uniforms lie strictly between 0 and 1") {
  Random random({});
  double low = 1, high = 0;
  for (int i = 0; i < 100000; ++i) {
    const double u = random.uniform();
    low = std::min(low, u);
    high = std::max(high, u);
  }
  CHECK(low > 0);
  CHECK(high < 1);
  // The ends of what the bits can give.
  CHECK((static_cast<double>(0) + 0.5) * 0x1p-52 > 0);
  CHECK((static_cast<double>((std::uint64_t{1} << 52) - 1) + 0.5) * 0x1p-52 < 1);
}

TEST_CASE("scalar generators answer NaN to parameters that are not positive and finite") {
  Random random({.seed = 3});
  const double inf = INFINITY;
  for (const double bad : {0.0, -0.0, -1.0, inf, -inf, std::nan("")}) {
    CHECK(std::isnan(log_gamma_variate(random, bad)));
    CHECK(std::isnan(gamma_variate(random, bad, 1)));
    CHECK(std::isnan(gamma_variate(random, 1, bad)));
    CHECK(std::isnan(inverse_gamma_variate(random, bad, 1)));
    CHECK(std::isnan(inverse_gamma_variate(random, 1, bad)));
  }
}

TEST_CASE("small and large shapes stay in range, or leave it only as the draw itself does") {
  for (const double shape : {1e-3, 1e-2, 0.1, 0.5, 1.0, 10.0, 1e8}) {
    for (std::uint32_t level = 0; level < 2000; ++level) {
      const StreamAddress address{.seed = 11, .level = level};
      Random one(address), two(address), three(address);
      const double log_draw = log_gamma_variate(one, shape);
      REQUIRE(std::isfinite(log_draw));
      const double draw = gamma_variate(two, shape, 1);
      const double inverse = inverse_gamma_variate(three, shape, 1);
      // The three are one draw.
      if (std::fabs(log_draw) < 700) {
        REQUIRE(draw == Approx(std::exp(log_draw)).epsilon(1e-12));
        REQUIRE(inverse == Approx(std::exp(-log_draw)).epsilon(1e-12));
      } else if (log_draw < -750) {
        REQUIRE(draw == 0);
        REQUIRE(inverse == INFINITY);
      }
      if (shape >= 0.1) REQUIRE((draw > 0 && std::isfinite(inverse)));
    }
  }
}

TEST_CASE("matrix generators refuse what is not positive definite or not finite") {
  const double nan = std::nan("");
  const std::vector<std::array<double, 4>> bad = {
      {0, 0, 0, 1},   {1, 2, 2, 1},     {-1, 0, 0, 1},      {1, 1, 1, 1},
      {nan, 0, 0, 1}, {1, nan, nan, 1}, {INFINITY, 0, 0, 1}};
  Random random({.seed = 5});
  const double zero[2] = {0, 0}, identity[4] = {1, 0, 0, 1}, broken[2] = {0, nan};
  double out[4];
  for (const auto& m : bad) {
    CHECK_FALSE(normal_by_covariance(random, 2, zero, m.data(), out));
    CHECK_FALSE(normal_by_precision(random, 2, m.data(), zero, out));
    CHECK_FALSE(wishart_variate(random, 2, 5, m.data(), out));
    CHECK_FALSE(inverse_wishart_variate(random, 2, 5, m.data(), out));
  }
  CHECK_FALSE(normal_by_covariance(random, 2, broken, identity, out));
  CHECK_FALSE(normal_by_precision(random, 2, identity, broken, out));
  for (const double df : {1.0, 0.5, -3.0, nan, static_cast<double>(INFINITY)}) {
    CHECK_FALSE(wishart_variate(random, 2, df, identity, out));
    CHECK_FALSE(inverse_wishart_variate(random, 2, df, identity, out));
  }
  CHECK_FALSE(wishart_variate(random, 0, 5, identity, out));
  CHECK(wishart_variate(random, 2, 1.5, identity, out));
}

TEST_CASE("only the lower triangle is read, and results are exactly symmetric") {
  for (const int p : {2, 5, 8, 12}) {
    std::vector<double> full(p * p), lower(p * p, std::nan(""));
    for (int i = 0; i < p; ++i)
      for (int j = 0; j < p; ++j) {
        full[i + j * p] = std::exp(-std::abs(i - j)) * std::pow(10, -0.5 * (i + j));
        if (i >= j) lower[i + j * p] = full[i + j * p];
      }
    for (const auto draw : {wishart_variate, inverse_wishart_variate}) {
      std::vector<double> a(p * p), b(p * p);
      Random one({.seed = 2}), two({.seed = 2});
      REQUIRE(draw(one, p, p + 0.5, full.data(), a.data()));
      REQUIRE(draw(two, p, p + 0.5, lower.data(), b.data()));
      CHECK(a == b);
      for (int i = 0; i < p; ++i)
        for (int j = 0; j < p; ++j) CHECK(a[i + j * p] == a[j + i * p]);
    }
  }
}

TEST_CASE("inverse Wishart draws keep their accuracy for scales of very different size") {
  // Scaling by powers of two is exact, so it must come out exactly.
  const double small = 0x1p-40;
  const double plain[9] = {2, 0.5, 0.25, 0.5, 1, 0.125, 0.25, 0.125, 3};
  const double d[3] = {1, 0x1p-20, small};
  double scaled[9], a[9], b[9];
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) scaled[i + 3 * j] = d[i] * plain[i + 3 * j] * d[j];
  Random one({.seed = 9}), two({.seed = 9});
  REQUIRE(inverse_wishart_variate(one, 3, 4.5, plain, a));
  REQUIRE(inverse_wishart_variate(two, 3, 4.5, scaled, b));
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) CHECK(b[i + 3 * j] == d[i] * a[i + 3 * j] * d[j]);
}

}  // namespace
}  // namespace lmmdsl
