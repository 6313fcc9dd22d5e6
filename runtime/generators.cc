// Scalar generators: normal, exponential, gamma and inverse gamma.
//
// The ziggurat covers the upper half of exp(-x^2/2) by 256 layers of equal area v. Layer 0 is the
// rectangle below f(r) together with the tail beyond r; layer i > 0 lies between the heights
// f(x[i]) and f(x[i + 1]) and has width x[i]. A point of layer i left of x[i + 1] is under the
// curve for certain: this is the case for 99 of 100 draws, and costs one table look-up, one product
// and one comparison.
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "runtime/not_a_number.h"
#include "runtime/random.h"
#include "runtime/random_block.h"

namespace lmmdsl {
namespace {

constexpr int kLayers = 256;
// r, where the tail begins: the root of x[255] (1 - f(x[255])) = v, which closes the stack at f
// = 1.
constexpr double kTail = 3.6541528853610088;

struct Ziggurat {
  double x[kLayers + 1];  // x[0] = v / f(r), x[1] = r, ..., x[256] = 0
  double f[kLayers + 1];  // exp(-x^2/2)

  Ziggurat() {
    const double f_tail = std::exp(-0.5 * kTail * kTail);
    const double half_pi = 1.5707963267948966;
    const double tail_area = std::sqrt(half_pi) * std::erfc(kTail / std::sqrt(2.0));
    const double v = kTail * f_tail + tail_area;
    x[0] = v / f_tail;
    x[1] = kTail;
    for (int i = 2; i < kLayers; ++i)
      x[i] = std::sqrt(-2 * std::log(v / x[i - 1] + std::exp(-0.5 * x[i - 1] * x[i - 1])));
    x[kLayers] = 0;
    for (int i = 0; i <= kLayers; ++i) f[i] = std::exp(-0.5 * x[i] * x[i]);
  }
};

const Ziggurat ziggurat;

/// |x| given |x| > r (Marsaglia 1964).
double normal_tail(Random& random) {
  for (;;) {
    const double x = exponential_variate(random) / kTail;
    if (2 * exponential_variate(random) > x * x) return kTail + x;
  }
}

bool positive_and_finite(double x) { return x > 0 && x <= std::numeric_limits<double>::max(); }

/// (1 + c x)^3 of Marsaglia and Tsang for a shape d + 1/3 >= 1: Gamma(d + 1/3, 1) is d times this.
double gamma_cube(Random& random, double d) {
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(random);
    const double t = c * x;
    const double root = 1 + t;
    if (root <= 0) continue;
    const double v = root * root * root;
    const double u = random.uniform();
    const double xx = x * x;
    if (u < 1 - 0.0331 * xx * xx) return v;
    // d (1 - v + log v), written so that it does not cancel where d is large and t small.
    const double difference = 3 * (std::log1p(t) - t - t * t - t * t * t / 3);
    if (std::log(u) < 0.5 * xx + d * difference) return v;
  }
}

}  // namespace

namespace {

/// The layer and abscissa of one word: true where that settles the draw.
inline bool from_word(std::uint64_t bits, int& i, double& x) {
  i = static_cast<int>(bits & (kLayers - 1));
  // An odd number of 54 bits with its sign: symmetric about 0, and never 0.
  const std::int64_t k = (static_cast<std::int64_t>(bits) >> 10) | 1;
  x = static_cast<double>(k) * 0x1p-53 * ziggurat.x[i];
  return std::fabs(x) < ziggurat.x[i + 1];
}

}  // namespace

double normal(Random& random) {
  for (;;) {
    int i;
    double x;
    if (from_word(random.bits(), i, x)) return x;
    if (i == 0) return std::copysign(normal_tail(random), x);
    const double height = ziggurat.f[i] + random.uniform() * (ziggurat.f[i + 1] - ziggurat.f[i]);
    if (height < std::exp(-0.5 * x * x)) return x;
  }
}

void normals(const std::uint64_t* words, std::size_t n, Random& random, double* out) {
  for (std::size_t k = 0; k < n; ++k) {
    int i;
    double x;
    if (!from_word(words[k], i, x)) {
      // The word may yet give this draw: see `normal`.
      const bool kept =
          i > 0 && ziggurat.f[i] + random.uniform() * (ziggurat.f[i + 1] - ziggurat.f[i]) <
                       std::exp(-0.5 * x * x);
      if (!kept) x = i == 0 ? std::copysign(normal_tail(random), x) : normal(random);
    }
    out[k] = x;
  }
}

void normals(Random& random, std::size_t n, double* out) {
  constexpr std::size_t kBlock = 64;
  std::uint64_t words[kBlock];
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t size = n - begin < kBlock ? n - begin : kBlock;
    random.bits(words, size);
    normals(words, size, random, out + begin);
  }
}

void uniforms(Random& random, std::size_t n, double* out) {
  constexpr std::size_t kBlock = 64;
  std::uint64_t words[kBlock];
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t size = n - begin < kBlock ? n - begin : kBlock;
    random.bits(words, size);
    for (std::size_t k = 0; k < size; ++k) out[begin + k] = uniform_of(words[k]);
  }
}

double exponential_variate(Random& random) { return -std::log(random.uniform()); }

double log_gamma_variate(Random& random, double shape) {
  if (!positive_and_finite(shape)) return kNan;
  // Gamma(a) = Gamma(a + 1) U^(1/a) in law.
  const double boost = shape < 1 ? -exponential_variate(random) / shape : 0;
  const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3;
  return boost + std::log(d * gamma_cube(random, d));
}

double gamma_variate(Random& random, double shape, double rate) {
  if (!positive_and_finite(shape) || !positive_and_finite(rate)) return kNan;
  if (shape < 1) return std::exp(log_gamma_variate(random, shape) - std::log(rate));
  const double d = shape - 1.0 / 3;
  return d * gamma_cube(random, d) / rate;
}

double inverse_gamma_variate(Random& random, double shape, double scale) {
  if (!positive_and_finite(shape) || !positive_and_finite(scale)) return kNan;
  if (shape < 1) return std::exp(std::log(scale) - log_gamma_variate(random, shape));
  const double d = shape - 1.0 / 3;
  return scale / (d * gamma_cube(random, d));
}

void dirichlet_variate(Random& random, int p, const double* a, double* x) {
  for (int c = 0; c < p; ++c) x[c] = log_gamma_variate(random, a[c]);
  const double most = *std::max_element(x, x + p);
  double total = 0;
  for (int c = 0; c < p; ++c) total += x[c] = std::exp(x[c] - most);
  for (int c = 0; c < p; ++c) x[c] = std::max(x[c] / total, DBL_MIN);
}

}  // namespace lmmdsl
