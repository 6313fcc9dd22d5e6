// The families against formulas that are not ours: Boost.Math's densities and distribution
// functions, and facts by which those of vectors and matrices follow from them. Three things must
// agree on what the arguments of a family mean: the oracle's log density
// (runtime/reference_density.cc), the family's row (compiler/rules/families.cc) and its draws
// (runtime/draw_family.cc). A rate taken for a scale in all three would pass every comparison among
// them.
//
// Draws: 4000 of each law; the Kolmogorov-Smirnov distance exceeds its bound by chance with
// probability below kDrawRisk in each of about 250 comparisons (Massart 1990, for every n).
#pragma once

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/cauchy.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/exponential.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/inverse_gamma.hpp>
#include <boost/math/distributions/laplace.hpp>
#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/pareto.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/distributions/uniform.hpp>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "runtime/draw_family.h"
#include "runtime/evaluate.h"
#include "support/run_model.h"

namespace lmmdsl::testing {

class FamilyChecks {
 public:
  /// What does not agree, a line each: "oracle: Gamma(2.5, 7) at 0.5".
  static std::vector<std::string> problems() {
    FamilyChecks checks;
    for (const double a : {0.7, 2.5, 9.0})
      for (const double b : {0.4, 1.0, 3.0}) checks.scalars(a, b);
    for (const int p : {1, 2, 3}) checks.matrices(p);
    checks.vectors();
    return std::move(checks.problems_);
  }

 private:
  using Matrix = Eigen::MatrixXd;
  using Args = std::vector<Matrix>;
  static constexpr double kDrawRisk = 1e-11;
  static constexpr int kDraws = 4000;

  static Matrix scalar(double x) { return Matrix::Constant(1, 1, x); }

  /// A positive definite matrix with correlations of both signs.
  static Matrix covariance(int p, double size) {
    Matrix m(p, p);
    for (int i = 0; i < p; ++i)
      for (int j = 0; j < p; ++j) m(i, j) = size * (i == j ? 1.3 + i : 0.4 * std::cos(1.0 + i + j));
    return m;
  }

  void report(const char* what, FamilyId id, const Args& args, const std::string& at) {
    std::string text = fmt::format("{}: {}(", what, lmmdsl::family(id).name);
    for (std::size_t k = 0; k < args.size(); ++k)
      text += fmt::format("{}{:.3g}", k > 0 ? ", " : "", args[k](0, 0));
    problems_.push_back(text + ") " + at);
  }

  static bool close(double a, double b) {
    return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
  }

  static Expr literal(const Matrix& m) {
    if (m.size() == 1) return multiply({number(m(0, 0)), identity_matrix(Dim{1})});
    std::vector<Expr> rows;
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
      std::vector<Expr> row;
      for (Eigen::Index j = 0; j < m.cols(); ++j) row.push_back(number(m(i, j)));
      rows.push_back(m.cols() > 1 ? hcat(std::move(row)) : row.front());
    }
    return vcat(std::move(rows));
  }

  /// Log density by the oracle and by the family's row.
  void density(FamilyId id, const Matrix& x, const Args& args, double expected, bool as_scalars) {
    const std::string at = fmt::format("at {:.3g}", x(0, 0));
    if (!close(reference_log_density(id, x, args), expected)) report("oracle", id, args, at);
    std::vector<Expr> slots;
    for (const Matrix& a : args)
      slots.push_back((as_scalars && a.size() == 1) ||
                              (a.size() == 1 && &a == &args.front() && id != FamilyId::normal)
                          ? number(a(0, 0))
                          : literal(a));
    const Expr value = as_scalars ? number(x(0, 0)) : literal(x);
    const Expr row = lmmdsl::family(id).log_density(value, slots);
    if (!close(oracle_.evaluate(row, State{}, 0)(0, 0), expected)) report("row", id, args, at);
  }

