// The laws of the generators, against Boost.Math's distribution functions and exact identities.
#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <vector>

#include "runtime/random.h"
#include "support/catch.h"
#include "support/law_checks.h"

namespace lmmdsl {
namespace {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double uniform_cdf(double x) { return x; }
auto chi_squared_cdf(double df) {
  return [df](double x) { return boost::math::gamma_p(df / 2, x / 2); };
}

/// P(X <= exp(log_x)) for Gamma(shape, 1); the first term of the series where x would underflow.
double gamma_cdf_of_log(double shape, double log_x) {
  if (log_x < -40) return std::exp(shape * log_x - std::lgamma(shape + 1));
  return boost::math::gamma_p(shape, std::exp(log_x));
}

// ---- scalars

TEST_CASE("the law of bits and uniforms") {
  const int n = 4'000'000;
  Random random({.seed = 101});
  std::vector<int> cells(4096), pairs(64 * 64), bit(64);
  double last = random.uniform();
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    ++cells[static_cast<int>(u * 4096)];
    if (i % 2 == 0) ++pairs[static_cast<int>(u * 64) * 64 + static_cast<int>(last * 64)];
    last = u;
  }
  check_counts(cells, n);
  check_counts(pairs, n / 2);
  for (int i = 0; i < n; ++i) {
    const std::uint64_t bits = random.bits();
    for (int b = 0; b < 64; ++b) bit[b] += static_cast<int>(bits >> b & 1);
  }
  for (int b = 0; b < 64; ++b) check_mean(static_cast<double>(bit[b]) / n, 0.5, 0.5, n);
}

TEST_CASE("neighbouring streams are independent") {
  // Pairs of first words of streams whose addresses differ by one in a single field.
  const int n = 400'000;
  for (const int field : {0, 1, 2, 3, 4}) {
    std::vector<int> pairs(32 * 32);
    Values u;
    for (int i = 0; i < n; ++i) {
      StreamAddress address{.seed = 102, .chain = 3, .sweep = 70, .step = 5, .level = 11};
      const auto first = [&](int value) {
        const auto v = static_cast<std::uint32_t>(value);
        if (field == 0) address.seed = v;
        if (field == 1) address.chain = v;
        if (field == 2) address.sweep = v;
        if (field == 3) address.step = v;
        if (field == 4) address.level = v;
        return Random(address).uniform();
      };
      const double a = first(2 * i), b = first(2 * i + 1);
      u.push_back(a);
      ++pairs[static_cast<int>(a * 32) * 32 + static_cast<int>(b * 32)];
    }
    check_counts(pairs, n);
    check_law(u, uniform_cdf);
  }
}

TEST_CASE("the law of normal draws") {
  const int n = 10'000'000, cells = 5000;
  Random random({.seed = 103});
  std::vector<int> counts(cells), pairs(64 * 64);
  Values values;
  double last = 0;
  for (int i = 0; i < n; ++i) {
    const double x = normal(random);
    const double p = normal_cdf(x);
    ++counts[std::min(static_cast<int>(p * cells), cells - 1)];
    if (i % 2 == 1) ++pairs[static_cast<int>(p * 64) * 64 + static_cast<int>(last * 64)];
    last = p;
    if (i < 2'000'000) values.push_back(x);
  }
  check_counts(counts, n);
  check_counts(pairs, n / 2);
  check_law(values, normal_cdf);
}

TEST_CASE("the law of normal draws beyond the end of the ziggurat") {
  // Two of 10,000 draws come from a generator of their own.
  const int n = 80'000'000;
  const double end = 3.6541528853610088;
  Random random({.seed = 110});
  Values beyond;
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    const double x = normal(random);
    if (std::fabs(x) <= end) continue;
    beyond.push_back(x);
    sum += std::fabs(x);
  }
  const double p = 2 * normal_cdf(-end), size = static_cast<double>(beyond.size());
  check_mean(size / n, p, std::sqrt(p * (1 - p)), n);
  check_law(beyond, [&](double x) { return x < 0 ? normal_cdf(x) / p : 1 - normal_cdf(-x) / p; });
  const double hazard = 2 * boost::math::pdf(boost::math::normal(), end) / p;  // E(|x|)
  check_mean(sum / size, hazard, std::sqrt(1 + end * hazard - hazard * hazard), size);
}

