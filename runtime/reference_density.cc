// Log densities by their textbook formulas: Gelman et al., Bayesian Data Analysis, 3rd edition,
// appendix A (tables A.1 and A.2). Written apart from the families' rows on purpose.
#include <cmath>
#include <limits>
#include <stdexcept>

#include "runtime/evaluate.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kLogPi = 1.1447298858494001741;
constexpr double kLog2 = 0.69314718055994530942;
constexpr double kLog2Pi = kLog2 + kLogPi;
constexpr double kOutside = -std::numeric_limits<double>::infinity();
constexpr double kInvalid = std::numeric_limits<double>::quiet_NaN();

/// log |M| for a positive definite M, else NaN. `Symmetric` up to rounding is enough.
double log_determinant(const Matrix& m) {
  const Eigen::LLT<Matrix> cholesky(0.5 * (m + m.transpose()));
  if (!m.allFinite() || cholesky.info() != Eigen::Success) return kInvalid;
  double sum = 0;
  for (Eigen::Index i = 0; i < m.rows(); ++i) sum += 2 * std::log(cholesky.matrixLLT()(i, i));
  return sum;
}

/// log of the multivariate gamma function: pi^{p(p-1)/4} times the product of Gamma(x - i/2), i <
/// p.
double log_multivariate_gamma(double x, Eigen::Index p) {
  double sum = 0.25 * static_cast<double>(p * (p - 1)) * kLogPi;
  for (Eigen::Index i = 0; i < p; ++i) sum += std::lgamma(x - 0.5 * static_cast<double>(i));
  return sum;
}

/// (2 pi)^{-p/2} |V|^{-1/2} exp(-(x - m)' V^{-1} (x - m) / 2)
double normal(const Matrix& x, const Matrix& mean, const Matrix& variance) {
  const Eigen::Index p = x.size();
  Matrix m = mean, v = variance;
  if (m.size() == 1) m = Matrix::Constant(p, 1, mean(0, 0));
  if (v.size() == 1) v = variance(0, 0) * Matrix::Identity(p, p);
  const double log_det = log_determinant(v);
  if (std::isnan(log_det)) return kInvalid;
  const Eigen::VectorXd d = x.reshaped() - m.reshaped();
  return -0.5 * (static_cast<double>(p) * kLog2Pi + log_det + d.dot(v.inverse() * d));
}

/// b^a / Gamma(a) x^{a-1} e^{-bx}
double gamma(double x, double a, double b) {
  if (!(a > 0 && b > 0) || std::isnan(x)) return kInvalid;
  if (x <= 0) return kOutside;
  return a * std::log(b) - std::lgamma(a) + (a - 1) * std::log(x) - b * x;
}

/// b^a / Gamma(a) x^{-a-1} e^{-b/x}
double inverse_gamma(double x, double a, double b) {
  if (!(a > 0 && b > 0) || std::isnan(x)) return kInvalid;
  if (x <= 0) return kOutside;
  return a * std::log(b) - std::lgamma(a) - (a + 1) * std::log(x) - b / x;
}

/// (2^{nu p/2} Gamma_p(nu/2))^{-1} |S|^{-nu/2} |W|^{(nu-p-1)/2} exp(-tr(S^{-1} W) / 2)
double wishart(const Matrix& w, double nu, const Matrix& s) {
  const double p = static_cast<double>(w.rows());
  const double log_det_s = log_determinant(s);
  if (!(nu > p - 1) || std::isnan(log_det_s) || !w.allFinite()) return kInvalid;
  const double log_det_w = log_determinant(w);
  if (std::isnan(log_det_w)) return kOutside;
  return -0.5 * nu * p * kLog2 - log_multivariate_gamma(0.5 * nu, w.rows()) - 0.5 * nu * log_det_s +
         0.5 * (nu - p - 1) * log_det_w - 0.5 * (s.inverse() * w).trace();
}

/// (2^{nu p/2} Gamma_p(nu/2))^{-1} |S|^{nu/2} |W|^{-(nu+p+1)/2} exp(-tr(S W^{-1}) / 2)
double inverse_wishart(const Matrix& w, double nu, const Matrix& s) {
  const double p = static_cast<double>(w.rows());
  const double log_det_s = log_determinant(s);
  if (!(nu > p - 1) || std::isnan(log_det_s) || !w.allFinite()) return kInvalid;
  const double log_det_w = log_determinant(w);
  if (std::isnan(log_det_w)) return kOutside;
  return -0.5 * nu * p * kLog2 - log_multivariate_gamma(0.5 * nu, w.rows()) + 0.5 * nu * log_det_s -
         0.5 * (nu + p + 1) * log_det_w - 0.5 * (s * w.inverse()).trace();
}

/// (nu/2)^{nu/2} / Gamma(nu/2) s^nu x^{-(nu/2+1)} exp(-nu s^2 / (2x)), with s^2 the variance
double scaled_inverse_chi_square(double x, double nu, double variance) {
  if (!(nu > 0 && variance > 0) || std::isnan(x)) return kInvalid;
  if (x <= 0) return kOutside;
  return 0.5 * nu * std::log(0.5 * nu) - std::lgamma(0.5 * nu) + 0.5 * nu * std::log(variance) -
         (0.5 * nu + 1) * std::log(x) - nu * variance / (2 * x);
}

}  // namespace

double reference_log_density(FamilyId family, const Matrix& value,
                             const std::vector<Matrix>& args) {
  const auto number = [&](std::size_t k) { return args[k](0, 0); };
  switch (family) {
    case FamilyId::normal:
      return normal(value, args[0], args[1]);
    case FamilyId::gamma:
      return gamma(value(0, 0), number(0), number(1));
    case FamilyId::inverse_gamma:
      return inverse_gamma(value(0, 0), number(0), number(1));
    case FamilyId::wishart:
      return wishart(value, number(0), args[1]);
    case FamilyId::inverse_wishart:
      return inverse_wishart(value, number(0), args[1]);
    case FamilyId::scaled_inverse_chi_square:
      return scaled_inverse_chi_square(value(0, 0), number(0), number(1));
    case FamilyId::flat:
      return 0;
    case FamilyId::jeffreys: {
      const double determinant = value.determinant();
      if (!(determinant > 0)) return -std::numeric_limits<double>::infinity();
      return -0.5 * static_cast<double>(value.rows() + 1) * std::log(determinant);
    }
  }
  throw std::logic_error("reference density: unknown family");
}

}  // namespace lmmdsl
