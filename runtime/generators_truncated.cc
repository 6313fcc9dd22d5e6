// Generators by rejection from log-concave densities: the generalised inverse Gaussian, with it
// gamma and inverse gamma between bounds, and the normal between bounds, with
// those that a rejection from the whole line leaves out.
//
// The logarithm y of a generalised inverse Gaussian variate has the density
// exp(p y - (a e^y + b e^-y) / 2), which is log-concave for all p and all a, b >= 0, and stays so
// between bounds. Its hat is flat about the mode and exponential on either side, along the tangents
// where the density has fallen to about 1/e (Devroye 2014, Statistics and Computing 24: 239-246,
// who has constants of his own for them). No draw needs more than 1.6 proposals on average.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/not_a_number.h"
#include "runtime/random.h"

namespace lmmdsl {

namespace {

/// e^t - 1 - t, without cancellation.
double exp_remainder(double t) {
  if (std::fabs(t) > 0.3) return std::expm1(t) - t;
  double term = t * t / 2, sum = 0;
  for (int k = 3; k < 16; ++k) {
    sum += term;
    term *= t / k;
  }
  return sum;
}

/// log density of y about its highest point y0, as a function of t = y - y0:
/// slope t - (A (e^t - 1 - t) + B (e^-t - 1 + t)) / 2.
struct LogDensity {
  double slope, A, B;
  double operator()(double t) const {
    const double right = A > 0 ? A * exp_remainder(t) : 0;
    const double left = B > 0 ? B * exp_remainder(-t) : 0;
    return slope * t - 0.5 * (right + left);
  }
  double derivative(double t) const {
    const double right = A > 0 ? A * std::expm1(t) : 0;
    const double left = B > 0 ? B * std::expm1(-t) : 0;
    return slope - 0.5 * (right - left);
  }
};

/// The hat on one side of the mode, in the direction `sign`: flat to `knee`, then exponential with
/// the given rate to `end`.
struct Side {
  double knee = 0, rate = 0, end = kInfinity;
  double tail_area() const { return knee < end ? -std::expm1(-rate * (end - knee)) / rate : 0; }
};

Side side(const LogDensity& h, double sign, double end) {
  Side s;
  s.end = end;
  if (end <= 0) return s;
  // Where the density has fallen by a factor between e^-0.5 and e^-2: by doubling and bisection.
  const double curvature = 0.5 * (h.A + h.B), steepness = std::fabs(h.slope);
  double t = 1 / (steepness + std::sqrt(0.5 * curvature) + std::numeric_limits<double>::min());
  t = std::min(t, 700.0);
  double low = 0, high = kInfinity;
  for (int i = 0; i < 200; ++i) {
    const double fall = h(sign * t);
    if (fall > -0.5) {
      if (t >= end) break;
      low = t;
    } else if (fall < -2) {
      high = t;
    } else {
      break;
    }
    t = high < kInfinity ? 0.5 * (low + high) : 2 * t;
  }
  if (t >= end && h(sign * end) > -2) {  // the bound comes before the fall
    s.knee = end;
    return s;
  }
  t = std::min(t, end);
  s.rate = -sign * h.derivative(sign * t);
  s.knee = std::max(0.0, t + h(sign * t) / s.rate);
  return s;
}

}  // namespace

double log_gig_variate(Random& random, double p, double a, double b, double log_lower,
                       double log_upper) {
  if (!std::isfinite(p) || !(a >= 0) || !(b >= 0) || !std::isfinite(a) || !std::isfinite(b) ||
      !(log_lower <= log_upper)) {
    return kNan;
  }
  const bool right_end = a > 0 || p < 0 || log_upper < kInfinity;
  const bool left_end = b > 0 || p > 0 || log_lower > -kInfinity;
  if (!right_end || !left_end) return kNan;
  if (log_lower == log_upper) return log_lower;
  // The mode of y solves a e^2y - 2 p e^y - b = 0.
  const double root = std::hypot(p, std::sqrt(a) * std::sqrt(b));
  double y0 = kInfinity;
  if (p > 0) {
    if (a > 0) y0 = std::log(p + root) - std::log(a);
  } else if (root - p > 0) {
    y0 = b > 0 ? std::log(b) - std::log(root - p) : -kInfinity;
  } else {
    y0 = a > 0 ? -kInfinity : b > 0 ? kInfinity : log_lower > -kInfinity ? log_lower : log_upper;
  }
  const bool inside = y0 > log_lower && y0 < log_upper;
  y0 = std::clamp(y0, log_lower, log_upper);
  LogDensity h{0, a > 0 ? a * std::exp(y0) : 0, b > 0 ? b * std::exp(-y0) : 0};
  if (!inside) h.slope = p - 0.5 * (h.A - h.B);
  const Side right = side(h, 1, log_upper - y0), left = side(h, -1, y0 - log_lower);
  const double flat = right.knee + left.knee, right_tail = right.tail_area();
  const double area = flat + right_tail + left.tail_area();
  if (!(area > 0) || !std::isfinite(area)) return kNan;
  for (;;) {
    double u = area * random.uniform();
    double t = 0, log_hat = 0;
    if (u < flat) {
      t = u - left.knee;
    } else {
      u -= flat;
      const bool to_right = u < right_tail;
      const Side& s = to_right ? right : left;
      if (!to_right) u -= right_tail;
      const double x = -std::log1p(-u * s.rate) / s.rate;
      t = std::min(s.knee + x, s.end);
      log_hat = -s.rate * x;
      if (!to_right) t = -t;
    }
    if (std::log(random.uniform()) <= h(t) - log_hat)
      return std::clamp(y0 + t, log_lower, log_upper);
  }
}

double inverse_gaussian_variate(Random& random, double mean, double shape) {
  if (!(mean > 0) || !(shape > 0) || !std::isfinite(mean) || !std::isfinite(shape)) return kNan;
  // The two roots of lambda (x - mu)^2 / (mu^2 x) = chi^2_1 have the product mu^2; the smaller one
  // is taken as a quotient, which does not cancel (Michael, Schucany and Haas 1976).
  const double z = normal(random);
  const double w = mean * z * z / shape;
  const double r = 1 / (1 + 0.5 * w + std::sqrt(w + 0.25 * w * w));
  return random.uniform() * (1 + r) <= 1 ? mean * r : mean / r;
}

double log_gig_variate(Random& random, double p, double a, double b) {
  if (b == 0 && p > 0 && a > 0) return log_gamma_variate(random, p) - std::log(0.5 * a);
  if (a == 0 && p < 0 && b > 0) return std::log(0.5 * b) - log_gamma_variate(random, -p);
  const double mean = std::sqrt(b / a);
  if (std::fabs(p) == 0.5 && mean > 0 && 1 / mean > 0) {
    return p < 0 ? std::log(inverse_gaussian_variate(random, mean, b))
                 : -std::log(inverse_gaussian_variate(random, 1 / mean, a));
  }
  return log_gig_variate(random, p, a, b, -kInfinity, kInfinity);
}

namespace {

/// Standard normal beyond lower > 0 (Robert 1995, Statistics and Computing 5: 121-125).
double normal_beyond(Random& random, double lower) {
  if (lower < 0.6) {
    for (;;) {
      const double x = std::fabs(normal(random));
      if (x > lower) return x;
    }
  }
  // alpha = (l + sqrt(l^2 + 4)) / 2; the difference alpha - l is written without cancellation.
  const double excess = 2 / (lower + std::hypot(lower, 2.0));
  const double alpha = lower + excess;
  for (;;) {
    const double step = exponential_variate(random) / alpha;
    const double d = step - excess;
    if (2 * exponential_variate(random) > d * d) return lower + step;
  }
}

/// Standard normal between 0 <= lower < upper.
double normal_right(Random& random, double lower, double upper) {
  // Robert's comparison of a uniform with an exponential hat.
  const double width = 2 * std::exp(0.5 + 0.25 * lower * (lower - std::hypot(lower, 2.0))) /
                       (lower + std::hypot(lower, 2.0));
  if (upper - lower > width) {
    for (;;) {
      const double x = normal_beyond(random, lower);
      if (x < upper) return x;
    }
  }
  for (;;) {
    const double step = (upper - lower) * random.uniform();
    if (exponential_variate(random) > step * (lower + 0.5 * step)) return lower + step;
  }
}

}  // namespace

double truncated_normal_variate(Random& random, double lower, double upper) {
  if (!(lower <= upper)) return kNan;
  if (lower == upper) return lower;
  if (lower >= 0) {
    return upper == kInfinity
               ? (lower == 0 ? std::fabs(normal(random)) : normal_beyond(random, lower))
               : normal_right(random, lower, upper);
  }
  if (upper <= 0) return -truncated_normal_variate(random, -upper, -lower);
  // 0 lies inside.
  if (upper - lower > 2) {
    for (;;) {
      const double x = normal(random);
      if (x > lower && x < upper) return x;
    }
  }
  for (;;) {
    const double x = lower + (upper - lower) * random.uniform();
    if (2 * exponential_variate(random) > x * x) return x;
  }
}

double normal_between(Random& random, double mean, double sd, double lower, double upper) {
  const double from = (lower - mean) / sd, to = (upper - mean) / sd;
  const double z = truncated_normal_variate(random, from, to);
  // In a tail from its bound, which the distance to the mean would swallow.
  const double x = from > 0 ? lower + sd * (z - from)
                   : to < 0 ? upper - sd * (to - z)
                            : mean + sd * z;
  return std::clamp(x, lower, upper);
}

bool rejected_normals(Random& random, double mean, double sd, double lower, double upper,
                      double* out) {
  constexpr int kMost = 1'000'000;
  if (!std::isfinite(mean) || !(sd > 0) || !std::isfinite(sd) || !(lower < upper)) return false;
  double middle = 0, squares = 0;  // of the draws so far (Welford 1962)
  for (int count = 0; count <= kMost; ++count) {
    const double x = mean + sd * normal(random);
    if (x >= lower && x <= upper) {
      out[0] = count;
      out[1] = middle;
      out[2] = squares;
      return true;
    }
    const double from_middle = x - middle;
    middle += from_middle / (count + 1);
    squares += from_middle * (x - middle);
  }
  return false;
}

}  // namespace lmmdsl
