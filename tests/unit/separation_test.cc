#include "runtime/separation.h"

#include <cmath>
#include <random>

#include "support/catch.h"

namespace lmmdsl::testing {
namespace {

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

constexpr double kSlack = 1e-9;

/// In the plane a cone of directions is empty or has an edge along one of its rows' lines.
bool has_direction_in_the_plane(const MatrixXd& closed, const MatrixXd& open) {
  std::vector<Vector2d> edges;
  for (const MatrixXd* rows : {&closed, &open})
    for (Eigen::Index i = 0; i < rows->rows(); ++i) {
      const Vector2d edge(-(*rows)(i, 1), (*rows)(i, 0));
      if (edge.norm() == 0) continue;
      edges.push_back(edge.normalized());
      edges.push_back(-edge.normalized());
    }
  return std::any_of(edges.begin(), edges.end(), [&](const Vector2d& d) {
    return (closed * d).cwiseAbs().maxCoeff() < kSlack && (open * d).minCoeff() > -kSlack;
  });
}

TEST_CASE("a direction in which no likelihood falls is found iff there is one") {
  std::mt19937_64 bits(7);
  const auto digit = [&] { return static_cast<double>(bits() % 7) - 3; };
  int found = 0, none = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto n = static_cast<Eigen::Index>(2 + bits() % 6);
    MatrixXd open(n, 2);
    for (Eigen::Index i = 0; i < n; ++i) open.row(i) << digit(), digit();
    MatrixXd closed = MatrixXd::Zero(2, 2);
    if (bits() % 4 == 0) closed.row(0) << digit(), digit();
    MatrixXd both(n + 2, 2);
    both << open, closed;
    if (both.colPivHouseholderQr().rank() < 2) continue;
    const VectorXd d = separating_direction(closed, open);
    CAPTURE(open, closed, d);
    REQUIRE((d.size() > 0) == has_direction_in_the_plane(closed, open));
    if (d.size() == 0) {
      ++none;
      continue;
    }
    ++found;
    CHECK(d.cwiseAbs().maxCoeff() == Approx(1));
    CHECK((closed * d).cwiseAbs().maxCoeff() < 1e-6);
    CHECK((open * d).minCoeff() > -1e-6);
  }
  CHECK(found > 200);
  CHECK(none > 200);
}

TEST_CASE("many rows and coefficients: one row decides") {
  std::mt19937_64 bits(3);
  const auto draw = [&] { return static_cast<double>(bits() >> 11) * 0x1p-52 - 1; };
  const Eigen::Index n = 400, k = 12;
  const VectorXd d = VectorXd::NullaryExpr(k, draw);
  MatrixXd open = MatrixXd::NullaryExpr(n, k, draw);
  for (Eigen::Index i = 0; i < n; ++i)
    if (open.row(i) * d < 0) open.row(i) *= -1;
  const MatrixXd closed = MatrixXd::Zero(k, k);
  const VectorXd along = separating_direction(closed, open);
  REQUIRE(along.size() == k);
  CHECK((open * along).minCoeff() > -1e-6);
  // A row against the sum of the others, which lies within their cone.
  MatrixXd overlapping(n + 1, k);
  overlapping << open, -open.colwise().sum();
  CHECK(separating_direction(closed, overlapping).size() == 0);
}

}  // namespace
}  // namespace lmmdsl::testing
