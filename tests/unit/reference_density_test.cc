// The reference log densities against Boost.Math, against formulas written another way, and
// against each other by changes of variables.
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>

#include "runtime/evaluate.h"
#include "support/catch.h"

using namespace lmmdsl;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

MatrixXd scalar(double x) { return MatrixXd::Constant(1, 1, x); }

double log_density(FamilyId f, double x, double a, double b) {
  return reference_log_density(f, scalar(x), {scalar(a), scalar(b)});
}

/// A positive definite matrix with correlations of both signs.
MatrixXd covariance(int p, double size) {
  MatrixXd m(p, p);
  for (int i = 0; i < p; ++i)
    for (int j = 0; j < p; ++j) m(i, j) = size * (i == j ? 1.3 + i : 0.4 * std::cos(1.0 + i + j));
  return m;
}

constexpr double kTight = 1e-12;

bool close(double a, double b, double tolerance = kTight) {
  return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(b));
}

}  // namespace

TEST_CASE("scalar densities agree with Boost.Math") {
  for (double a : {0.3, 1.0, 2.5, 40.0})
    for (double b : {0.2, 1.0, 7.0})
      for (double x : {0.01, 0.5, 1.0, 3.0, 25.0}) {
        CAPTURE(a, b, x);
        const double n = boost::math::pdf(boost::math::normal(a, std::sqrt(b)), x);
        if (n > 1e-300) CHECK(close(log_density(FamilyId::normal, x, a, b), std::log(n), 1e-10));
        const double g = boost::math::pdf(boost::math::gamma_distribution<>(a, 1 / b), x);
        if (g > 1e-300) CHECK(close(log_density(FamilyId::gamma, x, a, b), std::log(g), 1e-10));
        const double ig = boost::math::pdf(boost::math::inverse_gamma_distribution<>(a, b), x);
        if (ig > 1e-300)
          CHECK(close(log_density(FamilyId::inverse_gamma, x, a, b), std::log(ig), 1e-10));
        CHECK(close(log_density(FamilyId::scaled_inverse_chi_square, x, a, b),
                    log_density(FamilyId::inverse_gamma, x, a / 2, a * b / 2)));
      }
}

TEST_CASE("probabilities between bounds agree with Boost.Math") {
  const double inf = INFINITY;
  for (const double a : {0.3, 2.5, 40.0})
    for (const double b : {0.2, 7.0})
      for (const auto& [from, to] : {std::pair(0.0, 1.5), {0.1, inf}, {3.0, 25.0}, {-inf, 0.7}}) {
        CAPTURE(a, b, from, to);
        const auto between = [&, from = from, to = to](const auto& d, double least) {
          const double below = from > least ? cdf(d, from) : 0;
          return (to < inf ? cdf(d, to) : 1) - below;
        };
        const auto found = [&, from = from, to = to](FamilyId f) {
          return reference_probability(f, from, to, {scalar(a), scalar(b)});
        };
        namespace m = boost::math;
        CHECK(close(found(FamilyId::normal), between(m::normal(a, std::sqrt(b)), -inf)));
        CHECK(close(found(FamilyId::gamma), between(m::gamma_distribution<>(a, 1 / b), 0)));
        CHECK(close(found(FamilyId::inverse_gamma),
                    between(m::inverse_gamma_distribution<>(a, b), 0)));
      }
  // In a tail.
  CHECK(std::log(reference_probability(FamilyId::normal, 20, inf, {scalar(0), scalar(1)})) ==
        Approx(-203.917155));
}

TEST_CASE("outside the support the log density is -inf, with invalid arguments NaN") {
  for (FamilyId f :
       {FamilyId::gamma, FamilyId::inverse_gamma, FamilyId::scaled_inverse_chi_square}) {
    CHECK(log_density(f, -1, 2, 3) == -INFINITY);
    CHECK(log_density(f, 0, 2, 3) == -INFINITY);
    CHECK(std::isnan(log_density(f, 1, -2, 3)));
    CHECK(std::isnan(log_density(f, 1, 2, 0)));
  }
  MatrixXd indefinite(2, 2);
  indefinite << 1, 2, 2, 1;
  const MatrixXd unit = MatrixXd::Identity(2, 2);
  for (FamilyId f : {FamilyId::wishart, FamilyId::inverse_wishart}) {
    CHECK(reference_log_density(f, indefinite, {scalar(4), unit}) == -INFINITY);
    CHECK(std::isnan(reference_log_density(f, unit, {scalar(1), unit})));
    CHECK(std::isnan(reference_log_density(f, unit, {scalar(4), indefinite})));
  }
  CHECK(std::isnan(log_density(FamilyId::normal, 0, 0, -1)));
  CHECK(reference_log_density(FamilyId::flat, scalar(-3), {}) == 0);
}

