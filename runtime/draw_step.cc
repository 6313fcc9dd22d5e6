#include "runtime/draw_step.h"

#include <Eigen/Dense>
#include <cfloat>
#include <cmath>

namespace lmmdsl {

namespace {

using Map = Eigen::Map<const Eigen::MatrixXd>;

bool finite(const double* x, int n) {
  for (int i = 0; i < n; ++i) {
    if (!std::isfinite(x[i])) return false;
  }
  return true;
}

/// target = quantity^(1/exponent), kept within the doubles.
double target_from_log(double log_quantity, double exponent) {
  const double value = std::exp(log_quantity / exponent);
  return std::min(std::max(value, DBL_MIN), DBL_MAX);
}

}  // namespace

bool draw(const DrawKind& kind, const double* first, const double* second, Random& random,
          double* out) {
  switch (kind.family) {
    case UpdateFamily::normal:
      if (kind.scalar) {
        const double precision = *first;
        if (!(precision > 0) || !std::isfinite(precision)) return false;
        *out = *second / precision + normal(random) / std::sqrt(precision);
        return std::isfinite(*out);
      }
      return normal_by_precision(random, kind.p, first, second, out) && finite(out, kind.p);
    case UpdateFamily::gamma:
    case UpdateFamily::inverse_gamma: {
      if (!(*first > 0) || !(*second > 0) || !std::isfinite(*first) || !std::isfinite(*second)) {
        return false;
      }
      double log_quantity = log_gamma_variate(random, *first) - std::log(*second);
      if (kind.family == UpdateFamily::inverse_gamma) log_quantity = -log_quantity;
      *out = target_from_log(log_quantity, kind.exponent);
      return !std::isnan(*out);
    }
    case UpdateFamily::inverse_wishart:
    case UpdateFamily::wishart: {
      // inv(Sigma) ~ Wishart(df, inv(B)) is Sigma ~ InverseWishart(df, B): the target is drawn as
      // what it is, not as the inverse of a draw.
      const bool wishart = (kind.family == UpdateFamily::wishart) == (kind.exponent > 0);
      if (!std::isfinite(*first) || !(*first > kind.p - 1)) return false;
      const bool done = wishart ? wishart_variate(random, kind.p, *first, second, out)
                                : inverse_wishart_variate(random, kind.p, *first, second, out);
      return done && finite(out, kind.p * kind.p);
    }
  }
  return false;
}

double log_density(const DrawKind& kind, const double* first, const double* second,
                   const double* target) {
  switch (kind.family) {
    case UpdateFamily::normal: {
      const int p = kind.p;
      Map P(first, p, p), x(target, p, 1), h(second, p, 1);
      // About the mean, since x'h - x'P x / 2 cancels where the mean is large.
      const Eigen::VectorXd r = x.col(0) - P.ldlt().solve(h.col(0));
      return -0.5 * r.dot(P * r);
    }
    case UpdateFamily::gamma: {
      const double log_q = kind.exponent * std::log(*target);
      return (*first - 1) * log_q - *second * std::exp(log_q);
    }
    case UpdateFamily::inverse_gamma: {
      const double log_q = kind.exponent * std::log(*target);
      return -(*first + 1) * log_q - *second * std::exp(-log_q);
    }
    case UpdateFamily::wishart:
    case UpdateFamily::inverse_wishart: {
      const int p = kind.p;
      Map T(target, p, p), S(second, p, p);
      const Eigen::MatrixXd Q = kind.exponent > 0 ? Eigen::MatrixXd(T) : T.inverse().eval();
      const double log_det = std::log(Q.determinant());
      if (kind.family == UpdateFamily::wishart) {
        return 0.5 * (*first - p - 1) * log_det - 0.5 * (S * Q).trace();
      }
      return -0.5 * (*first + p + 1) * log_det - 0.5 * (S * Q.inverse()).trace();
    }
  }
  return NAN;
}

}  // namespace lmmdsl
