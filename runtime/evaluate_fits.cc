// Least squares, orthogonal polynomials and triangles of the reference evaluator, by QR.
//
// A least_squares node is one field of a fit: args y and X; node->over is the plate of the fit
// (`by`), node->plate where the field lives, node->labels[0] the field. With plate == over the
// field is that of each element's fit. With a coarser plate it is pooled over the fits inside: rss,
// n and df are sums, sigma2 is the ratio of the sums. coef is never pooled.
#include <cmath>
#include <limits>
#include <stdexcept>

#include "runtime/bind.h"
#include "runtime/evaluate.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr std::size_t kWholePlate = std::numeric_limits<std::size_t>::max();

}  // namespace

LeastSquares least_squares_fit(const Vector& y, const Matrix& X) {
  LeastSquares fit;
  fit.n = X.rows();
  fit.coef = Vector::Constant(X.cols(), kNan);
  fit.rss = kNan;
  if (X.rows() == 0) return fit;
  // Columns of length 1: the rank does not depend on units of measurement.
  Vector length = X.colwise().norm();
  for (double& x : length)
    if (!(x > 0)) x = 1;
  const Matrix scaled = X * length.cwiseInverse().asDiagonal();
  const Eigen::ColPivHouseholderQR<Matrix> qr(scaled);
  fit.rank = qr.rank();
  if (fit.rank == X.cols()) {
    fit.coef = Vector(qr.solve(y)).cwiseQuotient(length);
    fit.rss = (y - X * fit.coef).squaredNorm();
    return fit;
  }
  for (Eigen::Index j = 0; j < X.cols() && fit.dependent < 0; ++j)
    if (Eigen::ColPivHouseholderQR<Matrix>(scaled.leftCols(j + 1)).rank() <= j) fit.dependent = j;
  return fit;
}

Matrix orthogonal_polynomials(const Vector& x, int k) {
  const Eigen::Index n = x.size();
  Matrix powers(n, k + 1);
  const Vector centred = x.array() - x.mean();
  powers.col(0).setOnes();
  for (int j = 1; j <= k; ++j) powers.col(j) = powers.col(j - 1).cwiseProduct(centred);
  // Scaled columns have the same orthogonal polynomials and a rank that can be judged.
  Matrix scaled = powers;
  for (int j = 0; j <= k; ++j) scaled.col(j) /= powers.col(j).norm();
  if (n <= k || !scaled.allFinite() || Eigen::ColPivHouseholderQR<Matrix>(scaled).rank() <= k)
    return Matrix::Constant(n, k, kNan);
  const Eigen::HouseholderQR<Matrix> qr(powers);
  const Matrix q = qr.householderQ() * Matrix::Identity(n, k + 1);
  Matrix result = q.rightCols(k);
  for (int j = 1; j <= k; ++j)
    if (qr.matrixQR()(j, j) < 0) result.col(j - 1) *= -1;
  return result;
}

Matrix Evaluator::evaluate_least_squares(const Expr& e, std::size_t element) const {
  const State none;
  const std::string& field = e->labels[0];
  double rss = 0, n = 0, df = 0;
  for (std::int32_t group : members(e->over, e->plate, element, {})) {
    const std::vector<std::int32_t> rows = present_members(e, row_plate(), e->over, group, {});
    Vector y(rows.size());
    Matrix X;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Matrix row = evaluate_at(e->args[1], none, row_plate(), rows[i]);
      if (i == 0) X.resize(rows.size(), row.cols());
      X.row(i) = row;
      y(i) = evaluate_at(e->args[0], none, row_plate(), rows[i])(0, 0);
    }
    if (rows.empty()) X.resize(0, data_.length(e->args[1]->shape.cols));
    const LeastSquares fit = least_squares_fit(y, X);
    if (field == "coef") return fit.coef;
    rss += fit.rss;
    n += static_cast<double>(fit.n);
    df += static_cast<double>(fit.n - fit.rank);
  }
  if (field == "rss") return Matrix::Constant(1, 1, rss);
  if (field == "n") return Matrix::Constant(1, 1, n);
  if (field == "df") return Matrix::Constant(1, 1, df);
  if (field == "sigma2") return Matrix::Constant(1, 1, rss / df);
  throw std::logic_error("reference evaluator: unknown field " + field);
}

Matrix Evaluator::evaluate_triangle(const Expr& e, const State& state, std::size_t element) const {
  const std::vector<std::int32_t> elements = members(e->over, e->plate, element, state);
  Matrix stacked;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    std::vector<Matrix> parts;
    Eigen::Index cols = 0;
    for (std::size_t k = 0; k + 1 < e->args.size(); ++k) {
      parts.push_back(evaluate_at(e->args[k], state, e->over, elements[i]));
      cols += parts.back().cols();
    }
    const double weight = evaluate_at(e->args.back(), state, e->over, elements[i])(0, 0);
    const Eigen::Index height = parts[0].rows();
    if (i == 0) stacked.resize(height * static_cast<Eigen::Index>(elements.size()), cols);
    Eigen::Index at = 0;
    for (const Matrix& m : parts) {
      stacked.block(height * static_cast<Eigen::Index>(i), at, height, m.cols()) =
          std::sqrt(weight) * m;
      at += m.cols();
    }
  }
  const Eigen::Index k = elements.empty() ? data_.length(e->shape.cols) : stacked.cols();
  Matrix result = Matrix::Zero(k, k);
  if (elements.empty()) return result;
  const Eigen::HouseholderQR<Matrix> qr(stacked);
  const Eigen::Index rows = std::min(k, stacked.rows());
  result.topRows(rows) = qr.matrixQR().topRows(rows).template triangularView<Eigen::Upper>();
  for (Eigen::Index i = 0; i < k; ++i)
    if (result(i, i) < 0) result.row(i) *= -1;
  return result;
}

Matrix Evaluator::evaluate_poly(const Expr& e, std::size_t row) const {
  const auto key = std::pair(e.get(), kWholePlate);
  auto found = constants_.find(key);
  if (found == constants_.end()) {
    const State none;
    Vector x(data_.rows());
    for (std::size_t i = 0; i < data_.rows(); ++i)
      x(i) = evaluate_at(e->args[0], none, row_plate(), i)(0, 0);
    kept_.emplace(e.get(), e);
    found = constants_.emplace(key, orthogonal_polynomials(x, e->index[0])).first;
  }
  return found->second.row(row);
}

}  // namespace lmmdsl