TEST_CASE("the law of exponential draws") {
  Random random({.seed = 104});
  Values values;
  for (int i = 0; i < 1'000'000; ++i) values.push_back(exponential_variate(random));
  check_law(values, [](double x) { return -std::expm1(-x); });
}

TEST_CASE("the laws of gamma and inverse gamma draws over all shapes") {
  std::uint32_t step = 0;
  for (const double shape :
       {1e-3, 0.01, 0.1, 0.5, 0.999, 1.0, 1.001, 1.5, 2.5, 10.0, 137.5, 1e4, 1e6, 1e8}) {
    INFO("shape " << shape);
    Random random({.seed = 105, .step = step++});
    Values logarithms, plain, inverse;
    for (int i = 0; i < 400'000; ++i) {
      logarithms.push_back(log_gamma_variate(random, shape));
      if (shape < 0.1) continue;  // draws of the other two are often 0 or infinite
      plain.push_back(gamma_variate(random, shape, 2.5));
      inverse.push_back(inverse_gamma_variate(random, shape, 0.3));
    }
    check_law(logarithms, [&](double x) { return gamma_cdf_of_log(shape, x); });
    check_law(plain, [&](double x) { return boost::math::gamma_p(shape, 2.5 * x); });
    check_law(inverse, [&](double x) { return boost::math::gamma_q(shape, 0.3 / x); });
  }
}

TEST_CASE("gamma draws that leave double's range do so as often as they should") {
  const double shape = 1e-3;
  const int n = 200'000;
  Random random({.seed = 106});
  int zeros = 0, infinities = 0;
  for (int i = 0; i < n; ++i) {
    zeros += gamma_variate(random, shape, 1) == 0;
    infinities += std::isinf(inverse_gamma_variate(random, shape, 1));
  }
  const double below = gamma_cdf_of_log(shape, -1075 * std::log(2.0));  // rounds to 0
  const double above = gamma_cdf_of_log(shape, -1024 * std::log(2.0));
  check_mean(static_cast<double>(zeros) / n, below, std::sqrt(below * (1 - below)), n);
  check_mean(static_cast<double>(infinities) / n, above, std::sqrt(above * (1 - above)), n);
}

TEST_CASE("the checks of laws have power") {
  Random random({.seed = 107});
  Values shifted, shape, scale;
  for (int i = 0; i < 1'000'000; ++i) {
    shifted.push_back(normal(random) + 0.02);
    shape.push_back(gamma_variate(random, 2.53, 1));
    scale.push_back(1.03 * normal(random));
  }
  CHECK(distance_from(shifted, normal_cdf) > 1);
  CHECK(distance_from(shape, [](double x) { return boost::math::gamma_p(2.5, x); }) > 1);
  CHECK(distance_from(scale, normal_cdf) > 1);
}

// ---- vectors and matrices

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

const std::vector<int> kSizes = {1, 2, 3, 4, 5, 6, 7, 8, 12};

/// Positive definite, full, with standard deviations from 1 down to about 0.003 at p = 8.
Matrix covariance_of_size(int p) {
  Matrix a(p, p);
  for (int i = 0; i < p; ++i)
    for (int j = 0; j < p; ++j)
      a(i, j) = std::sin(1.0 + i + 2.3 * j * (i + 1)) + (i == j ? 1.5 : 0);
  const Vector scale = Vector::LinSpaced(p, 0, -0.36 * p).array().exp();
  return scale.asDiagonal() * (a * a.transpose()) * scale.asDiagonal();
}

