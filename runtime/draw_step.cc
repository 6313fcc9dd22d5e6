#include "runtime/draw_step.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cfloat>
#include <cmath>

#include "runtime/either_way.h"
#include "runtime/generators_polya_gamma.h"

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

/// The natural parameters of one component, as those of a generalised inverse Gaussian.
struct Gig {
  double p, a, b;
};

Gig as_gig(UpdateFamily family, const double* x) {
  if (family == UpdateFamily::gamma) return {x[0], 2 * x[1], 0};
  if (family == UpdateFamily::inverse_gamma) return {-x[0], 0, 2 * x[1]};
  return {x[0], x[1], x[2]};
}

double log_positive(Random& random, UpdateFamily family, const double* x) {
  switch (family) {
    case UpdateFamily::gamma:
    case UpdateFamily::inverse_gamma: {
      if (!(x[0] > 0) || !(x[1] > 0) || !std::isfinite(x[0]) || !std::isfinite(x[1])) return NAN;
      const double log_gamma = log_gamma_variate(random, x[0]) - std::log(x[1]);
      return family == UpdateFamily::gamma ? log_gamma : -log_gamma;
    }
    default:
      return log_gig_variate(random, x[0], x[1], x[2]);
  }
}

/// Logarithm of the quantity whose target lies between bounds.
double log_positive_between(Random& random, const DrawKind& kind, const double* x, double lower,
                            double upper) {
  double from = kind.exponent * std::log(std::max(lower, 0.0)),
         to = kind.exponent * std::log(upper);
  if (from > to) std::swap(from, to);
  const Gig g = as_gig(kind.family, x);
  return log_gig_variate(random, g.p, g.a, g.b, from, to);
}

bool draw_positive(const DrawKind& kind, const StepParameters& parameters, Random& random,
                   double* out) {
  const int last = kind.count + (kind.truncated ? 2 : 0);
  for (int j = 0; j < kind.p; ++j) {
    double x[kMostParameters];
    for (int k = 0; k < last; ++k) x[k] = parameters[k][kind.shared[k] ? 0 : j];
    const double log_quantity =
        kind.truncated ? log_positive_between(random, kind, x, x[kind.count], x[kind.count + 1])
                       : log_positive(random, kind.family, x);
    out[j] = target_from_log(log_quantity, kind.exponent);
    if (std::isnan(log_quantity)) return false;
    if (kind.truncated) out[j] = std::clamp(out[j], x[kind.count], x[kind.count + 1]);
  }
  return true;
}

bool draw_normal(const DrawKind& kind, const StepParameters& parameters, Random& random,
                 double* out) {
  if (!kind.scalar) {
    return normal_by_precision(random, kind.p, parameters[0], parameters[1], out) &&
           finite(out, kind.p);
  }
  const double precision = *parameters[0];
  if (kind.truncated && precision == 0 && *parameters[1] == 0) {  // uniform
    const double lower = *parameters[2], upper = *parameters[3];
    *out = lower + (upper - lower) * random.uniform();
    return std::isfinite(*out);
  }
  if (!(precision > 0) || !std::isfinite(precision)) return false;
  const double mean = *parameters[1] / precision, sd = 1 / std::sqrt(precision);
  if (kind.truncated) {
    const double lower = *parameters[2], upper = *parameters[3];
    *out = normal_between(random, mean, sd, lower, upper);
    if (lower < upper && *out == lower) *out = std::nextafter(lower, upper);
    if (lower < upper && *out == upper) *out = std::nextafter(upper, lower);
  } else {
    *out = mean + sd * normal(random);
  }
  return std::isfinite(*out);
}

/// Each component given the others: Normal between the bounds and its neighbours.
bool draw_ordered(const DrawKind& kind, const StepParameters& parameters, Random& random,
                  double* out) {
  const double *P = parameters[0], *h = parameters[1];
  const int n = kind.p;
  DrawKind one;
  one.truncated = true;
  const EitherWay order(n, random);
  for (int k = 0; k < n; ++k) {
    const int j = order[k];
    double shift = h[j];
    for (int i = 0; i < n; ++i)
      if (i != j) shift -= P[j + i * n] * out[i];
    double lower = -HUGE_VAL, upper = HUGE_VAL;
    if (kind.truncated) {
      lower = parameters[2][kind.shared[2] ? 0 : j];
      upper = parameters[3][kind.shared[3] ? 0 : j];
    }
    if (j > 0) lower = std::max(lower, out[j - 1]);
    if (j + 1 < n) upper = std::min(upper, out[j + 1]);
    if (!(lower <= upper)) return false;
    const double precision = P[j * (n + 1)];
    if (!draw_normal(one, {&precision, &shift, &lower, &upper}, random, out + j)) return false;
  }
  return true;
}

