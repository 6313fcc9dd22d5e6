// Log densities by their textbook formulas: Gelman et al., Bayesian Data Analysis, 3rd edition,
// appendix A (tables A.1 and A.2). Written apart from the families' rows on purpose.
#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "runtime/evaluate.h"
#include "runtime/log_gamma.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kLogPi = 1.1447298858494001741;
constexpr double kLog2 = 0.69314718055994530942;
constexpr double kLog2Pi = kLog2 + kLogPi;
constexpr double kOutside = -std::numeric_limits<double>::infinity();

/// log |M| for a positive definite M, else NaN. `Symmetric` up to rounding is enough.
double log_determinant(const Matrix& m) {
  const Eigen::LLT<Matrix> cholesky(0.5 * (m + m.transpose()));
  if (!m.allFinite() || cholesky.info() != Eigen::Success) return kNan;
  double sum = 0;
  for (Eigen::Index i = 0; i < m.rows(); ++i) sum += 2 * std::log(cholesky.matrixLLT()(i, i));
  return sum;
}

/// log of the multivariate gamma function: pi^{p(p-1)/4} times the product of Gamma(x - i/2), i <
/// p.
double log_multivariate_gamma(double x, Eigen::Index p) {
  double sum = 0.25 * static_cast<double>(p * (p - 1)) * kLogPi;
  for (Eigen::Index i = 0; i < p; ++i) sum += log_gamma(x - 0.5 * static_cast<double>(i));
  return sum;
}