Vector direction(int p, int k) {
  Vector c(p);
  for (int i = 0; i < p; ++i) c(i) = std::cos(1.7 * (k + 1) * (i + 1)) * std::exp(0.36 * i);
  return c;
}

/// x - mean ~ N(0, covariance), one draw a column: |L^-1 (x - mean)|^2 is chi-square, each entry of
/// L^-1 (x - mean), each entry of x and other projections are normal.
void check_multivariate_normal(const Matrix& draws, const Vector& mean, const Matrix& covariance) {
  const int p = static_cast<int>(mean.size());
  const Matrix centred = draws.colwise() - mean;
  const Matrix white = covariance.llt().matrixL().solve(centred);
  const int n = static_cast<int>(draws.cols());
  const auto check = [&](const Eigen::RowVectorXd& values, const auto& cdf) {
    check_law(Values(values.data(), values.data() + n), cdf);
  };
  const auto check_normal = [&](const Eigen::RowVectorXd& z) { check(z, normal_cdf); };
  check(white.colwise().squaredNorm(), chi_squared_cdf(p));
  for (int i = 0; i < p; ++i) {
    check_normal(white.row(i));
    check_normal(centred.row(i) / std::sqrt(covariance(i, i)));
  }
  for (int k = 0; k < 3; ++k) {
    const Vector c = direction(p, k);
    check_normal(c.transpose() * centred / std::sqrt(c.dot(covariance * c)));
  }
}

TEST_CASE("the law of normal vectors by covariance and by precision") {
  const int n = 40'000;
  for (const int p : kSizes) {
    INFO("p = " << p);
    const Matrix covariance = covariance_of_size(p);
    const Matrix precision = covariance.inverse();
    const Vector mean = Vector::LinSpaced(p, 1, -2);
    const Vector shift = precision * mean;
    Random random({.seed = 108, .step = static_cast<std::uint32_t>(p)});
    Matrix draws(p, n);
    for (int t = 0; t < n; ++t)
      REQUIRE(normal_by_covariance(random, p, mean.data(), covariance.data(), draws.col(t).data()));
    check_multivariate_normal(draws, mean, covariance);
    for (int t = 0; t < n; ++t)
      REQUIRE(normal_by_precision(random, p, precision.data(), shift.data(), draws.col(t).data()));
    check_multivariate_normal(draws, mean, covariance);
  }
}

/// Collects draws that should be W ~ Wishart(df, scale), and checks, with scale = K K' and T the
/// Cholesky factor of K^-1 W K^-T: T(i,i)^2 ~ chi^2(df - i), T(i,j) ~ N(0, 1), all independent, so
/// that tr(scale^-1 W) ~ chi^2(p df); |W| has known mean and variance on the log scale.
class WishartCheck {
 public:
  WishartCheck(double df, const Matrix& scale)
      : df_(df), p_(static_cast<int>(scale.rows())), k_(scale.llt().matrixL()) {}

  void add(const Matrix& w) {
    const auto lower = k_.triangularView<Eigen::Lower>();
    add_standard(lower.solve(lower.solve(w).transpose()));
  }

  /// K^-1 W K^-T.
  void add_standard(const Matrix& w) {
    const Eigen::LLT<Matrix> llt(w);
    REQUIRE(llt.info() == Eigen::Success);
    const Matrix t = llt.matrixL();
    trace_.push_back(w.trace());
    double log_determinant = 0;
    std::size_t entry = 0;
    entries_.resize(p_ * (p_ + 1) / 2);
    for (int i = 0; i < p_; ++i) {
      log_determinant += 2 * std::log(t(i, i));
      for (int j = 0; j < i; ++j) entries_[entry++].push_back(t(i, j));
      entries_[entry++].push_back(t(i, i) * t(i, i));
    }
    log_determinants_ += log_determinant;
    determinant_root_.push_back(2 * std::exp(log_determinant / 2));
  }

