// The law of Polya-Gamma draws: moments and Laplace transform in closed form, and the distribution
// function from the characteristic function, which knows nothing of the series that the generator
// uses. For the risk of a false alarm see support/law_checks.h.
#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <vector>

#include "runtime/generators_polya_gamma.h"
#include "support/law_checks.h"

namespace lmmdsl {
namespace {

using std::numbers::pi;
using Complex = std::complex<double>;

/// log cosh(w) for Re w >= 0, continuous in w.
template <class Number>
Number log_cosh(Number w) {
  return w + std::log(1.0 + std::exp(-2.0 * w)) - std::log(2.0);
}

struct PolyaGamma {
  double b, z;

  double laplace(double t) const {
    return std::exp(b * (log_cosh(std::fabs(z) / 2) - log_cosh(std::sqrt((z * z / 2 + t) / 2))));
  }
  Complex characteristic(double u) const {
    return std::exp(b * (log_cosh(Complex(std::fabs(z) / 2)) -
                         log_cosh(std::sqrt(Complex(z * z / 2, -u) / 2.0))));
  }
  /// As the sum of Gamma(b, rate 2 pi^2 (k - 1/2)^2 + z^2/2); what is left after many terms,
  /// between two integrals, by the integral to the middle.
  double cumulant(int n) const {
    const int terms = 200'000;
    double sum = 0;
    for (int k = terms; k >= 1; --k)
      sum += std::pow(2 * pi * pi * (k - 0.5) * (k - 0.5) + z * z / 2, -n);
    if (n == 1) sum += (pi / 2 - std::atan(2 * pi * terms / std::fabs(z))) / (pi * std::fabs(z));
    return b * std::tgamma(n) * sum;
  }
  double mean() const {
    return std::fabs(z) < 1e-4 ? b / 4 * (1 - z * z / 12) : b * std::tanh(z / 2) / (2 * z);
  }
  double variance() const {
    const double a = std::fabs(z);
    if (a < 0.1) return cumulant(2);
    // (sinh z - z) / cosh(z/2)^2 = 2 tanh(z/2) - z / cosh(z/2)^2
    const double c = std::cosh(std::min(a, 1000.0) / 2);
    return b / (4 * a * a * a) * (2 * std::tanh(a / 2) - a / (c * c));
  }
};

/// The distribution function by Davies' formula (1973, Biometrika 60: 415-417),
///     F(x) = 1/2 - sum_k Im(phi(u_k) exp(-i u_k x)) / (pi (k + 1/2)),  u_k = (k + 1/2) step,
/// whose error is at most the probability of being farther than 2 pi / step from x.
class DistributionFunction {
 public:
  explicit DistributionFunction(const PolyaGamma& law) {
    step_ = 2 * pi / (law.mean() + 40 * std::sqrt(law.variance()));
    for (int k = 0; k < 20'000; ++k) {
      phi_.push_back(law.characteristic((k + 0.5) * step_));
      if (std::abs(phi_.back()) < 1e-9) return;
    }
    FAIL("the characteristic function does not end");
  }
  double operator()(double x) const {
    const Complex turn = std::polar(1.0, -step_ * x);
    Complex rotated = std::polar(1.0, -step_ * x / 2);
    double f = 0.5;
    for (std::size_t k = 0; k < phi_.size(); ++k) {
      f -= (phi_[k] * rotated).imag() / (pi * (static_cast<double>(k) + 0.5));
      rotated *= turn;
    }
    return f;
  }

