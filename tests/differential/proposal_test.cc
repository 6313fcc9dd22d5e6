// What a warm-up finds about proposals: how many in a sweep, against the definitions written out;
// and what weights of points mean.
#include "runtime/proposal.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runtime/proposal_worth.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

/// The mean over the points of 2 / b - 1, for each number of proposals in a sweep from 1 on.
std::vector<double> autocorrelation_times(const std::vector<double>& points,
                                          const std::vector<double>& proposals) {
  std::vector<double> times(8, 0.0);
  for (const double here : points) {
    double accepted = 0;
    for (const double there : proposals) accepted += std::min(1.0, std::exp(there - here));
    accepted /= static_cast<double>(proposals.size());
    for (std::size_t k = 0; k < times.size(); ++k) {
      const double refused = std::pow(1 - accepted, static_cast<double>(k + 1));
      times[k] += (2 / (1 - refused) - 1) / static_cast<double>(points.size());
    }
  }
  return times;
}

}  // namespace

TEST_CASE("the number of proposals is the one that gives most for its cost") {
  // Log ratios of N(0, 1) to N(0, s^2): at normal scores x, log s - (1 - 1 / s^2) x^2 / 2.
  std::vector<int> found;
  for (const double s : {1.0, 1.3, 2.5, 20.0}) {
    RatioRecord record;
    std::vector<double> points, proposals;
    const auto ratio = [&](double x) { return std::log(s) - (1 - 1 / (s * s)) * x * x / 2; };
    Random random({.seed = 3});
    for (int k = 0; k < 500; ++k) {
      points.push_back(ratio(normal(random)));
      proposals.push_back(ratio(s * normal(random)));
      record.add(points.back(), proposals.back());
    }
    const std::vector<double> times = autocorrelation_times(points, proposals);
    const auto cost = [&](int count) { return times[count - 1] * (4 + count); };
    const int count = record.best_count(0, kOneByOne).count;
    INFO("s " << s << ", count " << count);
    for (int more = 2; more <= count; ++more) CHECK(cost(more - 1) > 1.02 * cost(more));
    if (count < 8) CHECK(cost(count) <= 1.02 * cost(count + 1));
    found.push_back(count);
    record.clear();
    CHECK(record.best_count(1, kOneByOne).count == 1);
    CHECK(record.best_count(0.5, kOneByOne).count == 3);  // 15, 10, 9, 9.07
    CHECK(record.best_count(0.5, {0, 1, 1}).count == 2);  // 6, 5, 5.14
  }
  CHECK(found.front() == 1);
  CHECK(std::is_sorted(found.begin(), found.end()));
  CHECK(found.back() == 8);
}

TEST_CASE("draws without proposals cost what their largest correlation says") {
  // Of two coordinates, lag-one correlations 0.3 and r.
  std::vector<double> costs;
  for (const double r : {0.0, 0.6, 0.9}) {
    LagRecord record;
    Random random({.seed = 11});
    for (int k = 0; k < 4000; ++k) {
      if (k == 40) CHECK(std::isinf(record.cost(kOneByOne.others)));
      const Eigen::Vector2d before(normal(random), 5 + normal(random));
      Eigen::Vector2d after(normal(random), normal(random));
      after[0] = 0.3 * before[0] + std::sqrt(1 - 0.09) * after[0];
      after[1] = 5 + r * (before[1] - 5) + std::sqrt(1 - r * r) * after[1];
      record.add(before, after);
    }
    const double largest = std::max(0.3, r) + 1 / std::sqrt(4000.0);
    const double expected = 4 * (1 + largest) / (1 - largest);
    CHECK(std::abs(record.cost(kOneByOne.others) / expected - 1) <
          0.15);  // 5 standard errors of r = 0.3
    costs.push_back(record.cost(kOneByOne.others));
    record.clear();
    CHECK(std::isinf(record.cost(kOneByOne.others)));
  }
  CHECK(std::is_sorted(costs.begin(), costs.end()));
  // Points that do not move are no draws.
  LagRecord still;
  for (int k = 0; k < 200; ++k) {
    const Eigen::Vector2d x(0.1 * k, 1);
    still.add(x, x);
  }
  CHECK(std::isinf(still.cost(kOneByOne.others)));
}

TEST_CASE("a point of weight two is two points") {
  const Bound bound = bind_texts(text("one.lmm", R"(
data y : real
data g : factor
y ~ Normal(b[g], s^2)
b[g] ~ Normal(0, t^2)
s^2 ~ InverseGamma(2, 3)
t^2 ~ InverseGamma(2, 3)
)"),
                                 text("site.csv", site_table()));
  std::vector<int> scales;
  for (std::size_t c = 0; c < bound.program->conditionals.size(); ++c) {
    const std::string& name = (*bound.program->model)[bound.program->conditionals[c].target].name;
    if (name == "s" || name == "t") scales.push_back(static_cast<int>(c));
  }
  ScaleCoordinates coordinates(*bound.plan, scales, {});
  REQUIRE(coordinates.dimension() == 2);
  VisitedPoints once, twice;
  Random random({.seed = 5});
  for (int k = 0; k < 40; ++k) {
    const Eigen::Vector2d x(normal(random), 0.3 + normal(random));
    const double weight = k % 3;
    once.add(x, -x.squaredNorm(), weight);
    for (int copy = 0; copy < k % 3; ++copy) twice.add(x, -x.squaredNorm(), 1);
  }
  const auto renewed = [&](VisitedPoints& points) {
    Proposal proposal;
    proposal.mean = Eigen::Vector2d(0, 0);
    proposal.L = Eigen::Matrix2d::Identity();
    Eigen::MatrixXd curvature = Eigen::Matrix2d::Identity();
    REQUIRE(points.renew(coordinates, proposal, curvature));
    return proposal;
  };
  const Proposal a = renewed(once), b = renewed(twice);
  CHECK((a.mean - b.mean).norm() < 1e-12);
  CHECK((a.L - b.L).norm() < 1e-12);
  CHECK(a.mean.norm() > 1e-3);
}

}  // namespace lmmdsl::testing
