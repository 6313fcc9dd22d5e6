// Figures taken while sampling against those of draws that were kept.
#include "runtime/running.h"

#include <cmath>

#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {

TEST_CASE("moments of numbers that come one after the other") {
  RunningMoments a, b, all;
  CHECK(std::isnan(all.variance()));
  double sum = 0;
  std::vector<double> x;
  for (int i = 0; i < 50; ++i) x.push_back(1e8 + std::sin(i));
  for (std::size_t i = 0; i < x.size(); ++i) {
    (i < 20 ? a : b).add(x[i]);
    all.add(x[i]);
    sum += x[i] - 1e8;
  }
  double squares = 0;
  for (double v : x) squares += (v - 1e8 - sum / 50) * (v - 1e8 - sum / 50);
  CHECK(all.mean() == Approx(1e8 + sum / 50).epsilon(1e-15));
  CHECK(all.variance() == Approx(squares / 49).epsilon(1e-7));
  a.add(b);
  CHECK(a.n() == 50);
  CHECK(a.mean() == Approx(all.mean()).epsilon(1e-15));
  CHECK(a.variance() == Approx(all.variance()).epsilon(1e-7));
}

TEST_CASE("R-hat and the batch error by their formulas") {
  // Two chains of 100: batches of 4, halves of 50.
  std::vector<std::vector<double>> x(2);
  std::vector<RunningScalar> chains(2);
  for (int c = 0; c < 2; ++c) {
    for (int i = 0; i < 100; ++i) {
      x[c].push_back(std::sin(7.0 * i + c) + 0.3 * c + 0.002 * i);
      chains[c].add(x[c].back(), i, 100);
    }
  }
  const auto moments = [](auto begin, auto end) {
    RunningMoments m;
    for (auto i = begin; i != end; ++i) m.add(*i);
    return m;
  };
  RunningMoments means, variances, batches;
  for (int c = 0; c < 2; ++c) {
    for (int h = 0; h < 2; ++h) {
      const RunningMoments half = moments(x[c].begin() + 50 * h, x[c].begin() + 50 * (h + 1));
      means.add(half.mean());
      variances.add(half.variance());
    }
    for (int b = 0; b < 25; ++b)
      batches.add(moments(x[c].begin() + 4 * b, x[c].begin() + 4 * (b + 1)).mean());
  }
  const RowFigures f = figures({&chains[0], &chains[1]});
  CHECK(f.rhat == Approx(std::sqrt(49.0 / 50 + means.variance() / variances.mean())));
  CHECK(f.mcse == Approx(std::sqrt(batches.variance() / 50)));
  CHECK(f.rhat > 1);
}

TEST_CASE("a draw that is not finite leaves no figure") {
  RunningScalar chain;
  for (int i = 0; i < 10; ++i) chain.add(i == 3 ? INFINITY : i, i, 10);
  CHECK(std::isnan(figures({&chain}).mean));
  CHECK(std::isnan(figures({&chain}).sd));
  CHECK(std::isnan(figures({}).mean));
}

TEST_CASE("quantities on the rows have the figures of their draws, in the order of the file") {
  const SourcePtr model = text("rows.lmm", R"(
data y, x1 : real
data g : factor
X = [1, x1]
y ~ Normal(X * b[g], s^2)
b[g] ~ Normal([0; 0], 10)
s^2 ~ InverseGamma(2, 3)
fitted = X * b[g]
both = [fitted; y - fitted]
)");
  const SampleSettings settings{.chains = 3, .warmup = 20, .draws = 200, .seed = 4};
  const auto sample_with = [&](std::vector<std::string> store) {
    const Bound bound =
        bind_texts(model, text("site.csv", site_table()), {.headers = {}, .store = store});
    Progress progress;
    return sample(*bound.plan, settings, progress);
  };
  const Samples running = sample_with({});
  const Samples stored = sample_with({"fitted", "both"});
  REQUIRE(running.rows.size() == 2);
  CHECK(stored.rows.empty());
  const RowQuantity& fitted = running.rows[0];
  CHECK(fitted.variable == "fitted");
  REQUIRE(fitted.rows.size() == 48);
  REQUIRE(running.rows[1].figures.size() == 96);
  for (std::size_t i = 0; i < 48; ++i) {
    CHECK(fitted.rows[i] == i);
    const std::string row = std::to_string(i + 1);
    RunningMoments direct, second;
    for (const auto& chain :
         chains_of(stored.draws, column_index(stored.draws, "fitted[" + row + "]")))
      for (double x : chain) direct.add(x);
    for (const auto& chain :
         chains_of(stored.draws, column_index(stored.draws, "both[" + row + ",2]")))
      for (double x : chain) second.add(x);
    CHECK(fitted.figures[i].mean == Approx(direct.mean()));
    CHECK(fitted.figures[i].sd == Approx(std::sqrt(direct.variance())));
    CHECK(running.rows[1].figures[2 * i].mean == Approx(direct.mean()));
    CHECK(running.rows[1].figures[2 * i + 1].mean == Approx(second.mean()));
  }
}

}  // namespace lmmdsl::testing