/// X / (X + Y) of gamma variates, by their logarithms.
bool draw_beta(const StepParameters& parameters, Random& random, double* out) {
  const double a = *parameters[0], b = *parameters[1];
  if (!(a > 0) || !(b > 0) || !std::isfinite(a) || !std::isfinite(b)) return false;
  const double difference = log_gamma_variate(random, b) - log_gamma_variate(random, a);
  *out = std::clamp(1 / (1 + std::exp(difference)), DBL_MIN, 1 - 0x1p-53);
  return !std::isnan(difference);
}

bool draw_dirichlet(const DrawKind& kind, const StepParameters& parameters, Random& random,
                    double* out) {
  for (int c = 0; c < kind.p; ++c)
    if (!(parameters[0][c] > 0) || !std::isfinite(parameters[0][c])) return false;
  dirichlet_variate(random, kind.p, parameters[0], out);
  return finite(out, kind.p);
}

/// The mean of n Normal(m, 1) variables, y of them positive.
bool draw_latent(const StepParameters& parameters, Random& random, double* out) {
  const double n = *parameters[0], m = *parameters[1], y = *parameters[2];
  if (!(n >= 1) || !std::isfinite(m) || !(y >= 0 && y <= n)) return false;
  double sum = 0;
  for (double i = 0; i < n; ++i) {
    sum += i < y ? truncated_normal_variate(random, -m, HUGE_VAL)
                 : truncated_normal_variate(random, -HUGE_VAL, -m);
  }
  *out = m + sum / n;
  return std::isfinite(*out);
}

bool draw_discrete(const DrawKind& kind, const StepParameters& parameters, Random& random,
                   double* out) {
  const double *values = parameters[0], *logs = parameters[1];
  const double most = *std::max_element(logs, logs + kind.choices);
  if (!std::isfinite(most)) return false;
  double total = 0;
  for (int k = 0; k < kind.choices; ++k) total += std::exp(logs[k] - most);
  double left = random.uniform() * total;
  int chosen = 0;
  for (int k = 0; k < kind.choices; ++k) {
    const double weight = std::exp(logs[k] - most);
    if (weight > 0) chosen = k;
    left -= weight;
    if (left < 0) break;
  }
  *out = kind.exponent == 1 ? values[chosen] : std::pow(values[chosen], 1 / kind.exponent);
  return std::isfinite(total);
}

/// Each component given the others: 0, or Normal, with odds p/(1-p) sqrt(1/(v K)) exp(s^2/(2 K)), K
/// = P_jj + 1/v its precision and s its shift.
bool draw_spike_slab(const DrawKind& kind, const StepParameters& parameters, Random& random,
                     double* out) {
  const double *P = parameters[0], *h = parameters[1], p = *parameters[2], v = *parameters[3];
  const int n = kind.p;
  const EitherWay order(n, random);
  for (int at = 0; at < n; ++at) {
    const int j = order[at];
    double shift = h[j];
    for (int k = 0; k < n; ++k)
      if (k != j) shift -= P[j + k * n] * out[k];
    const double precision = P[j * (n + 1)] + 1 / v;
    if (!(precision > 0) || !std::isfinite(shift)) return false;
    const double log_odds = std::log(p) - std::log1p(-p) - 0.5 * std::log(v * precision) +
                            0.5 * shift * shift / precision;
    const bool slab = random.uniform() < 1 / (1 + std::exp(-log_odds));
    out[j] = slab ? shift / precision + normal(random) / std::sqrt(precision) : 0;
  }
  return finite(out, n);
}

}  // namespace

std::size_t DrawKind::block() const {
  const std::size_t n = static_cast<std::size_t>(p);
  return family == UpdateFamily::wishart || family == UpdateFamily::inverse_wishart ? n * n : n;
}

