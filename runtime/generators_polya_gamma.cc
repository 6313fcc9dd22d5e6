// Polya-Gamma draws by rejection, without approximation.
//
// PG(h, 2 z) is X/4 with X of density cosh(z)^h exp(-z^2 x/2) f(x), where f, the density of the sum
// of independent Gamma(h, rate pi^2 (n + 1/2)^2 / 2) over n = 0, 1, ..., is
//
//     f(x) = a_0 - a_1 + a_2 - ...,
//     a_n  = 2^h Gamma(n + h) / (Gamma(h) n!) (2 n + h) / sqrt(2 pi x^3) exp(-(2 n + h)^2 / (2 x))
//
// (Biane, Pitman and Yor 2001). For h >= 1 the quotient
//
//     a_(n+1) / a_n = (n + h)/(n + 1) (2 n + h + 2)/(2 n + h) exp(-2 (2 n + h + 1) / x)
//
// decreases in n, so that from its first value below 1 onwards the partial sums lie above and below
// f in turn: whether a point is under f is decided by finitely many terms (Devroye 2009; Windle,
// Polson and Scott 2014). Above f lie
//
//     a_0(x), where the first quotient is below 1: for x < 2 (h + 1)/log(h + 2), which is > 3.6;
//     r(x) = (pi/2)^h x^(h-1) exp(-pi^2 x/8) / Gamma(h), for all x,
//
// the latter because the first of the gammas has the density proportional to
// x^(h-1) exp(-pi^2 x/8): with Y for the sum of the others, f(x) is the mean of its value at x - Y,
// and E exp(pi^2 Y/8) = prod_(n>=1) ((n + 1/2)^2 / (n (n + 1)))^h = (4/pi)^h. The hat is a_0 to the
// left of t(h), where the two cross, and to the right an exponential along a tangent of log r; both
// times exp(-z^2 x/2), which makes the left an inverse Gaussian law between 0 and t. At most one
// proposal in four is refused.
//
// Rounding of the series moves less than 1e-15 of probability.
#include "runtime/generators_polya_gamma.h"

#include <array>
#include <cmath>
#include <numbers>

#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using std::numbers::pi;

/// Where the hat changes, in units of X, for 1 <= h < 2: near where a_0 and r are equal.
double cut(double h) { return 0.64 + 1.36 * (h - 1); }

/// The hat to the right of the cut: height exp(-slope (x - cut)) for z = 0.
struct RightHat {
  double height, slope;
};

/// The tangent is taken where the truncated law has its bulk, which depends on the rate.
RightHat right_hat(double h, double rate) {
  const double t = cut(h), where = t + 1 / rate;
  const double power = std::pow(where, h - 1) * std::exp((h - 1) * (t / where - 1));
  return {std::pow(pi / 2, h) / std::tgamma(h) * power * std::exp(-pi * pi / 8 * t),
          pi * pi / 8 - (h - 1) / where};
}

/// The share of the hat that is to the right of the cut.
double right_share(double h, double z) {
  if (z > 60) return 0;  // below exp(-1000)
  const double t = cut(h), root = std::sqrt(2 * t);
  const RightHat hat = right_hat(h, pi * pi / 8 + z * z / 2);
  const double right = hat.height / (hat.slope + z * z / 2);  // times exp(-z^2 t/2), as the left:
  const double left = std::pow(2, h - 1) * std::exp(z * z * t / 2) *
                      (std::exp(-h * z) * std::erfc((h - t * z) / root) +
                       std::exp(h * z) * std::erfc((h + t * z) / root));
  return right / (right + left);
}

/// right_share at h = 1, on a grid of z. The hat is an exponential family in z^2, so that the share
/// falls as z grows: neighbours on the grid bound it, and decide nearly always.
class ShareTable {
 public:
  ShareTable() {
    for (int i = 0; i <= kCells; ++i) share_[i] = right_share(1, i * kStep);
    // The computed values might lack monotony in their last digits.
    for (int i = 0; i <= kCells; ++i) {
      lower_[i] = share_[i] * (1 - 1e-12);
      upper_[i] = share_[i] * (1 + 1e-12);
    }
  }
  bool right(double u, double z) const {
    if (z >= kCells * kStep) return u < upper_[kCells] && u < right_share(1, z);
    const int cell = static_cast<int>(z / kStep);
    if (u < lower_[cell + 1]) return true;
    if (u > upper_[cell]) return false;
    return u < right_share(1, z);
  }