TEST_CASE("a vector Normal is the sum of conditionals") {
  // log N(x; m, V) = sum over i of log N(x_i; E[x_i | x_1..x_{i-1}], Var[...]), by regression.
  const int p = 4;
  const MatrixXd V = covariance(p, 0.7);
  VectorXd x(p), m(p);
  x << 1, -0.3, 2.2, 0.4;
  m << 0.5, 0, 1, -1;
  double sum = 0;
  for (int i = 0; i < p; ++i) {
    VectorXd weights(0);
    if (i > 0) weights = V.topLeftCorner(i, i).ldlt().solve(V.col(i).head(i));
    const double mean = m(i) + (i > 0 ? weights.dot(x.head(i) - m.head(i)) : 0);
    const double variance = V(i, i) - (i > 0 ? weights.dot(V.col(i).head(i)) : 0);
    sum += log_density(FamilyId::normal, x(i), mean, variance);
  }
  CHECK(close(reference_log_density(FamilyId::normal, x, {m, V}), sum));

  const double by_determinant = -0.5 * std::log((2 * M_PI * V).determinant()) -
                                0.5 * ((x - m).transpose() * V.inverse() * (x - m))(0, 0);
  CHECK(close(reference_log_density(FamilyId::normal, x, {m, V}), by_determinant));

  // A scalar mean is broadcast, a scalar variance means v I.
  double independent = 0;
  for (int i = 0; i < p; ++i) independent += log_density(FamilyId::normal, x(i), 0.25, 1.7);
  CHECK(
      close(reference_log_density(FamilyId::normal, x, {scalar(0.25), scalar(1.7)}), independent));
}

TEST_CASE("Wishart and inverse Wishart of size 1 are Gamma and inverse Gamma") {
  for (double nu : {0.5, 3.0, 11.0})
    for (double s : {0.3, 2.0})
      for (double x : {0.1, 1.0, 4.0}) {
        CAPTURE(nu, s, x);
        CHECK(close(log_density(FamilyId::wishart, x, nu, s),
                    log_density(FamilyId::gamma, x, nu / 2, 1 / (2 * s))));
        CHECK(close(log_density(FamilyId::inverse_wishart, x, nu, s),
                    log_density(FamilyId::inverse_gamma, x, nu / 2, s / 2)));
      }
}

TEST_CASE("W ~ Wishart(nu, S) exactly if inv(W) ~ InverseWishart(nu, inv(S))") {
  // The Jacobian of the inverse is |W|^{p+1}.
  for (int p : {2, 3, 5})
    for (double nu : {p - 0.5, p + 3.0}) {
      CAPTURE(p, nu);
      const MatrixXd W = covariance(p, 1.4), S = covariance(p, 0.6) + MatrixXd::Identity(p, p);
      const double wishart = reference_log_density(FamilyId::wishart, W, {scalar(nu), S});
      const double inverse =
          reference_log_density(FamilyId::inverse_wishart, W.inverse(), {scalar(nu), S.inverse()});
      CHECK(close(wishart, inverse - (p + 1) * std::log(W.determinant()), 1e-10));
    }
}

TEST_CASE("the Wishart density of size 2 integrates to 1") {
  // W = [a, r sqrt(ab); r sqrt(ab), b], dW = sqrt(ab) da db dr. With S = I and nu = 5 the integrand
  // is smooth; the tails beyond 80 hold less than 1e-12 of the mass. Tolerance 1e-6 of the
  // quadrature.
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  const MatrixXd S = MatrixXd::Identity(2, 2);
  const auto integrate = [](const auto& f, double lower, double upper) {
    return Rule::integrate(f, lower, upper, 3, 1e-8);
  };
  const double total = integrate(
      [&](double a) {
        return integrate(
            [&](double b) {
              return integrate(
                  [&](double r) {
                    MatrixXd W(2, 2);
                    const double off = r * std::sqrt(a * b);
                    W << a, off, off, b;
                    return std::sqrt(a * b) *
                           std::exp(reference_log_density(FamilyId::wishart, W, {scalar(5), S}));
                  },
                  -1.0, 1.0);
            },
            0.0, 80.0);
      },
      0.0, 80.0);
  CHECK(total == Approx(1).margin(1e-6));
}

TEST_CASE("the scale matrix of a Wishart only rescales") {
  // W = L Z L' with S = L L': the density of W is that of Z divided by |L|^{p+1}.
  for (int p : {2, 3}) {
    const MatrixXd Z = covariance(p, 1), S = covariance(p, 0.8);
    const MatrixXd L = S.llt().matrixL();
    const double nu = p + 1.5;
    CHECK(
        close(reference_log_density(FamilyId::wishart, L * Z * L.transpose(), {scalar(nu), S}),
              reference_log_density(FamilyId::wishart, Z, {scalar(nu), MatrixXd::Identity(p, p)}) -
                  (p + 1) * std::log(L.determinant()),
              1e-10));
  }
}

TEST_CASE("the Wishart density of size 3 is a product of Bartlett's densities") {
  // Z = T T' with S = I: T_ii^2 ~ chi-square(nu - i), i from 0, T_ij ~ N(0, 1) below the diagonal;
  // dZ = 2^p prod T_ii^{p-i} dT.
  const int p = 3;
  const double nu = 4.2;
  const MatrixXd Z = covariance(p, 1.1);
  const MatrixXd T = Z.llt().matrixL();
  double sum = -p * std::log(2.0);
  for (int i = 0; i < p; ++i) {
    const double t = T(i, i);
    sum += log_density(FamilyId::gamma, t * t, (nu - i) / 2, 0.5) + std::log(2 * t);
    sum -= (p - i) * std::log(t);
    for (int j = 0; j < i; ++j) sum += log_density(FamilyId::normal, T(i, j), 0, 1);
  }
  CHECK(close(reference_log_density(FamilyId::wishart, Z, {scalar(nu), MatrixXd::Identity(p, p)}),
              sum, 1e-10));
}
