// Predictions are as wide as they say: data and a further group are simulated from a model, the
// model is fitted to the data, and the observation of the group that it has not seen must rank
// evenly among the predictive draws (as must one of a group that it has). Parameters come from
// their priors, so that this holds exactly, whatever the amount of data (Cook, Gelman and Rubin
// 2006; Talts et al. 2018).
//
// Risk: two chi-square statistics of 5 classes on 4 degrees of freedom, critical at 1e-6 each
// (33.4); the autocorrelation of draws makes ranks a little coarser, not wider.

#include "lmmdsl/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/simulate.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

const char* kModel =
    "data y, x : real\ndata g : factor\n"
    "y ~ Normal(m[g] + b * (x - 2), s^2)\nm[g] ~ Normal(mu, t^2)\nmu ~ Normal(0, 4)\n"
    "b ~ Normal(0, 1)\ns^2 ~ InverseGamma(4, 3)\nt^2 ~ InverseGamma(4, 6)\n";

constexpr int kReplicates = 400;
constexpr int kClasses = 5;
constexpr double kCritical = 33.4;  // of chi-square with 4 degrees of freedom at 1e-6

/// Rows of groups a, b, c; then one more of c, and one of group z.
std::string design() {
  std::string rows = "g,x,y\n";
  for (const char* g : {"a", "b", "c"})
    for (int x = 1; x <= 3; ++x) rows += std::string(g) + "," + std::to_string(x) + ",0\n";
  return rows;
}
const char* kNew = "c,4,0\nz,1,0\n";

std::string with_values(const std::string& rows, const std::vector<double>& y, std::size_t count) {
  std::string out, line;
  std::size_t row = 0;
  for (const char c : rows) {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (out.empty()) out = line + "\n";
    else if (row < count) {
      out += line.substr(0, line.rfind(',') + 1) + fmt::format("{}", y[row]) + "\n";
      ++row;
    }
    line.clear();
  }
  return out;
}

TEST_CASE("observations of groups seen and not seen rank evenly among predictions") {
  const Bound whole = bind_texts(text("m.lmm", kModel), text("d.csv", design() + kNew));
  const Simulator simulator = must(Simulator::make(*whole.program->model, whole.data));
  const SymbolId y_column = whole.program->model->find("y");
  const Table new_rows = must(read_table(text("new.csv", std::string("g,x\n") + "c,4\nz,1\n")));
  std::vector<int> counts[2] = {std::vector<int>(kClasses), std::vector<int>(kClasses)};
  for (int r = 0; r < kReplicates; ++r) {
    const JointDraw joint = simulator.draw({.seed = 77, .chain = static_cast<std::uint32_t>(r)});
    REQUIRE(joint.failure == "");
    std::vector<double> y(11);
    for (std::size_t row = 0; row < 11; ++row)
      y[whole.data->row_number[row]] = joint.responses.at(y_column)[row];
    const Bound bound =
        bind_texts(text("m.lmm", kModel), text("d.csv", with_values(design(), y, 9)),
                   {.schedule = "marginal"});
    const SampleSettings settings{
        .chains = 1, .warmup = 300, .draws = 500, .thin = 2, .seed = static_cast<std::uint64_t>(r)};
    SavedRun run{"run", RunRecord(), draw(bound, settings)};
    run.record->settings = settings;
    const Prediction p = must(predict(run, bound, new_rows, {}));
    REQUIRE(p.fresh == std::vector<bool>{false, true});
    for (std::size_t k = 0; k < 2; ++k) {
      // Columns: y.mean[1], y.mean[2], y[1], y[2].
      const double* drawn = p.draws.column(0, 2 + k);
      const auto below = std::count_if(drawn, drawn + 500, [&](double v) { return v < y[9 + k]; });
      ++counts[k][std::min<std::size_t>(static_cast<std::size_t>(below) * kClasses / 501,
                                        kClasses - 1)];
    }
  }
  for (const auto& count : counts) {
    double statistic = 0;
    const double expected = static_cast<double>(kReplicates) / kClasses;
    for (const int n : count) statistic += (n - expected) * (n - expected) / expected;
    INFO(count[0] << " " << count[1] << " " << count[2] << " " << count[3] << " " << count[4]);
    CHECK(statistic < kCritical);
  }
}

// Given the draws, the variance of a new group's expected value is that of mu plus the mean of t^2.
TEST_CASE("a new group is as much wider as groups differ") {
  std::string rows = "g,x,y\n";
  const double y[] = {3, 4, 5, 1, 1.5, 2.5, 6, 6.2, 7, 2, 2.2, 2.9};
  for (int i = 0; i < 12; ++i) rows += fmt::format("{},{},{}\n", "abcd"[i / 3], i % 3 + 1, y[i]);
  const Bound bound = bind_texts(text("m.lmm", kModel), text("d.csv", rows));
  const SampleSettings settings{.chains = 4, .warmup = 500, .draws = 20000, .seed = 5};
  SavedRun run{"run", RunRecord(), draw(bound, settings)};
  run.record->settings = settings;
  const Table new_rows = must(read_table(text("new.csv", "g,x\na,2\nz,2\n")));
  const auto variance = [&](const std::vector<double>& v) {
    const double sd = standard_deviation({v});
    return sd * sd;
  };
  const auto all = [&](const char* name) {
    std::vector<double> v;
    for (const auto& chain : chains_of(run.draws, column_index(run.draws, name)))
      v.insert(v.end(), chain.begin(), chain.end());
    return v;
  };
  const double t2 = mean({all("t^2")}), s2 = mean({all("s^2")});
  const Prediction p = must(predict(run, bound, new_rows, {}));
  const PredictedResponse& r = p.responses[0];
  const auto squared = [](double x) { return x * x; };
  // t^2 has a heavy tail: with 80,000 draws these agree within 5 %, five standard errors and more.
  CHECK(squared(r.expectation[0].sd) == Approx(variance(all("m[1]"))).epsilon(0.001));
  CHECK(squared(r.observation[0].sd) == Approx(variance(all("m[1]")) + s2).epsilon(0.05));
  CHECK(squared(r.expectation[1].sd) == Approx(variance(all("mu")) + t2).epsilon(0.05));
  CHECK(squared(r.observation[1].sd) == Approx(variance(all("mu")) + t2 + s2).epsilon(0.05));
  // Of new groups only, the labels do not matter.
  const Prediction fresh = must(predict(run, bound, new_rows, {.groups = Groups::fresh}));
  CHECK(squared(fresh.responses[0].expectation[0].sd) ==
        Approx(variance(all("mu")) + t2).epsilon(0.05));
  const Result<Prediction> refused = predict(run, bound, new_rows, {.groups = Groups::existing});
  CHECK(!refused);
}

}  // namespace
}  // namespace lmmdsl::testing
