#include "runtime/mode.h"

#include <cmath>
#include <limits>

#include "support/catch.h"

namespace lmmdsl {
namespace {

const auto kUnit = [](int, const Eigen::VectorXd&) { return 1.0; };

TEST_CASE("the mode of a Normal density is its mean, the curvature its covariance") {
  Eigen::MatrixXd covariance(3, 3);
  covariance << 2, 0.5, -0.3, 0.5, 1, 0.2, -0.3, 0.2, 0.7;
  const Eigen::MatrixXd precision = covariance.inverse();
  const Eigen::Vector3d mean(1, -2, 0.5);
  Eigen::VectorXd point = Eigen::Vector3d(0, 0, 0);
  Eigen::MatrixXd found;
  REQUIRE(find_mode(
      {[&](const Eigen::VectorXd& x) { return -0.5 * (x - mean).dot(precision * (x - mean)); },
       kUnit},
      point, found));
  CHECK((point - mean).norm() < 1e-4);
  CHECK((found - covariance).norm() < 1e-4);
}

TEST_CASE("the mode of a skewed density, from where it is not concave") {
  // The log of a Gamma(3, 2) variate: mode log(3/2), variance there 1/3. The squared sine bends it
  // upwards at the start only.
  const auto log_density = [](const Eigen::VectorXd& x) {
    const double bend = x[0] < -2 ? std::sin(x[0] + 2) : 0;
    return 3 * x[0] - 2 * std::exp(x[0]) + 4 * bend * bend;
  };
  Eigen::VectorXd point = Eigen::VectorXd::Constant(1, -2.3);
  Eigen::MatrixXd found;
  REQUIRE(find_mode({log_density, kUnit}, point, found));
  CHECK(std::abs(point[0] - std::log(1.5)) < 0.02);
  CHECK(std::abs(found(0, 0) - 1.0 / 3) < 0.02);
}

TEST_CASE("there is no mode to find outside the support") {
  Eigen::VectorXd point = Eigen::VectorXd::Zero(2);
  Eigen::MatrixXd found;
  CHECK_FALSE(find_mode(
      {[](const Eigen::VectorXd&) { return -std::numeric_limits<double>::infinity(); }, kUnit},
      point, found));
  CHECK(found.size() == 0);
}

}  // namespace
}  // namespace lmmdsl
