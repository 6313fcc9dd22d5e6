// Figures taken while sampling against those of draws that were kept.
#include "runtime/running.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/notes.h"
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
  std::vector<RunningScalars> chains(2, RunningScalars(1, 100));
  for (int c = 0; c < 2; ++c) {
    for (int i = 0; i < 100; ++i) {
      x[c].push_back(std::sin(7.0 * i + c) + 0.3 * c + 0.002 * i);
      chains[c].add(&x[c].back());
    }
    chains[c].finish();
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
  const RunningFigures f = figures({&chains[0], &chains[1]}, 0);
  CHECK(f.rhat == Approx(std::sqrt(49.0 / 50 + means.variance() / variances.mean())));
  CHECK(f.mcse == Approx(std::sqrt(batches.variance() / 50)));
  CHECK(f.rhat > 1);
}

TEST_CASE("many scalars at once, whatever the length of halves and batches") {
  // Lengths that are no multiple of what is collected, shorter than a batch, or cut short.
  constexpr std::size_t kScalars = 600;
  for (const auto& [draws, done] : std::vector<std::pair<std::size_t, std::size_t>>{
           {1, 1}, {7, 7}, {100, 100}, {333, 333}, {1000, 1000}, {1000, 630}, {1000, 440}}) {
    RunningScalars all(kScalars, draws);
    std::vector<RunningMoments> first(kScalars), second(kScalars), batches(kScalars);
    std::vector<RunningMoments> batch(kScalars);
    const std::size_t length = std::max<std::size_t>(1, draws / 25);
    for (std::size_t t = 0; t < done; ++t) {
      std::vector<double> x(kScalars);
      for (std::size_t i = 0; i < kScalars; ++i) {
        x[i] = 100 + std::sin(static_cast<double>(3 * t + 7 * i));
        (2 * t < draws ? first : second)[i].add(x[i]);
        batch[i].add(x[i]);
        if (batch[i].n() < length) continue;
        batches[i].add(batch[i].mean());
        batch[i] = {};
      }
      all.add(x.data());
    }
    all.finish();
    INFO(draws << " draws, " << done << " done");
    const auto same = [](const RunningMoments& a, const RunningMoments& b) {
      return a.n() == b.n() && std::abs(a.mean() - b.mean()) <= 1e-12 &&
             std::abs(a.squares() - b.squares()) <= 1e-10;
    };
    for (std::size_t i = 0; i < kScalars; ++i) {
      REQUIRE(same(all.half(0, i), first[i]));
      REQUIRE(same(all.half(1, i), second[i]));
      REQUIRE(same(all.batches(i), batches[i]));
    }
  }
}

TEST_CASE("a draw that is not finite leaves no figure") {
  RunningScalars chain(1, 10);
  for (int i = 0; i < 10; ++i) {
    const double x = i == 3 ? INFINITY : i;
    chain.add(&x);
  }
  chain.finish();
  CHECK(std::isnan(figures({&chain}, 0).mean));
  CHECK(std::isnan(figures({&chain}, 0).sd));
  CHECK(std::isnan(figures({}, 0).mean));
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
  REQUIRE(running.running.size() == 2);
  CHECK(stored.running.empty());
  const RunningQuantity& fitted = running.running[0];
  CHECK(fitted.variable() == "fitted");
  REQUIRE(fitted.rows.size() == 48);
  REQUIRE(running.running[1].figures.size() == 96);
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
    CHECK(running.running[1].figures[2 * i].mean == Approx(direct.mean()));
    CHECK(running.running[1].figures[2 * i + 1].mean == Approx(second.mean()));
  }
}

TEST_CASE("plates whose draws would take too much have the figures of their draws") {
  const SourcePtr model = text("groups.lmm", R"(
data y, x1 : real
data g : factor
X = [1, x1]
y ~ Normal(X * b[g], s[g]^2)
b[g] ~ Normal([0; 0], V[g])
s[g]^2 ~ InverseGamma(2, 3)
V[g] ~ InverseWishart(5, I(2))
slope[g] = b[g][2]
)");
  const SampleSettings settings{.chains = 2, .warmup = 20, .draws = 100, .seed = 4};
  const auto sample_with = [&](BindOptions options) {
    options.draws = 200;
    const Bound bound = bind_texts(model, text("site.csv", site_table()), options);
    Progress progress;
    return sample(*bound.plan, settings, progress);
  };
  const Samples kept = sample_with({});
  const Samples running = sample_with({.store = {"slope"}, .most_bytes = 0});
  CHECK(kept.running.empty());
  std::map<std::string, std::size_t> by_name;
  for (std::size_t j = 0; j < kept.draws.columns.size(); ++j)
    by_name[kept.draws.columns[j].csv_name] = j;
  std::size_t scalars = 0;
  for (const RunningQuantity& q : running.running) {
    for (std::size_t k = 0; k < q.components.size(); ++k)
      for (std::size_t e = 0; e < q.elements(); ++e, ++scalars) {
        const Column c = q.column(e, q.components[k]);
        INFO(c.name);
        const std::size_t j = by_name.at(c.csv_name);
        CHECK(kept.draws.columns[j].name == c.name);
        CHECK(kept.draws.columns[j].labels == c.labels);
        RunningMoments direct;
        for (const auto& chain : chains_of(kept.draws, j))
          for (const double x : chain) direct.add(x);
        CHECK(q.at(e, k).mean == Approx(direct.mean()));
        CHECK(q.at(e, k).sd == Approx(std::sqrt(direct.variance())));
      }
  }
  // The rest is the same; what is stored by name is a column.
  CHECK(scalars + running.draws.columns.size() == kept.draws.columns.size());
  for (std::size_t j = 0; j < running.draws.columns.size(); ++j) {
    const std::size_t same = by_name.at(running.draws.columns[j].csv_name);
    for (int c = 0; c < settings.chains; ++c)
      CHECK(std::equal(running.draws.column(c, j), running.draws.column(c, j) + settings.draws,
                       kept.draws.column(c, same)));
  }
  CHECK(running.draws.columns.back().variable == "slope");
}

// Each row would take minutes.
TEST_CASE("draws of a long plate end when they are to stop") {
  const Bound bound =
      bind_texts(text("m.lmm", "data y, n : count\ny ~ Binomial(n, logit = m)\nm ~ Normal(0, 1)\n"),
                 text("d.csv", "y,n\n5,9000000000\n5,9000000000\n"));
  Progress progress;
  progress.stop = true;
  const Samples samples = sample(*bound.plan, {.chains = 1, .warmup = 1, .draws = 1}, progress);
  CHECK(samples.draws.kept == std::vector<std::size_t>{0});
  const Diagnostics notes = notes_on_data(*bound.plan);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].message ==
        "each sweep draws one variate for each trial of `y`, 1.8e+10 in all: its time grows with "
        "the counts");
}

}  // namespace lmmdsl::testing
