// The mode of a log density and the curvature there, by Newton's method with central differences.
#pragma once

#include <Eigen/Dense>
#include <functional>

namespace lmmdsl {

struct ModeSearch {
  /// Minus infinity outside the support.
  std::function<double(const Eigen::VectorXd&)> log_density;
  /// How far a coordinate may be expected to vary from a point.
  std::function<double(int, const Eigen::VectorXd&)> width;
};

/// From `point` to the mode, or as near as thirty steps come. `covariance` becomes the inverse of
/// the negative Hessian there, with directions in which the density is not concave taken as if it
/// were; where it comes from a search before, it says how far apart differences are taken. False
/// where there is no density or no covariance.
bool find_mode(const ModeSearch& search, Eigen::VectorXd& point, Eigen::MatrixXd& covariance);

}  // namespace lmmdsl
