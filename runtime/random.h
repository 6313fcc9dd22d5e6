// Counter-based random streams (Philox, Salmon et al. 2011) and the generators that the samplers
// draw from. A stream is addressed by (seed, chain, sweep, step, level): the draws do not depend on
// threads, on the order of loops or on which other chains run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lmmdsl {

/// Which stream: all of these together name it.
struct StreamAddress {
  std::uint64_t seed = 0;
  std::uint32_t chain = 0;
  std::uint64_t sweep = 0;
  std::uint32_t step = 0;
  std::uint32_t level = 0;  ///< the element of a plate
};

/// Philox4x64 with 10 rounds (Salmon et al. 2011): for each key a bijection of counters onto
/// outputs.
void philox(const std::uint64_t counter[4], const std::uint64_t key[2], std::uint64_t out[4]);

/// In the open interval (0, 1): the midpoints of 2^52 equal cells, all exact in double.
inline double uniform_of(std::uint64_t word) {
  return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52;
}

/// A stream of independent uniform bits. Cheap to make: one for each element and step.
///
/// Each field of the address has a place of its own in key and counter, at full width, so that
/// different addresses can never meet:
///
///     key     = (seed, step << 32 | chain)
///     counter = (block, sweep, level, 0)
///
/// `block` counts the calls of Philox in the stream, four words each; it cannot run over.
class Random {
 public:
  /// From the given block on.
  explicit Random(const StreamAddress& address, std::uint64_t block = 0);

  /// The arguments of philox() for the block that is next.
  const std::uint64_t* counter() const { return counter_; }
  const std::uint64_t* key() const { return key_; }

  std::uint64_t bits() {
    if (left_ == 0) refill();
    return buffer_[4 - left_--];
  }

  /// The next n words; those that are left of a block of four go to waste.
  void bits(std::uint64_t* out, std::size_t n);

  double uniform() { return uniform_of(bits()); }

 private:
  void refill();
  std::uint64_t key_[2];
  std::uint64_t counter_[4];
  std::uint64_t buffer_[4];
  int left_ = 0;  ///< words of the buffer not yet given out
};

/// N(0, 1), by the ziggurat (Marsaglia and Tsang 2000, J. Stat. Software 5(8)) with 256 layers.
/// Layer and abscissa come from disjoint bits of one word, so that the law is exact.
double normal(Random& random);

// Scalar generators. A parameter that is not positive and finite gives NaN. The result is the draw
// rounded to double: 0 or infinity where the draw itself is outside double's range. This is no
// rarity for tiny shapes (Gamma(0.001, 1) is below 1e-308 with probability 0.49); who goes there
// works with log_gamma_variate, which never leaves the range. At shapes >= 0.1 and rates or scales
// near 1 it has probability below 1e-30.

/// Logarithm of a Gamma(shape, 1) draw: Marsaglia and Tsang (2000, ACM TOMS 26: 363-372); for
/// shape < 1 by the boost U^(1/shape) on the log scale, so that nothing underflows.
double log_gamma_variate(Random& random, double shape);
/// Gamma(shape, rate), density in x: x^(a-1) exp(-b x).
double gamma_variate(Random& random, double shape, double rate);
/// InverseGamma(shape, scale), density x^(-a-1) exp(-b/x).
double inverse_gamma_variate(Random& random, double shape, double scale);
/// x ~ Dirichlet(a), of p components, density the product of x_c^(a_c - 1): gamma draws over their
/// sum. What would round to 0 is the smallest positive number.
void dirichlet_variate(Random& random, int p, const double* a, double* x);
/// Exponential of rate 1.
double exponential_variate(Random& random);

/// Logarithm of a generalised inverse Gaussian draw, density in x: x^(p-1) exp(-(a x + b/x)/2), for
/// any p and a, b >= 0 for which it is one; by rejection from log-concave densities (Devroye 2014),
/// |p| = 1/2 by the inverse Gaussian. NaN where there is no such law.
double log_gig_variate(Random& random, double p, double a, double b);
/// The same between bounds, given by their logarithms. Gamma(s, r) between bounds is (s, 2 r, 0),
/// InverseGamma(s, r) is (-s, 0, 2 r).
double log_gig_variate(Random& random, double p, double a, double b, double log_lower,
                       double log_upper);
/// Inverse Gaussian, density sqrt(l/(2 pi x^3)) exp(-l (x-m)^2/(2 m^2 x)) for mean m, shape l.
double inverse_gaussian_variate(Random& random, double mean, double shape);
/// N(0, 1) between bounds, which may be infinite; equal bounds give that value.
double truncated_normal_variate(Random& random, double lower, double upper);
/// N(mean, sd^2) between bounds.
double normal_between(Random& random, double mean, double sd, double lower, double upper);
/// Draws from N(mean, sd^2) until one lies between the bounds; of those before it their number,
/// their mean and the sum of squares about it. False where a million were not enough.
bool rejected_normals(Random& random, double mean, double sd, double lower, double upper,
                      double* out);

// Matrices are column-major, p x p, dense. Of a symmetric argument only the lower triangle is read;
// a symmetric result is exactly symmetric. The functions return false, leaving `out` unspecified,
// where a matrix is not positive definite or a result is not finite. `out` must not overlap the
// arguments. Up to kLargestFixedSize there is code for each size, and nothing is allocated.
constexpr int kLargestFixedSize = 8;

/// x ~ N(mean, covariance).
bool normal_by_covariance(Random& random, int p, const double* mean, const double* covariance,
                          double* out);
/// x ~ N(P^-1 h, P^-1), P the precision, h the shift: P = L L', x = L'^-1 (L^-1 h + z).
bool normal_by_precision(Random& random, int p, const double* precision, const double* shift,
                         double* out);
/// W ~ Wishart(df, (inverse_scale)^-1), mean df * inverse_scale^-1, by Bartlett's decomposition
/// (Odell and Feiveson 1966); df > p - 1.
bool wishart_variate(Random& random, int p, double df, const double* inverse_scale, double* out);
/// Sigma ~ InverseWishart(df, scale): density |Sigma|^(-(df+p+1)/2) exp(-tr(scale Sigma^-1)/2).
bool inverse_wishart_variate(Random& random, int p, double df, const double* scale, double* out);

}  // namespace lmmdsl
