#include "runtime/evaluate_functions.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "runtime/log_gamma.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

[[noreturn]] void bug(const char* what) {
  throw std::logic_error(std::string("reference evaluator: ") + what);
}

}  // namespace

double elementary(Op op, double x) {
  switch (op) {
    case Op::log_gamma:
      return log_gamma(x);
    case Op::exp:
      return std::exp(x);
    case Op::log:
      return std::log(x);
    case Op::sqrt:
      return std::sqrt(x);
    case Op::abs:
      return std::fabs(x);
    case Op::phi:
      return 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Op::logit:
      return std::log(x / (1 - x));
    case Op::invlogit:
      return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
    case Op::logical_not:
      return std::isnan(x) ? kNan : x == 0;
    default:
      bug("not an elementary function");
  }
}

double compare(Op op, double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return kNan;
  switch (op) {
    case Op::minimum:
      return std::min(a, b);
    case Op::maximum:
      return std::max(a, b);
    case Op::less:
      return a < b;
    case Op::less_equal:
      return a <= b;
    case Op::greater:
      return a > b;
    case Op::greater_equal:
      return a >= b;
    case Op::equal:
      return a == b;
    case Op::not_equal:
      return a != b;
    case Op::logical_and:
      return a != 0 && b != 0;
    case Op::logical_or:
      return a != 0 || b != 0;
    default:
      bug("not a comparison");
  }
}

Matrix concatenate(const std::vector<Matrix>& parts, bool side_by_side) {
  Eigen::Index rows = 0, cols = 0;
  for (const Matrix& m : parts) {
    rows = side_by_side ? std::max(rows, m.rows()) : rows + m.rows();
    cols = side_by_side ? cols + m.cols() : std::max(cols, m.cols());
  }
  Matrix result(rows, cols);
  Eigen::Index at = 0;
  for (const Matrix& m : parts) {
    if (side_by_side) {
      result.middleCols(at, m.cols()) = m;
      at += m.cols();
    } else {
      result.middleRows(at, m.rows()) = m;
      at += m.rows();
    }
  }
  return result;
}

double log_determinant(const Matrix& m) {
  const Eigen::PartialPivLU<Matrix> lu(m);
  double sign = lu.permutationP().determinant(), sum = 0;
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    const double pivot = lu.matrixLU()(i, i);
    sign *= pivot < 0 ? -1 : 1;
    sum += std::log(std::fabs(pivot));
  }
  return sign > 0 ? sum : kNan;
}

Matrix correlation_of(const Matrix& covariance) {
  const Eigen::VectorXd sd = covariance.diagonal().cwiseSqrt();
  Matrix result = covariance;
  for (Eigen::Index i = 0; i < result.rows(); ++i)
    for (Eigen::Index j = 0; j < result.cols(); ++j)
      result(i, j) = i == j ? (sd(i) > 0 ? 1 : kNan) : covariance(i, j) / (sd(i) * sd(j));
  return result;
}

}  // namespace lmmdsl
