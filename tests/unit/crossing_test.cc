// What drawing crossed factors together or one by one is estimated to take.

#include "runtime/crossing.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/sizes.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

/// Rows of each cell of two factors.
using Counts = Eigen::MatrixXi;

std::string table_of(const Counts& rows) {
  std::string table = "y,z,g,h\n";
  for (Eigen::Index i = 0; i < rows.rows(); ++i)
    for (Eigen::Index j = 0; j < rows.cols(); ++j)
      for (int r = 0; r < rows(i, j); ++r)
        table += fmt::format("{0}.{1},{1}.{0},g{2},h{3}\n", (i * 7 + j * 3 + r) % 10, r, 100 + i,
                             100 + j);
  return table;
}

const std::string kHead =
    "data y : real\ndata g, h : factor\na[g] ~ Normal(0, 1)\nb[h] ~ Normal(0, 2)\n"
    "v ~ InverseGamma(2, 1)\n";
const std::string kWithMean = kHead + "m ~ Normal(0, 9)\ny ~ Normal(m + a[g] + b[h], v)\n";
const std::string kWithout = kHead + "y ~ Normal(a[g] + b[h], v)\n";

Bound bind_counts(const std::string& model, const Counts& rows) {
  BindOptions options;
  options.schedule = "marginal";
  return bind_texts(text("m.lmm", model), text("d.csv", table_of(rows)), options);
}

Crossing crossing_of(const std::string& model, const Counts& rows) {
  const Bound bound = bind_counts(model, rows);
  REQUIRE(bound.program->schedule.crossing);
  return *bound.program->schedule.crossing;
}

/// Sweeps for an effective draw, by dense algebra: with constants taken out, or not.
double sweeps(const Counts& rows, bool has_mean) {
  const Eigen::MatrixXd N = rows.cast<double>();
  const Eigen::VectorXd a = N.rowwise().sum(), b = N.colwise().sum();
  const Eigen::VectorXd D = (a.array() + 0.25).inverse(), E = (b.array() + 0.25).inverse();
  const auto centre = [](const Eigen::VectorXd& w) -> Eigen::MatrixXd {
    return Eigen::MatrixXd::Identity(w.size(), w.size()) -
           Eigen::VectorXd::Ones(w.size()) * w.transpose() / w.sum();
  };
  Eigen::MatrixXd first = D.asDiagonal() * N, second = E.asDiagonal() * N.transpose();
  if (has_mean) {
    first = centre(a) * first;
    second = centre(b) * second;
  }
  const double r =
      Eigen::EigenSolver<Eigen::MatrixXd>(second * first).eigenvalues().cwiseAbs().maxCoeff();
  return (1 + r) / (1 - r);
}

TEST_CASE("sweeps that crossed factors need follow from the rows of their cells") {
  Counts uneven(4, 5);
  uneven << 1, 2, 0, 0, 1, 0, 3, 1, 0, 0, 0, 0, 2, 2, 0, 1, 0, 0, 4, 1;
  Counts chain(6, 6);  // each level of g meets two of h
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 6; ++j) chain(i, j) = j == i || j == i + 1 ? 2 : 0;
  for (const Counts& rows : {uneven, chain}) {
    CHECK(std::abs(crossing_of(kWithMean, rows).sweeps / sweeps(rows, true) - 1) < 0.01);
    CHECK(std::abs(crossing_of(kWithout, rows).sweeps / sweeps(rows, false) - 1) < 0.01);
  }
  // Levels that all meet equally often: given the mean, the factors are independent.
  CHECK(crossing_of(kWithMean, Counts::Constant(5, 4, 2)).sweeps == Approx(1));
  CHECK(crossing_of(kWithout, Counts::Constant(5, 4, 2)).sweeps > 10);
}

// The norm of effects may grow where the largest eigenvalue does not reach 1.
TEST_CASE("cells of very different sizes leave a correlation below 1") {
  Counts rows(2, 2);
  rows << 1, 49, 1168, 0;
  const Crossing crossing = crossing_of(kWithout, rows);
  CHECK(std::isfinite(crossing.sweeps));
  CHECK(crossing.sweeps > 100);
  CHECK(crossing.sweeps < 1.01 * sweeps(rows, false));
}

// A vector that holds once adds rows to the matrix, and nothing to the other coefficients.
TEST_CASE("a long vector above crossed factors takes little") {
  Counts chain(30, 30);
  for (int i = 0; i < 30; ++i)
    for (int j = 0; j < 30; ++j) chain(i, j) = j == i || j == i + 1 ? 2 : 0;
  const Crossing plain = crossing_of(kWithMean, chain);
  const Crossing longer = crossing_of(
      kHead +
          "X = [1, y^2, y^3, y^4, y^5, y^6]\nm ~ Normal(0, 9 * I(6))\nk ~ Normal(0, 9)\n"
          "y ~ Normal(X * m + k * y^7 + a[g] + b[h], v)\n",
      chain);
  CHECK(longer.sweeps == Approx(plain.sweeps).epsilon(0.01));
  // Sixty columns are longer by five numbers each.
  CHECK(longer.together < 5 * plain.together);
}

TEST_CASE("where nothing ties factors they do not cross") {
  const Counts rows = Counts::Constant(5, 4, 2);
  const std::string bilinear =
      "data y : real\ndata g, h : factor\na[g] ~ Normal(1, 1)\nb[h] ~ Normal(1, 2)\n"
      "v ~ InverseGamma(2, 1)\ny ~ Normal(a[g] * b[h], v)\n";
  CHECK_FALSE(bind_counts(bilinear, rows).program->schedule.crossing);
  const std::string apart = "data z : real\n" + kHead +
                            "w ~ InverseGamma(2, 1)\ny ~ Normal(a[g], v)\nz ~ Normal(b[h], w)\n";
  CHECK_FALSE(bind_counts(apart, rows).program->schedule.crossing);
}

TEST_CASE("crossed factors are drawn together where an effective draw then takes less") {
  const auto sparse = [](const Bound& bound) {
    return bound.program->schedule.steps.front().sparse;
  };
  Counts chain(30, 30);
  for (int i = 0; i < 30; ++i)
    for (int j = 0; j < 30; ++j) chain(i, j) = j == i || j == i + 1 ? 2 : 0;
  CHECK(sparse(bind_counts(kWithMean, chain)));
  CHECK(sparse(bind_counts(kWithout, Counts::Constant(5, 4, 2))));
  CHECK_FALSE(sparse(bind_counts(kWithMean, Counts::Constant(60, 40, 1))));
  const Crossing full = crossing_of(kWithMean, Counts::Constant(60, 40, 1));
  CHECK(full.together > full.apart * full.sweeps);
}

TEST_CASE("factors that nest do not cross") {
  Counts nested = Counts::Zero(6, 2);
  for (int i = 0; i < 6; ++i) nested(i, i / 3) = 3;
  CHECK_FALSE(bind_counts(kWithMean, nested).program->schedule.crossing);
}

}  // namespace
}  // namespace lmmdsl::testing