  /// A function of draws that should have this distribution function.
  void draws(FamilyId id, const Args& args, const std::function<double(const Matrix&)>& statistic,
             const std::function<double(double)>& cdf) {
    std::vector<double> u;
    for (std::uint32_t i = 0; i < kDraws; ++i) {
      Random random({.seed = 7, .chain = static_cast<std::uint32_t>(id), .level = i});
      u.push_back(statistic(draw_from(id, args, random)));
    }
    std::sort(u.begin(), u.end());
    double distance = 0;
    for (int i = 0; i < kDraws; i += 4) {
      const double f = std::isfinite(u[i]) ? cdf(u[i]) : 2;
      distance = std::max({distance, (i + 1.0) / kDraws - f, f - static_cast<double>(i) / kDraws});
    }
    if (distance > std::sqrt(std::log(2 / kDrawRisk) / (2 * kDraws)))
      report("draws", id, args, fmt::format("distance {:.3f}", distance));
  }

  void scalars(double a, double b) {
    namespace math = boost::math;
    const auto law = [&](FamilyId id, double first, double second, const auto& distribution) {
      const Args args = {scalar(first), scalar(second)};
      for (const double x : {0.2, 1.0, 4.0})
        density(id, scalar(x), args, std::log(math::pdf(distribution, x)), true);
      draws(
          id, args, [](const Matrix& x) { return x(0, 0); },
          [&](double x) { return math::cdf(distribution, x); });
    };
    law(FamilyId::normal, a, b, math::normal(a, std::sqrt(b)));
    law(FamilyId::gamma, a, b, math::gamma_distribution<>(a, 1 / b));
    law(FamilyId::inverse_gamma, a, b, math::inverse_gamma_distribution<>(a, b));
    law(FamilyId::scaled_inverse_chi_square, a, b,
        math::inverse_gamma_distribution<>(a / 2, a * b / 2));
    positive_laws(a, b);
    real_laws(a, b);
    counts(a, b);
    categories(a, b);
    levels(a, b);
    censored(a, b);
    truncated(a, b);
  }

  /// A law of scalars by its density and distribution function.
  void law_of(FamilyId id, const Args& args, const std::vector<double>& points,
              const std::function<double(double)>& pdf, const std::function<double(double)>& cdf) {
    for (const double x : points) density(id, scalar(x), args, std::log(pdf(x)), true);
    draws(
        id, args, [](const Matrix& x) { return x(0, 0); }, cdf);
  }

  void positive_laws(double a, double b) {
    namespace math = boost::math;
    const std::vector<double> points = {0.2, 1.0, 4.0};
    const math::students_t t(a);
    const auto half_t = [&](double x) { return 2 * math::pdf(t, x / b) / b; };
    const auto half_t_cdf = [&](double x) { return 2 * math::cdf(t, x / b) - 1; };
    law_of(FamilyId::half_t, {scalar(a), scalar(b)}, points, half_t, half_t_cdf);
    const math::cauchy cauchy(0, b);
    law_of(
        FamilyId::half_cauchy, {scalar(b)}, points,
        [&](double x) { return 2 * math::pdf(cauchy, x); },
        [&](double x) { return 2 * math::cdf(cauchy, x) - 1; });
    const math::normal normal(0, b);
    law_of(
        FamilyId::half_normal, {scalar(b)}, points,
        [&](double x) { return 2 * math::pdf(normal, x); },
        [&](double x) { return 2 * math::cdf(normal, x) - 1; });
    const math::exponential exponential(b);
    law_of(
        FamilyId::exponential, {scalar(b)}, points,
        [&](double x) { return math::pdf(exponential, x); },
        [&](double x) { return math::cdf(exponential, x); });
    const math::pareto pareto(b, a);  // scale, shape
    law_of(
        FamilyId::pareto, {scalar(a), scalar(b)}, {b * 1.1, b * 3},
        [&](double x) { return math::pdf(pareto, x); },
        [&](double x) { return math::cdf(pareto, x); });
    const math::uniform uniform(-a, b);
    law_of(
        FamilyId::uniform, {scalar(-a), scalar(b)}, {0.1, -a / 2},
        [&](double x) { return math::pdf(uniform, x); },
        [&](double x) { return math::cdf(uniform, x); });
    const math::beta_distribution<> beta(a, b);
    law_of(
        FamilyId::beta, {scalar(a), scalar(b)}, {0.05, 0.5, 0.9},
        [&](double x) { return math::pdf(beta, x); }, [&](double x) { return math::cdf(beta, x); });
  }

