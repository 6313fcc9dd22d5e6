#include "runtime/mode.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lmmdsl {

namespace {

constexpr int kMostSteps = 30, kMostHalvings = 12;
/// Steps that are expected to raise the log density by less end the search.
constexpr double kLeastRise = 1e-3;
/// The longest step, in widths.
constexpr double kLongest = 3;
/// Of how far apart differences are taken: in standard deviations where these are known, else in
/// widths, for which a hundredth is small.
constexpr double kOfDeviations = 0.1, kOfWidths = 0.01;

struct Derivatives {
  Eigen::VectorXd gradient;
  Eigen::MatrixXd negative_hessian;
};

Derivatives differences(const ModeSearch& search, const Eigen::VectorXd& point, double value,
                        const Eigen::VectorXd& step) {
  const Eigen::Index d = point.size();
  Derivatives out{Eigen::VectorXd(d), Eigen::MatrixXd(d, d)};
  Eigen::VectorXd up(d), down(d);
  for (Eigen::Index i = 0; i < d; ++i) {
    Eigen::VectorXd x = point;
    x[i] += step[i];
    up[i] = search.log_density(x);
    x[i] -= 2 * step[i];
    down[i] = search.log_density(x);
    out.gradient[i] = (up[i] - down[i]) / (2 * step[i]);
    out.negative_hessian(i, i) = (2 * value - up[i] - down[i]) / (step[i] * step[i]);
  }
  for (Eigen::Index i = 0; i < d; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) {
      Eigen::VectorXd x = point;
      x[i] += step[i];
      x[j] += step[j];
      const double both = search.log_density(x);
      out.negative_hessian(i, j) = out.negative_hessian(j, i) =
          -(both - up[i] - up[j] + value) / (step[i] * step[j]);
    }
  }
  return out;
}

}  // namespace

bool find_mode(const ModeSearch& search, Eigen::VectorXd& point, Eigen::MatrixXd& covariance) {
  const Eigen::Index d = point.size();
  double value = search.log_density(point);
  if (!std::isfinite(value)) return false;
  for (int iteration = 0; iteration < kMostSteps; ++iteration) {
    Eigen::VectorXd width(d), step(d);
    for (Eigen::Index i = 0; i < d; ++i) {
      width[i] = search.width(static_cast<int>(i), point);
      step[i] = covariance.rows() == d ? kOfDeviations * std::sqrt(covariance(i, i))
                                       : kOfWidths * width[i];
    }
    Derivatives at = differences(search, point, value, step);
    if (!at.gradient.allFinite() || !at.negative_hessian.allFinite()) break;
    // In units of the widths.
    at.negative_hessian = width.asDiagonal() * at.negative_hessian * width.asDiagonal();
    at.gradient = at.gradient.cwiseProduct(width);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(at.negative_hessian);
    // Directions in which the density is not concave are taken as if it were.
    const double largest = eigen.eigenvalues().cwiseAbs().maxCoeff();
    const Eigen::VectorXd lambda =
        eigen.eigenvalues().cwiseAbs().cwiseMax(std::max(1e-8 * largest, 1e-3));
    covariance = eigen.eigenvectors() * lambda.cwiseInverse().asDiagonal() *
                 eigen.eigenvectors().transpose();
    Eigen::VectorXd move = covariance * at.gradient;
    covariance = width.asDiagonal() * covariance * width.asDiagonal();
    if (0.5 * at.gradient.dot(move) < kLeastRise) break;
    const double length = move.cwiseAbs().maxCoeff();
    if (length > kLongest) move *= kLongest / length;
    move = move.cwiseProduct(width);
    bool better = false;
    for (int halving = 0; halving < kMostHalvings && !better; ++halving, move /= 2) {
      const Eigen::VectorXd x = point + move;
      const double found = search.log_density(x);
      better = found > value;
      if (!better) continue;
      point = x;
      value = found;
    }
    if (!better) break;
  }
  return covariance.rows() == d;
}

}  // namespace lmmdsl