 private:
  double step_ = 0;
  std::vector<Complex> phi_;
};

const std::vector<double> kSizes = {1, 1.01, 1.3, 1.5, 1.8, 1.99, 2, 2.7, 5, 17.25};
const std::vector<double> kTilts = {0, 1e-8, 0.3, -1, 2.5, 3.2, 6, 15, -40, 115, 125, 1e3};

Values draws_of(const PolyaGamma& law, int n, std::uint32_t step) {
  Random random({.seed = 112, .step = step});
  Values values;
  for (int i = 0; i < n; ++i) values.push_back(polya_gamma_variate(random, law.b, law.z));
  return values;
}

TEST_CASE("the laws of Polya-Gamma draws over sizes and tilts") {
  const int n = 100'000;
  std::uint32_t step = 0;
  for (const double b : kSizes) {
    for (const double z : kTilts) {
      INFO("b = " << b << ", z = " << z);
      const PolyaGamma law{b, z};
      const Values values = draws_of(law, n, step++);
      const double mean = law.mean(), variance = law.variance();
      double sum = 0, squares = 0;
      for (const double x : values) {
        sum += x;
        squares += (x - mean) * (x - mean);
      }
      check_mean(sum / n, mean, std::sqrt(variance), n);
      check_mean(squares / n, variance, std::sqrt(law.cumulant(4) + 2 * variance * variance), n);
      // t where the transform is near 0.6 and near 0.1
      for (const double t : {0.5 / mean, 2.5 / mean}) {
        double transform = 0;
        for (const double x : values) transform += std::exp(-t * x);
        const double expected = law.laplace(t);
        check_mean(transform / n, expected, std::sqrt(law.laplace(2 * t) - expected * expected), n);
      }
      check_law(values, DistributionFunction(law));
    }
  }
}

TEST_CASE("many draws of the sizes that have code of their own") {
  std::uint32_t step = 1000;
  for (const double b : {1.0, 1.25, 1.75}) {
    for (const double z : {0.0, 1.5, 4.0}) {
      INFO("b = " << b << ", z = " << z);
      const PolyaGamma law{b, z};
      check_law(draws_of(law, 2'000'000, step++), DistributionFunction(law));
    }
  }
}

TEST_CASE("the distribution function that Polya-Gamma draws are compared with") {
  // PG(1, 0) is the time at which |Brownian motion| reaches 1, over 4: a classical series.
  const DistributionFunction cdf(PolyaGamma{1, 0});
  for (const double x : {0.05, 0.1, 0.2, 0.5, 1.0}) {
    double f = 0;
    for (int k = 0; k < 20; ++k)
      f += (k % 2 == 0 ? 2 : -2) * std::erfc((2 * k + 1) / std::sqrt(8 * x));
    CHECK(cdf(x) == Approx(f).margin(1e-8));
  }
  for (const double z : {0.3, 2.0, 50.0}) {
    CHECK(PolyaGamma{1.5, z}.cumulant(1) == Approx(PolyaGamma{1.5, z}.mean()));
    CHECK(PolyaGamma{1.5, z}.cumulant(2) == Approx(PolyaGamma{1.5, z}.variance()));
  }
}

TEST_CASE("the checks of Polya-Gamma draws have power") {
  const DistributionFunction cdf(PolyaGamma{1.5, 1});
  CHECK(distance_from(draws_of({1.52, 1}, 400'000, 2000), cdf) > 1);
  CHECK(distance_from(draws_of({1.5, 1.1}, 400'000, 2001), cdf) > 1);
}

TEST_CASE("Polya-Gamma draws at the ends of the range") {
  Random random({.seed = 113});
  for (const double z : {1e5, 1e10, 1e100, -1e300}) {
    // The law contracts about 1/(2 |z|): its relative standard deviation is sqrt(2/|z|) at b = 1.
    const double x = polya_gamma_variate(random, 1, z);
    CHECK(x * 2 * std::fabs(z) == Approx(1).margin(10 * std::sqrt(2 / std::fabs(z))));
    CHECK(polya_gamma_variate(random, 1.5, z) > 0);
  }
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double wrong : {0.999, 0.0, -1.0, infinity, std::nan("")})
    CHECK(std::isnan(polya_gamma_variate(random, wrong, 1)));
  for (const double wrong : {infinity, -infinity, std::nan("")})
    CHECK(std::isnan(polya_gamma_variate(random, 1, wrong)));
  // Only |z| matters.
  Random one({.seed = 114}), other({.seed = 114});
  for (int i = 0; i < 1000; ++i)
    REQUIRE(polya_gamma_variate(one, 2.5, 1.5) == polya_gamma_variate(other, 2.5, -1.5));
}

}  // namespace
}  // namespace lmmdsl