 private:
  static constexpr int kCells = 512;
  static constexpr double kStep = 1.0 / 64;
  std::array<double, kCells + 1> share_, lower_, upper_;
};

const ShareTable share_table;

/// X of the hat to the left: inverse Gaussian of mean h/z and shape h^2, below t.
double left_proposal(Random& random, double h, double z, double t) {
  if (z * t > h) {  // the mean is below t
    for (;;) {
      const double x = inverse_gaussian_variate(random, h / z, h * h);
      if (x <= t) return x;
    }
  }
  // Without the factor exp(-z^2 x/2), (h/N)^2 with N standard normal.
  const double least = h / std::sqrt(t);
  for (;;) {
    const double root = h / truncated_normal_variate(random, least, kInfinity);
    const double x = root * root;
    if (z == 0 || random.uniform() < std::exp(-z * z / 2 * x)) return x;
  }
}

/// Whether y a_0(x) lies below f(x).
bool below_density(double y, double h, double x) {
  double term = 1, sum = 1;
  for (int n = 0;; ++n) {
    const double quotient =
        (n + h) / (n + 1) * (2 * n + h + 2) / (2 * n + h) * std::exp(-2 * (2 * n + h + 1) / x);
    if (quotient < 1) {  // the sums are bounds from here on
      if (n % 2 == 0 && y > sum) return false;
      if (n % 2 == 1 && y <= sum) return true;
    }
    term *= quotient;
    const double next = n % 2 == 0 ? sum - term : sum + term;
    if (next == sum) return y <= sum;
    sum = next;
  }
}

/// X at h = 1. There, f has a second series, which converges where x is large (Devroye 2009):
/// pi/2 exp(-pi^2 x/8) (1 - 3 exp(-pi^2 x) + 5 exp(-3 pi^2 x) - ...).
double draw_at_one(Random& random, double z) {
  constexpr double t = 0.64;
  // The largest of the second terms, 3 exp(-4/t) and 3 exp(-pi^2 t): below it nothing is refused.
  constexpr double least_sum = 1 - 0.0058;
  for (;;) {
    if (share_table.right(random.uniform(), z)) {
      const double x = t + exponential_variate(random) / (pi * pi / 8 + z * z / 2);
      const double u = random.uniform();
      if (u <= least_sum) return x;
      double sum = 1;
      for (int n = 1;; ++n) {
        const double term = (2 * n + 1) * std::exp(-0.5 * n * (n + 1) * pi * pi * x);
        const double next = n % 2 == 1 ? sum - term : sum + term;
        if (next == sum || (n % 2 == 1 && u <= next)) {
          if (u <= next) return x;
          break;
        }
        if (n % 2 == 0 && u > next) break;
        sum = next;
      }
    } else {
      const double x = left_proposal(random, 1, z, t);
      const double u = random.uniform();
      if (u <= least_sum || below_density(u, 1, x)) return x;
    }
  }
}

/// X for 1 < h < 2.
double draw_between(Random& random, double h, double z) {
  const double t = cut(h), share = right_share(h, z);
  const RightHat hat = right_hat(h, pi * pi / 8 + z * z / 2);
  for (;;) {
    if (random.uniform() < share) {
      const double beyond = exponential_variate(random) / (hat.slope + z * z / 2);
      const double x = t + beyond;
      const double first = std::pow(2, h) * h / std::sqrt(2 * pi * x * x * x);
      const double y = hat.height / first * std::exp(h * h / (2 * x) - hat.slope * beyond);
      if (below_density(random.uniform() * y, h, x)) return x;
    } else {
      const double x = left_proposal(random, h, z, t);
      if (below_density(random.uniform(), h, x)) return x;
    }
  }
}

}  // namespace

double polya_gamma_variate(Random& random, double b, double z) {
  if (!(b >= 1) || !std::isfinite(b) || !std::isfinite(z)) return kNan;
  const double half = std::fabs(z) / 2, whole = std::floor(b), h = 1 + (b - whole);
  double sum = h > 1 ? draw_between(random, h, half) : draw_at_one(random, half);
  for (double i = 1; i < whole; ++i) sum += draw_at_one(random, half);
  return sum / 4;
}

}  // namespace lmmdsl
