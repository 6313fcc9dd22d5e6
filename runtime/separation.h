// Separation of responses that are known by halves (0 or 1, beyond a limit): whether there is a
// direction of the coefficients in which no likelihood falls.
//
// With flat priors the posterior of a binary regression is proper iff the design has full column
// rank and no direction d has a_i'd >= 0 for all rows, each with the sign of its response: Albert
// and Anderson (1984), Biometrika 71: 1-10; Chen and Shao (2001), Statistica Sinica 11: 1003-1017.
#pragma once

#include <Eigen/Dense>

namespace lmmdsl {

/// A direction d != 0 with closed * d = 0 and open * d >= 0; empty if there is none. The rows of
/// both together must have full column rank.
///
/// By Stiemke's lemma there is none iff some u > 0 has open' u = 0, within the null space of
/// `closed`: scaled to u = 1 + v, v >= 0, this is a least squares problem with nonnegative v, whose
/// residual is such a direction if it is not 0.
Eigen::VectorXd separating_direction(const Eigen::MatrixXd& closed, const Eigen::MatrixXd& open);

}  // namespace lmmdsl