  void real_laws(double a, double b) {
    namespace math = boost::math;
    const std::vector<double> points = {-2.0, 0.2, 4.0};
    const math::students_t t(a);
    law_of(
        FamilyId::student_t, {scalar(a), scalar(0.3), scalar(b)}, points,
        [&](double x) { return math::pdf(t, (x - 0.3) / b) / b; },
        [&](double x) { return math::cdf(t, (x - 0.3) / b); });
    const math::laplace laplace(a, b);
    law_of(
        FamilyId::laplace, {scalar(a), scalar(b)}, points,
        [&](double x) { return math::pdf(laplace, x); },
        [&](double x) { return math::cdf(laplace, x); });
    // Two exponential halves that meet at m with probability q below it.
    const double q = a / (a + b), m = 0.4;
    const math::exponential below((1 - q) / b), above(q / b);
    law_of(
        FamilyId::asymmetric_laplace, {scalar(q), scalar(m), scalar(b)}, points,
        [&](double x) {
          return x < m ? q * math::pdf(below, m - x) : (1 - q) * math::pdf(above, x - m);
        },
        [&](double x) {
          return x < m ? q * math::cdf(math::complement(below, m - x))
                       : q + (1 - q) * math::cdf(above, x - m);
        });
  }

  /// Integers are spread over unit intervals by independent uniforms, so that the law is
  /// continuous.
  void counts(double a, double b) {
    namespace math = boost::math;
    const double p = a / (a + b), n = std::ceil(9 * a);
    const auto check = [&](FamilyId id, const Args& args, const auto& law, double most) {
      for (const double x : {0.0, 1.0, most})
        density(id, scalar(x), args, std::log(math::pdf(law, x)), true);
      std::uint32_t count = 0;
      draws(
          id, args,
          [&](const Matrix& x) {
            Random random({.seed = 8, .level = count++});
            return x(0, 0) + random.uniform();
          },
          [&](double y) {
            const double k = std::floor(y);
            return (k > 0 ? math::cdf(law, k - 1) : 0) + (y - k) * math::pdf(law, k);
          });
    };
    check(FamilyId::binomial, {scalar(n), scalar(p)}, math::binomial(n, p), n);
    check(FamilyId::bernoulli, {scalar(p)}, math::binomial(1, p), 1);
    for (const double mean : {a, 15 * b})
      check(FamilyId::poisson, {scalar(mean)}, math::poisson(mean), 5);
    for (const double mean : {b, 12 * b})
      check(FamilyId::negative_binomial, {scalar(mean), scalar(a + 1)},
            math::negative_binomial(a + 1, (a + 1) / (a + 1 + mean)), 5);
  }

  /// Categories between two cuts, b apart, of a Normal variable about b/2.
  void categories(double a, double b) {
    namespace math = boost::math;
    const math::normal law(b / 2, 1);
    const double first = a / 4 - 1;
    const Args args = {scalar(b / 2), Eigen::Vector2d(first, first + b)};
    const double below[] = {0, math::cdf(law, first), math::cdf(law, first + b), 1};
    for (int k = 1; k <= 3; ++k)
      density(FamilyId::ordered_probit, scalar(k), args, std::log(below[k] - below[k - 1]), true);
    std::uint32_t count = 0;
    draws(
        FamilyId::ordered_probit, args,
        [&](const Matrix& x) {
          Random random({.seed = 9, .level = count++});
          return x(0, 0) - 1 + random.uniform();
        },
        [&](double y) {
          const int k = std::min(2, static_cast<int>(y));
          return below[k] + (y - k) * (below[k + 1] - below[k]);
        });
  }