/// (2 pi)^{-p/2} |V|^{-1/2} exp(-(x - m)' V^{-1} (x - m) / 2)
double normal(const Matrix& x, const Matrix& mean, const Matrix& variance) {
  const Eigen::Index p = x.size();
  Matrix m = mean, v = variance;
  if (m.size() == 1) m = Matrix::Constant(p, 1, mean(0, 0));
  if (v.size() == 1) v = variance(0, 0) * Matrix::Identity(p, p);
  const double log_det = log_determinant(v);
  if (std::isnan(log_det)) return kNan;
  const Eigen::VectorXd d = x.reshaped() - m.reshaped();
  return -0.5 * (static_cast<double>(p) * kLog2Pi + log_det + d.dot(v.inverse() * d));
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// The probability between two quantiles of N(0, 1). Both in the upper tail: its mirror image loses
/// no digits.
double normal_between(double from, double to) {
  return from > 0 ? normal_cdf(-from) - normal_cdf(-to) : normal_cdf(to) - normal_cdf(from);
}

/// The same of Gamma(a, 1).
double gamma_between(double a, double from, double to) {
  const auto below = [&](double x) {
    return x <= 0 ? 0 : std::isinf(x) ? 1 : boost::math::gamma_p(a, x);
  };
  const auto above = [&](double x) {
    return x <= 0 ? 1 : std::isinf(x) ? 0 : boost::math::gamma_q(a, x);
  };
  return from > a ? above(from) - above(to) : below(to) - below(from);
}

/// Phi(c_x - eta) - Phi(c_{x-1} - eta), c_0 = -infinity and c_K = infinity; the cuts are all
/// arguments but the first.
double ordered_probit(double x, const std::vector<Matrix>& args) {
  std::vector<double> cuts;
  for (std::size_t k = 1; k < args.size(); ++k)
    cuts.insert(cuts.end(), args[k].data(), args[k].data() + args[k].size());
  const auto categories = static_cast<double>(cuts.size() + 1);
  if (std::isnan(x) || !std::is_sorted(cuts.begin(), cuts.end())) return kNan;
  if (x < 1 || x > categories || x != std::floor(x)) return kOutside;
  const double eta = args[0](0, 0);
  const auto k = static_cast<std::size_t>(x);
  const double lower = k == 1 ? -HUGE_VAL : cuts[k - 2] - eta;
  const double upper = k > cuts.size() ? HUGE_VAL : cuts[k - 1] - eta;
  return std::log(normal_between(lower, upper));
}

/// b^a / Gamma(a) x^{a-1} e^{-bx}
double gamma(double x, double a, double b) {
  if (!(a > 0 && b > 0) || std::isnan(x)) return kNan;
  if (x <= 0) return kOutside;
  return a * std::log(b) - log_gamma(a) + (a - 1) * std::log(x) - b * x;
}

/// b^a / Gamma(a) x^{-a-1} e^{-b/x}
double inverse_gamma(double x, double a, double b) {
  if (!(a > 0 && b > 0) || std::isnan(x)) return kNan;
  if (x <= 0) return kOutside;
  return a * std::log(b) - log_gamma(a) - (a + 1) * std::log(x) - b / x;
}

/// (2^{nu p/2} Gamma_p(nu/2))^{-1} |S|^{-nu/2} |W|^{(nu-p-1)/2} exp(-tr(S^{-1} W) / 2)
double wishart(const Matrix& w, double nu, const Matrix& s) {
  const double p = static_cast<double>(w.rows());
  const double log_det_s = log_determinant(s);
  if (!(nu > p - 1) || std::isnan(log_det_s) || !w.allFinite()) return kNan;
  const double log_det_w = log_determinant(w);
  if (std::isnan(log_det_w)) return kOutside;
  return -0.5 * nu * p * kLog2 - log_multivariate_gamma(0.5 * nu, w.rows()) - 0.5 * nu * log_det_s +
         0.5 * (nu - p - 1) * log_det_w - 0.5 * (s.inverse() * w).trace();
}

/// (2^{nu p/2} Gamma_p(nu/2))^{-1} |S|^{nu/2} |W|^{-(nu+p+1)/2} exp(-tr(S W^{-1}) / 2)
double inverse_wishart(const Matrix& w, double nu, const Matrix& s) {
  const double p = static_cast<double>(w.rows());
  const double log_det_s = log_determinant(s);
  if (!(nu > p - 1) || std::isnan(log_det_s) || !w.allFinite()) return kNan;
  const double log_det_w = log_determinant(w);
  if (std::isnan(log_det_w)) return kOutside;
  return -0.5 * nu * p * kLog2 - log_multivariate_gamma(0.5 * nu, w.rows()) + 0.5 * nu * log_det_s -
         0.5 * (nu + p + 1) * log_det_w - 0.5 * (s * w.inverse()).trace();
}

/// (nu/2)^{nu/2} / Gamma(nu/2) s^nu x^{-(nu/2+1)} exp(-nu s^2 / (2x)), with s^2 the variance
double scaled_inverse_chi_square(double x, double nu, double variance) {
  if (!(nu > 0 && variance > 0) || std::isnan(x)) return kNan;
  if (x <= 0) return kOutside;
  return 0.5 * nu * std::log(0.5 * nu) - log_gamma(0.5 * nu) + 0.5 * nu * std::log(variance) -
         (0.5 * nu + 1) * std::log(x) - nu * variance / (2 * x);
}

/// t_nu(m, s^2), 1/s of the density of (x - m)/s
double student_t(double x, double nu, double m, double s) {
  if (!(nu > 0 && s > 0)) return kNan;
  const double z = (x - m) / s;
  return log_gamma(0.5 * (nu + 1)) - log_gamma(0.5 * nu) - 0.5 * (std::log(nu) + kLogPi) -
         std::log(s) - 0.5 * (nu + 1) * std::log1p(z * z / nu);
}

/// Twice the density of a t variable, on the positive half line.
double half_t(double x, double nu, double scale) {
  if (x < 0) return kOutside;
  return kLog2 + student_t(x, nu, 0, scale);
}

double laplace(double x, double m, double b) {
  if (!(b > 0)) return kNan;
  return -kLog2 - std::log(b) - std::abs(x - m) / b;
}

/// Yu and Moyeed (2001): q (1 - q)/s exp(-rho_q((x - m)/s))
double asymmetric_laplace(double x, double q, double m, double s) {
  if (!(s > 0 && q > 0 && q < 1)) return kNan;
  const double z = (x - m) / s;
  return std::log(q * (1 - q) / s) - (z >= 0 ? q * z : (q - 1) * z);
}

double choose(double n, double k) {
  return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1);
}

double binomial(double x, double n, double p) {
  if (!(p >= 0 && p <= 1)) return kNan;
  if (x < 0 || x > n || x != std::floor(x)) return kOutside;
  double sum = choose(n, x);
  if (x > 0) sum += x * std::log(p);
  if (x < n) sum += (n - x) * std::log1p(-p);
  return sum;
}

/// Size r and success probability r/(r + m), counting failures.
double negative_binomial(double x, double mean, double r) {
  if (!(mean > 0 && r > 0)) return kNan;
  if (x < 0 || x != std::floor(x)) return kOutside;
  const double p = r / (r + mean);
  return choose(x + r - 1, x) + r * std::log(p) + x * std::log1p(-p);
}

