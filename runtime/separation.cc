#include "runtime/separation.h"

#include <vector>

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr double kTolerance = 1e-9;  // of rows and columns scaled to length 1

/// Orthonormal columns that span what no row of R sees; all directions if R is 0.
Matrix null_space(const Matrix& R) {
  Eigen::ColPivHouseholderQR<Matrix> qr(R.transpose());
  qr.setThreshold(kTolerance);
  const Eigen::Index r = R.norm() > 0 ? qr.rank() : 0;
  const Matrix Q = qr.householderQ() * Matrix::Identity(R.cols(), R.cols());
  return Q.rightCols(R.cols() - r);
}

/// The residual b + M v of the v >= 0 that makes it shortest: the active sets of Lawson and Hanson
/// (1974), Solving Least Squares Problems, section 23.3.
Vector nonnegative_residual(const Matrix& M, const Vector& b) {
  const Eigen::Index n = M.cols();
  Vector v = Vector::Zero(n), residual = b;
  std::vector<Eigen::Index> passive;
  std::vector<bool> is_passive(static_cast<std::size_t>(n), false);
  const double scale = b.norm();
  for (Eigen::Index round = 0; round < 10 * (M.rows() + 10); ++round) {
    if (residual.norm() <= kTolerance * scale) return residual;
    // The entry whose growth shortens the residual most.
    const Vector slope = M.transpose() * residual;
    Eigen::Index best = -1;
    for (Eigen::Index i = 0; i < n; ++i) {
      if (is_passive[static_cast<std::size_t>(i)] || slope[i] >= -kTolerance * residual.norm())
        continue;
      if (best < 0 || slope[i] < slope[best]) best = i;
    }
    if (best < 0) return residual;
    passive.push_back(best);
    is_passive[static_cast<std::size_t>(best)] = true;
    while (!passive.empty()) {
      Matrix P(M.rows(), static_cast<Eigen::Index>(passive.size()));
      for (std::size_t j = 0; j < passive.size(); ++j)
        P.col(static_cast<Eigen::Index>(j)) = M.col(passive[j]);
      const Vector x = P.colPivHouseholderQr().solve(-b);
      // As far as all entries stay nonnegative.
      double step = 1;
      for (std::size_t j = 0; j < passive.size(); ++j) {
        const double from = v[passive[j]], to = x[static_cast<Eigen::Index>(j)];
        if (to < 0) step = std::min(step, from > 0 ? from / (from - to) : 0);
      }
      std::vector<Eigen::Index> left;
      for (std::size_t j = 0; j < passive.size(); ++j) {
        const Eigen::Index i = passive[j];
        const double to = x[static_cast<Eigen::Index>(j)];
        v[i] += step * (to - v[i]);
        if (step < 1 && to < 0 && v[i] <= kTolerance * scale) {
          v[i] = 0;
          is_passive[static_cast<std::size_t>(i)] = false;
        } else {
          left.push_back(i);
        }
      }
      passive = std::move(left);
      if (step == 1) break;
    }
    residual = b + M * v;
  }
  return residual;
}

}  // namespace

Vector separating_direction(const Matrix& closed, const Matrix& open) {
  if (open.rows() == 0) return {};
  const Eigen::Index k = open.cols();
  Vector length(k);
  for (Eigen::Index j = 0; j < k; ++j) {
    const double both = std::hypot(closed.col(j).norm(), open.col(j).norm());
    length[j] = both > 0 ? both : 1;
  }
  const Matrix free = null_space(closed * length.cwiseInverse().asDiagonal());
  if (free.cols() == 0) return {};
  Matrix rows = open * length.cwiseInverse().asDiagonal() * free;
  // Scaled to length 1; rows that no free direction reaches ask for nothing.
  const double longest = rows.rowwise().norm().maxCoeff();
  Eigen::Index count = 0;
  for (Eigen::Index i = 0; i < rows.rows(); ++i) {
    const double norm = rows.row(i).norm();
    if (norm > kTolerance * longest) rows.row(count++) = rows.row(i) / norm;
  }
  const Matrix M = rows.topRows(count).transpose();
  const Vector b = M.rowwise().sum();
  const Vector residual = nonnegative_residual(M, b);
  if (residual.norm() <= 1e-7 * static_cast<double>(count)) return {};
  // Where the sets went on changing until the last round it is none.
  if ((M.transpose() * residual).minCoeff() < -1e-6 * residual.norm()) return {};
  Vector direction = length.cwiseInverse().asDiagonal() * (free * residual);
  return direction / direction.cwiseAbs().maxCoeff();
}

}  // namespace lmmdsl