  /// Between limits a Normal density, at them what lies beyond; far limits leave no trace.
  void censored(double a, double b) {
    namespace math = boost::math;
    const math::normal law(a, std::sqrt(b));
    for (const double sds : {1.0, 12.0, 100.0}) {
      const double below = a - sds * std::sqrt(b), above = a + 2 * sds * std::sqrt(b);
      const Args args = {scalar(a), scalar(b), scalar(below), scalar(above)};
      const double x = a + 0.3 * std::sqrt(b);
      density(FamilyId::censored_normal, scalar(x), args, std::log(math::pdf(law, x)), true);
      if (sds > 12) continue;
      density(FamilyId::censored_normal, scalar(below), args, std::log(math::cdf(law, below)),
              true);
      density(FamilyId::censored_normal, scalar(above), args,
              std::log(math::cdf(math::complement(law, above))), true);
    }
  }

  /// The density and the distribution function of what lies between limits, about the mean and in
  /// either tail, on one side and on both.
  void truncated(double a, double b) {
    namespace math = boost::math;
    const math::normal law(a, std::sqrt(b));
    const double inf = std::numeric_limits<double>::infinity(), sd = std::sqrt(b);
    for (const auto& [from, to] : {std::pair(-0.5, 1.0), std::pair(2.0, inf), std::pair(-inf, 0.4),
                                   std::pair(5.0, 5.5), std::pair(-6.0, -5.0)}) {
      const double sign = from > 0 ? -1 : 1;  // by the nearer tail
      const double lower = a + sd * from, upper = a + sd * to;
      const auto below = [&](double x) {
        const double z = std::isinf(x) ? std::copysign(60, x) : (x - a) / sd;
        return sign * math::cdf(math::normal(), sign * z);
      };
      const double all = below(upper) - below(lower);
      const double x = std::isinf(to)     ? lower + 0.3 * sd
                       : std::isinf(from) ? upper - 0.3 * sd
                                          : (lower + upper) / 2;
      law_of(
          FamilyId::truncated_normal, {scalar(a), scalar(b), scalar(lower), scalar(upper)}, {x},
          [&](double y) { return math::pdf(law, y) / all; },
          [&](double y) { return (below(y) - below(lower)) / all; });
    }
  }

  /// Levels, and their probabilities: Dirichlet(a) is the product of Beta densities of each
  /// component's share of what those before it leave; the first component is Beta.
  void levels(double a, double b) {
    namespace math = boost::math;
    const Eigen::Vector3d w(0.2, 0.5, 0.3);
    for (int k = 1; k <= 3; ++k)
      density(FamilyId::categorical, scalar(k), {w}, std::log(w(k - 1)), true);
    const double below[] = {0, 0.2, 0.7, 1};
    std::uint32_t count = 0;
    draws(
        FamilyId::categorical, {w},
        [&](const Matrix& x) {
          Random random({.seed = 10, .level = count++});
          return x(0, 0) - 1 + random.uniform();
        },
        [&](double y) {
          const int k = std::min(2, static_cast<int>(y));
          return below[k] + (y - k) * w(k);
        });
    const Eigen::Vector3d alpha(a, b, 1.5);
    const math::beta_distribution<> first(a, b + 1.5), second(b, 1.5);
    // The Jacobian of the share x_2 / (1 - x_1) is 1 / (1 - x_1).
    density(FamilyId::dirichlet, w, {alpha},
            std::log(math::pdf(first, w(0)) * math::pdf(second, w(1) / (1 - w(0))) / (1 - w(0))),
            false);
    draws(
        FamilyId::dirichlet, {alpha}, [](const Matrix& x) { return x(0); },
        [&](double x) { return math::cdf(first, x); });
    draws(
        FamilyId::dirichlet, {alpha}, [](const Matrix& x) { return x(1) / (1 - x(0)); },
        [&](double x) { return math::cdf(second, x); });
  }