double poisson(double x, double rate) {
  if (!(rate > 0)) return kNan;
  if (x < 0 || x != std::floor(x)) return kOutside;
  return x * std::log(rate) - rate - log_gamma(x + 1);
}

double beta(double x, double a, double b) {
  if (!(a > 0 && b > 0)) return kNan;
  if (x <= 0 || x >= 1) return kOutside;
  return log_gamma(a + b) - log_gamma(a) - log_gamma(b) + (a - 1) * std::log(x) +
         (b - 1) * std::log1p(-x);
}

double log_normal_cdf(double z) { return std::log(normal_cdf(z)); }

/// Tobin (1958): the density between the limits, the probability of what lies beyond them at them.
double censored_normal(double y, double m, double v, double below, double above) {
  const double sd = std::sqrt(v);
  if (y <= below) return log_normal_cdf((below - m) / sd);
  if (y >= above) return log_normal_cdf((m - above) / sd);
  return -0.5 * (kLog2Pi + std::log(v) + (y - m) * (y - m) / v);
}

/// The density given that the value lies between the limits.
double truncated_normal(double y, double m, double v, double lower, double upper) {
  if (y < lower || y > upper) return kOutside;
  const double sd = std::sqrt(v), from = (lower - m) / sd, to = (upper - m) / sd;
  return -0.5 * (kLog2Pi + std::log(v) + (y - m) * (y - m) / v) -
         std::log(normal_between(from, to));
}

double grid(double x, const Matrix& values, const Matrix& weights) {
  for (Eigen::Index k = 0; k < values.size(); ++k)
    if (std::abs(values(k) - x) <= 1e-12 * std::abs(x)) return std::log(weights(k) / weights.sum());
  return kOutside;
}

/// Huang and Wand (2013), density (2) with its constant: an inverse-Wishart density averaged over
/// gamma scales in closed form.
double huang_wand(const Matrix& x, double nu, const Matrix& scales) {
  const double p = static_cast<double>(x.rows());
  const double log_det = log_determinant(x);
  if (std::isnan(log_det)) return kOutside;
  const Matrix inverse = x.inverse();
  const double df = nu + p - 1;
  double sum = -0.5 * (nu + 2 * p) * log_det + 0.5 * df * p * std::log(nu) -
               log_multivariate_gamma(0.5 * df, x.rows());
  for (Eigen::Index k = 0; k < x.rows(); ++k) {
    sum += log_gamma(0.5 * (nu + p)) - log_gamma(0.5) - std::log(scales(k)) -
           0.5 * (nu + p) * std::log(nu * inverse(k, k) + 1 / (scales(k) * scales(k)));
  }
  return sum;
}

double spike_slab(double x, double p, double v) {
  if (x == 0) return std::log1p(-p);
  return std::log(p) - 0.5 * (kLog2Pi + std::log(v) + x * x / v);
}

/// A density of scalars, summed over the components of a vector.
template <class F>
double each(const Matrix& value, const F& log_density) {
  double sum = 0;
  for (Eigen::Index k = 0; k < value.size(); ++k) sum += log_density(value(k), k);
  return sum;
}

/// w_x
double categorical(double x, const Matrix& w) {
  if (std::isnan(x) || !(w.minCoeff() >= 0)) return kNan;
  if (x < 1 || x > static_cast<double>(w.size()) || x != std::floor(x)) return kOutside;
  return std::log(w.reshaped()(static_cast<Eigen::Index>(x) - 1));
}

/// Gamma(a_1 + ... + a_K) times the product of x_c^{a_c - 1} / Gamma(a_c), over x_1, ..., x_(K-1)
double dirichlet(const Matrix& x, const Matrix& a) {
  if (!(a.minCoeff() > 0) || !x.allFinite()) return kNan;
  if (x.minCoeff() <= 0 || std::fabs(x.sum() - 1) > 1e-9) return kOutside;
  double sum = log_gamma(a.sum());
  for (Eigen::Index c = 0; c < x.size(); ++c) sum += (a(c) - 1) * std::log(x(c)) - log_gamma(a(c));
  return sum;
}

/// An argument that holds for all components, or one of each.
double part(const Matrix& argument, Eigen::Index k) {
  return argument.size() == 1 ? argument(0) : argument(k);
}

}  // namespace

