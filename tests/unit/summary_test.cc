// Which columns get which figures. That the figures are right is tested in diagnostics_test.cc.
#include "runtime/summary.h"

#include <cmath>
#include <functional>
#include <limits>

#include "runtime/diagnostics.h"
#include "runtime/random.h"
#include "support/catch.h"

namespace lmmdsl {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Columns lp__, then one for each generator.
Draws make_draws(int chains, std::size_t per_chain,
                 const std::vector<std::function<double(Random&)>>& columns) {
  Draws draws;
  draws.chains = chains;
  draws.per_chain = per_chain;
  draws.columns.resize(columns.size() + 1);
  draws.columns[0].name = "lp__";
  for (int c = 0; c < chains; ++c) {
    draws.kept.push_back(per_chain);
    draws.values.emplace_back(per_chain, -1.0);  // lp__
    for (std::size_t j = 0; j < columns.size(); ++j) {
      draws.columns[j + 1].name = "x" + std::to_string(j);
      Random random({.seed = 4,
                     .chain = static_cast<std::uint32_t>(c),
                     .step = static_cast<std::uint32_t>(j)});
      for (std::size_t t = 0; t < per_chain; ++t) draws.values[c].push_back(columns[j](random));
    }
  }
  return draws;
}

double standard_normal(Random& random) { return normal(random); }

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same(const SummaryRow& a, const SummaryRow& b) {
  return a.column == b.column && a.not_finite == b.not_finite && same(a.mean, b.mean) &&
         same(a.mcse, b.mcse) && same(a.sd, b.sd) && same(a.mcse_sd, b.mcse_sd) &&
         same(a.median, b.median) && same(a.q5, b.q5) && same(a.q95, b.q95) &&
         same(a.rhat, b.rhat) && same(a.ess_bulk, b.ess_bulk) && same(a.ess_tail, b.ess_tail) &&
         same(a.tail_index, b.tail_index) && same(a.hpd_lower, b.hpd_lower) &&
         same(a.hpd_upper, b.hpd_upper);
}

bool has_moments(const SummaryRow& row) {
  const int defined = std::isfinite(row.mean) + std::isfinite(row.mcse) + std::isfinite(row.sd) +
                      std::isfinite(row.mcse_sd);
  CHECK((defined == 0 || defined == 4));
  return defined == 4;
}

TEST_CASE("a row has the figures of its column, and lp__ has none") {
  const Draws draws = make_draws(4, 100, {standard_normal, exponential_variate});
  const Summary summary = summarize(draws);
  REQUIRE(summary.rows.size() == 2);
  for (std::size_t j : {1, 2}) {
    Chains chains;
    for (int c = 0; c < 4; ++c) chains.emplace_back(draws.column(c, j), 100);
    const SummaryRow& row = summary.rows[j - 1];
    CHECK(row.column == j);
    CHECK(row.mean == mean(chains));
    CHECK(row.mcse == mcse_mean(chains));
    CHECK(row.sd == standard_deviation(chains));
    CHECK(row.mcse_sd == mcse_sd(chains));
    CHECK(row.rhat == rhat(chains));
    CHECK(row.ess_bulk == ess_bulk(chains));
    CHECK(row.ess_tail == ess_tail(chains));
    CHECK(row.tail_index == tail_index(chains));
    CHECK(row.not_finite == 0);
    CHECK(row.q5 < row.median);
    CHECK(row.median < row.q95);
  }
}

TEST_CASE("moments are shown only where they can be trusted") {
  int count = 0;
  Draws draws =
      make_draws(2, 500,
                 {standard_normal, standard_normal, [](Random& r) { return normal(r) / normal(r); },
                  [&](Random& r) { return count++ % 400 == 7 ? kInfinity : normal(r); },
                  [&](Random& r) { return count++ % 400 == 7 ? std::nan("") : normal(r); },
                  [](Random&) { return 2.5; }});
  draws.columns[2].moments = false;
  const Summary summary = summarize(draws);
  REQUIRE(summary.rows.size() == 6);
  const SummaryRow &plain = summary.rows[0], &quotient = summary.rows[1], &cauchy = summary.rows[2],
                   &infinite = summary.rows[3], &broken = summary.rows[4],
                   &constant = summary.rows[5];

  CHECK(has_moments(plain));
  CHECK_FALSE(has_moments(quotient));
  CHECK(std::isfinite(quotient.median));
  CHECK(std::isfinite(quotient.rhat));

  CHECK(cauchy.tail_index > 0.7);
  CHECK_FALSE(has_moments(cauchy));
  CHECK(std::isfinite(cauchy.q95));
  CHECK(std::isfinite(cauchy.ess_tail));

  CHECK(infinite.not_finite > 0);
  CHECK_FALSE(has_moments(infinite));
  CHECK(std::isfinite(infinite.median));

  CHECK(broken.not_finite > 0);
  CHECK_FALSE(has_moments(broken));
  CHECK(std::isnan(broken.median));

  CHECK(constant.mean == 2.5);
  CHECK(constant.sd == 0);
  CHECK(constant.q5 == 2.5);
  CHECK(std::isnan(constant.rhat));
  CHECK(std::isnan(constant.mcse));
}

TEST_CASE("the number of threads does not matter") {
  const Draws draws =
      make_draws(3, 101, std::vector<std::function<double(Random&)>>(20, standard_normal));
  const Summary one = summarize(draws, 1);
  for (const int threads : {-1, 2, 7, 64}) {
    const Summary other = summarize(draws, threads);
    REQUIRE(other.rows.size() == one.rows.size());
    for (std::size_t i = 0; i < one.rows.size(); ++i) CHECK(same(one.rows[i], other.rows[i]));
  }
}

TEST_CASE("interrupted chains are cut to the shortest") {
  const Draws full = make_draws(2, 60, {standard_normal});
  Draws cut = full;
  cut.kept = {60, 40};
  Draws exact;
  exact.columns = full.columns;
  exact.chains = 2;
  exact.per_chain = 40;
  exact.kept = {40, 40};
  for (int c = 0; c < 2; ++c) {
    exact.values.emplace_back();
    for (std::size_t j : {0, 1})
      exact.values[c].insert(exact.values[c].end(), full.column(c, j), full.column(c, j) + 40);
  }
  CHECK(same(summarize(cut).rows[0], summarize(exact).rows[0]));
  cut.kept = {60, 0};
  CHECK(std::isnan(summarize(cut).rows[0].mean));
}

TEST_CASE("nothing to summarise") {
  CHECK(summarize(Draws{}).rows.empty());
  CHECK(summarize(make_draws(1, 10, {}), 4).rows.empty());
}

}  // namespace
}  // namespace lmmdsl