bool draw(const DrawKind& kind, const StepParameters& parameters, Random& random, double* out) {
  const double *first = parameters[0], *second = parameters[1];
  switch (kind.family) {
    case UpdateFamily::normal:
      return draw_normal(kind, parameters, random, out);
    case UpdateFamily::gamma:
    case UpdateFamily::inverse_gamma:
    case UpdateFamily::generalized_inverse_gaussian:
      return draw_positive(kind, parameters, random, out);
    case UpdateFamily::beta:
      return draw_beta(parameters, random, out);
    case UpdateFamily::dirichlet:
      return draw_dirichlet(kind, parameters, random, out);
    case UpdateFamily::polya_gamma:
      *out = polya_gamma_variate(random, *first, std::sqrt(*second));
      return std::isfinite(*out);
    case UpdateFamily::latent_normal:
      return draw_latent(parameters, random, out);
    case UpdateFamily::rejected_normals:
      return rejected_normals(random, *first, std::sqrt(*second), *parameters[2], *parameters[3],
                              out);
    case UpdateFamily::ordered_normal:
      return draw_ordered(kind, parameters, random, out);
    case UpdateFamily::discrete:
      return draw_discrete(kind, parameters, random, out);
    case UpdateFamily::spike_slab:
      return draw_spike_slab(kind, parameters, random, out);
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

double log_density(const DrawKind& kind, const StepParameters& parameters, const double* target) {
  const double *first = parameters[0], *second = parameters[1];
  switch (kind.family) {
    case UpdateFamily::ordered_normal: {
      Map P(first, kind.p, kind.p), x(target, kind.p, 1), h(second, kind.p, 1);
      return x.col(0).dot(h.col(0)) - 0.5 * x.col(0).dot(P * x.col(0));
    }
    case UpdateFamily::normal: {
      const int p = kind.p;
      if (kind.scalar && *first == 0) return *second * *target;
      Map P(first, p, p), x(target, p, 1), h(second, p, 1);
      // About the mean, since x'h - x'P x / 2 cancels where the mean is large.
      const Eigen::VectorXd r = x.col(0) - P.ldlt().solve(h.col(0));
      return -0.5 * r.dot(P * r);
    }
    case UpdateFamily::gamma:
    case UpdateFamily::inverse_gamma:
    case UpdateFamily::generalized_inverse_gaussian: {
      double sum = 0;
      for (int j = 0; j < kind.p; ++j) {
        double x[kMostParameters];
        for (int k = 0; k < kind.count; ++k) x[k] = parameters[k][kind.shared[k] ? 0 : j];
        const Gig g = as_gig(kind.family, x);
        const double log_q = kind.exponent * std::log(target[j]);
        sum += (g.p - 1) * log_q;
        if (g.a != 0) sum -= 0.5 * g.a * std::exp(log_q);
        if (g.b != 0) sum -= 0.5 * g.b * std::exp(-log_q);
      }
      return sum;
    }
    case UpdateFamily::beta:
      return (*first - 1) * std::log(*target) + (*second - 1) * std::log1p(-*target);
    case UpdateFamily::dirichlet: {
      double sum = 0;
      for (int c = 0; c < kind.p; ++c) sum += (first[c] - 1) * std::log(target[c]);
      return sum;
    }
    case UpdateFamily::polya_gamma:
      return -0.5 * *second * *target;
    case UpdateFamily::latent_normal: {
      const double r = *target - *second;
      return -0.5 * *first * r * r;
    }
    case UpdateFamily::rejected_normals: {
      const double r = target[1] - *first;
      return -0.5 * (target[0] * std::log(6.283185307179586 * *second) +
                     (target[0] * r * r + target[2]) / *second);
    }
    case UpdateFamily::discrete: {
      const double value = std::pow(*target, kind.exponent);
      for (int k = 0; k < kind.choices; ++k)
        if (std::abs(first[k] - value) <= 1e-12 * std::abs(value)) return second[k];
      return NAN;
    }
    case UpdateFamily::spike_slab: {
      const int p = kind.p;
      const double odds = std::log(*parameters[2]) - std::log1p(-*parameters[2]) -
                          0.5 * std::log(6.283185307179586 * *parameters[3]);
      Map P(first, p, p), x(target, p, 1), h(second, p, 1);
      const double others = static_cast<double>((x.array() != 0).count());
      return x.col(0).dot(h.col(0)) - 0.5 * x.col(0).dot(P * x.col(0)) + others * odds -
             0.5 * x.squaredNorm() / *parameters[3];
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