double reference_log_density(FamilyId family, const Matrix& value,
                             const std::vector<Matrix>& args) {
  const auto number = [&](std::size_t k) { return args[k](0, 0); };
  switch (family) {
    case FamilyId::normal:
      return normal(value, args[0], args[1]);
    case FamilyId::gamma:
      return each(value, [&](double x, auto k) { return gamma(x, number(0), part(args[1], k)); });
    case FamilyId::inverse_gamma:
      return each(value,
                  [&](double x, auto k) { return inverse_gamma(x, number(0), part(args[1], k)); });
    case FamilyId::half_cauchy:
      return half_t(value(0, 0), 1, number(0));
    case FamilyId::half_t:
      return half_t(value(0, 0), number(0), number(1));
    case FamilyId::half_normal:
      if (value(0, 0) < 0) return kOutside;
      return kLog2 + normal(value, Matrix::Zero(1, 1), args[0] * args[0]);
    case FamilyId::exponential:
      return gamma(value(0, 0), 1, number(0));
    case FamilyId::uniform:
      if (value(0, 0) < number(0) || value(0, 0) > number(1)) return kOutside;
      return -std::log(number(1) - number(0));
    case FamilyId::pareto:
      if (value(0, 0) < number(1)) return kOutside;
      return std::log(number(0) / number(1)) - (number(0) + 1) * std::log(value(0, 0) / number(1));
    case FamilyId::grid:
      return grid(value(0, 0), args[0], args[1]);
    case FamilyId::student_t:
      return each(value, [&](double x, auto k) {
        return student_t(x, number(0), part(args[1], k), number(2));
      });
    case FamilyId::laplace:
      return each(value, [&](double x, auto k) { return laplace(x, part(args[0], k), number(1)); });
    case FamilyId::asymmetric_laplace:
      return asymmetric_laplace(value(0, 0), number(0), number(1), number(2));
    case FamilyId::bernoulli:
      return binomial(value(0, 0), 1, number(0));
    case FamilyId::binomial:
      return binomial(value(0, 0), number(0), number(1));
    case FamilyId::negative_binomial:
      return negative_binomial(value(0, 0), number(0), number(1));
    case FamilyId::poisson:
      return poisson(value(0, 0), number(0));
    case FamilyId::ordered_probit:
      return ordered_probit(value(0, 0), args);
    case FamilyId::beta:
      return beta(value(0, 0), number(0), number(1));
    case FamilyId::categorical:
      return categorical(value(0, 0), args[0]);
    case FamilyId::dirichlet:
      return dirichlet(value, args[0]);
    case FamilyId::censored_normal:
      return censored_normal(value(0, 0), number(0), number(1), number(2), number(3));
    case FamilyId::truncated_normal:
      return truncated_normal(value(0, 0), number(0), number(1), number(2), number(3));
    case FamilyId::horseshoe:
      return kNan;  // no closed form: it stands in no model after its rewrite
    case FamilyId::huang_wand:
      return huang_wand(value, number(0), args[1]);
    case FamilyId::spike_slab:
      return each(value, [&](double x, auto) { return spike_slab(x, number(0), number(1)); });
    case FamilyId::logistic_tilt:
      return number(2) * number(0) - 0.5 * number(1) * number(0) * number(0);
    case FamilyId::polya_gamma:
      return value(0, 0) > 0 ? 0 : kOutside;  // relative to PG(b, 0)
    case FamilyId::latent_normal: {
      const double r = value(0, 0) - number(0);
      return -0.5 * number(1) * r * r;  // relative to the law that the signs leave
    }
    case FamilyId::rejected_normals: {  // relative to what the limits leave of so many points
      const double r = value(1) - number(0);
      return -0.5 * (value(0) * (kLog2Pi + std::log(number(1))) +
                     (value(0) * r * r + value(2)) / number(1));
    }
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

double reference_probability(FamilyId family, double lower, double upper,
                             const std::vector<Matrix>& args) {
  const auto number = [&](std::size_t k) { return args[k](0, 0); };
  switch (family) {
    case FamilyId::normal: {
      const double sd = std::sqrt(number(1));
      return normal_between((lower - number(0)) / sd, (upper - number(0)) / sd);
    }
    case FamilyId::gamma:
      return gamma_between(number(0), number(1) * lower, number(1) * upper);
    case FamilyId::inverse_gamma:  // of the inverse
      return gamma_between(number(0), upper > 0 ? number(1) / upper : HUGE_VAL,
                           lower > 0 ? number(1) / lower : HUGE_VAL);
    default:
      return kNan;
  }
}

}  // namespace lmmdsl