  void check() const {
    check_law(trace_, chi_squared_cdf(p_ * df_));
    std::size_t entry = 0;
    for (int i = 0; i < p_; ++i) {
      for (int j = 0; j < i; ++j) check_law(entries_[entry++], normal_cdf);
      check_law(entries_[entry++], chi_squared_cdf(df_ - i));
    }
    if (p_ == 2) check_law(determinant_root_, chi_squared_cdf(2 * df_ - 2));  // 2 |W|^(1/2)
    double mean = p_ * std::log(2.0), variance = 0;
    for (int i = 0; i < p_; ++i) {
      mean += boost::math::digamma((df_ - i) / 2);
      variance += boost::math::trigamma((df_ - i) / 2);
    }
    const double n = static_cast<double>(trace_.size());
    check_mean(log_determinants_ / n, mean, std::sqrt(variance), n);
  }

 private:
  double df_;
  int p_;
  Matrix k_;
  Values trace_, determinant_root_;
  std::vector<Values> entries_;
  double log_determinants_ = 0;
};

/// Draws W ~ Wishart(df, scale): c' W c / c' scale c ~ chi^2(df), entries of the diagonal among
/// them. Draws Sigma ~ InverseWishart(df, scale): c' scale c / c' Sigma c ~ chi^2(df - p + 1).
void check_matrix_laws(int p, double df, const Matrix& scale, std::uint32_t step) {
  INFO("p = " << p << ", df = " << df);
  const int n = 20'000, directions = std::min(p, 3) + 2;
  const Matrix inverse = scale.inverse();
  // By inversion in the check, a smallest eigenvalue that is 1e-12 of the others has no digits
  // left.
  const bool entries = df - p + 1 > 1;
  WishartCheck wishart(df, inverse), inverse_wishart(df, Matrix::Identity(p, p));
  const Matrix factor = scale.llt().matrixL();
  const auto lower = factor.triangularView<Eigen::Lower>();
  std::vector<Values> forward(directions), backward(directions);
  Random random({.seed = 109, .step = step});
  Matrix w(p, p), sigma(p, p);
  for (int t = 0; t < n; ++t) {
    REQUIRE(wishart_variate(random, p, df, scale.data(), w.data()));
    REQUIRE(inverse_wishart_variate(random, p, df, scale.data(), sigma.data()));
    for (int k = 0; k < directions; ++k) {
      const Vector c = k < p && k < 3 ? Vector(Vector::Unit(p, p - 1 - k)) : direction(p, k);
      forward[k].push_back(c.dot(w * c) / c.dot(inverse * c));
      backward[k].push_back(c.dot(scale * c) / c.dot(sigma * c));
    }
    if (entries) {
      wishart.add(w);
      inverse_wishart.add_standard(lower.solve(lower.solve(sigma).transpose()).inverse());
    }
  }
  for (const Values& values : forward) check_law(values, chi_squared_cdf(df));
  for (const Values& values : backward) check_law(values, chi_squared_cdf(df - p + 1));
  if (entries) wishart.check();
  if (entries) inverse_wishart.check();
}

TEST_CASE("the laws of Wishart and inverse Wishart draws") {
  std::uint32_t step = 0;
  for (const int p : kSizes) check_matrix_laws(p, p + 1.7, covariance_of_size(p), step++);
  check_matrix_laws(3, 40, covariance_of_size(3), step++);
  check_matrix_laws(3, 2.5, covariance_of_size(3), step++);
  check_matrix_laws(8, 7.5, covariance_of_size(8), step++);
  check_matrix_laws(12, 11.5, covariance_of_size(12), step++);
  check_matrix_laws(3, 5, Vector(Eigen::Vector3d(2, 0.1, 0.001)).asDiagonal(), step++);
}

}  // namespace
}  // namespace lmmdsl