  /// log density of Z ~ Wishart(nu, I): with Z = T T', T_ii^2 ~ chi-square(nu - i), T_ij ~ N(0, 1),
  /// and dZ = 2^p prod T_ii^(p - i) dT (Bartlett 1933).
  static double bartlett(const Matrix& Z, double nu) {
    namespace math = boost::math;
    const Matrix T = Z.llt().matrixL();
    const int p = static_cast<int>(Z.rows());
    double sum = -p * std::log(2.0);
    for (int i = 0; i < p; ++i) {
      const double t = T(i, i);
      sum += std::log(math::pdf(math::chi_squared(nu - i), t * t)) + std::log(2 * t);
      sum -= (p - i) * std::log(t);
      for (int j = 0; j < i; ++j) sum += std::log(math::pdf(math::normal(), T(i, j)));
    }
    return sum;
  }

  void matrices(int p) {
    namespace math = boost::math;
    const double nu = p + 2.5;
    const Matrix S = covariance(p, 0.8), W = covariance(p, 1.4);
    const Matrix L = S.llt().matrixL();
    const Matrix K = L.inverse();
    // W = L Z L' has the scale L L'; its inverse has an inverse Wishart law with the Jacobian
    // |W|^(p+1).
    const double log_det = 2 * L.diagonal().array().log().sum();
    const auto wishart = [&](const Matrix& w) {
      return bartlett(K * w * K.transpose(), nu) - 0.5 * (p + 1) * log_det;
    };
    density(FamilyId::wishart, W, {scalar(nu), S}, wishart(W), false);
    density(FamilyId::inverse_wishart, W, {scalar(nu), S.inverse()},
            wishart(W.inverse()) - (p + 1) * std::log(W.determinant()), false);
    const math::chi_squared trace(p * nu), first(nu);
    draws(
        FamilyId::wishart, {scalar(nu), S},
        [&](const Matrix& w) { return (K * w * K.transpose()).trace(); },
        [&](double x) { return math::cdf(trace, x); });
    draws(
        FamilyId::wishart, {scalar(nu), S}, [&](const Matrix& w) { return w(0, 0) / S(0, 0); },
        [&](double x) { return math::cdf(first, x); });
    draws(
        FamilyId::inverse_wishart, {scalar(nu), S.inverse()},
        [&](const Matrix& w) { return (K * w.inverse() * K.transpose()).trace(); },
        [&](double x) { return math::cdf(trace, x); });
  }

  void vectors() {
    namespace math = boost::math;
    const int p = 3;
    const Matrix V = covariance(p, 0.7);
    Eigen::VectorXd m(p), x(p);
    m << 0.5, -1, 2;
    x << 1, -0.3, 2.2;
    // The first component, and each later one given those before it, by regression.
    double expected = 0;
    for (int i = 0; i < p; ++i) {
      Eigen::VectorXd weights(0);
      if (i > 0) weights = V.topLeftCorner(i, i).ldlt().solve(V.col(i).head(i));
      const double mean = m(i) + (i > 0 ? weights.dot(x.head(i) - m.head(i)) : 0);
      const double variance = V(i, i) - (i > 0 ? weights.dot(V.col(i).head(i)) : 0);
      expected += std::log(math::pdf(math::normal(mean, std::sqrt(variance)), x(i)));
    }
    density(FamilyId::normal, x, {m, V}, expected, false);
    const Matrix inverse = V.inverse();
    const math::chi_squared squared(p);
    draws(
        FamilyId::normal, {m, V},
        [&](const Matrix& y) { return ((y - m).transpose() * inverse * (y - m))(0, 0); },
        [&](double q) { return math::cdf(squared, q); });
    for (int i = 0; i < p; ++i)
      draws(
          FamilyId::normal, {m, V}, [&](const Matrix& y) { return y(i) - m(i); },
          [&](double r) { return math::cdf(math::normal(0, std::sqrt(V(i, i))), r); });
  }

  std::vector<std::string> problems_;
  Bound bound_ = bind_texts(text("m.lmm", "data y : real\ny ~ Normal(m, 1)\nm ~ Normal(0, 1)\n"),
                            text("d.csv", "y\n1\n"));
  Evaluator oracle_{*bound_.program->model, *bound_.data};
};

}  // namespace lmmdsl::testing
