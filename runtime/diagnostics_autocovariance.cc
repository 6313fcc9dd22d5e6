// A direct sum for short lags, and for all lags a radix-2 Fourier transform (Cooley and Tukey
// 1965).
#include "runtime/diagnostics_autocovariance.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace lmmdsl {
namespace {

/// Complex numbers as two arrays, which the compiler can turn into vector code.
struct Series {
  explicit Series(std::size_t n) : re(n), im(n) {}
  std::vector<double> re, im;
};

/// The factors exp(-pi i k / half), k < half, of each stage at half + k. Those of a stage are those
/// of the one before with their products by one root between them.
Series twiddles(std::size_t n) {
  Series w(n);
  w.re[1] = 1;
  for (std::size_t half = 2; half < n; half *= 2) {
    const double angle = -std::numbers::pi / static_cast<double>(half);
    const double c = std::cos(angle), s = std::sin(angle);
    for (std::size_t k = 0; k < half; k += 2) {
      const double re = w.re[(half + k) / 2], im = w.im[(half + k) / 2];
      w.re[half + k] = re;
      w.im[half + k] = im;
      w.re[half + k + 1] = re * c - im * s;
      w.im[half + k + 1] = re * s + im * c;
    }
  }
  return w;
}

/// The transform of z, in bit-reversed order (decimation in frequency; the size is a power of two).
void to_frequencies(Series& z, const Series& w) {
  const std::size_t n = z.re.size();
  for (std::size_t half = n / 2; half > 0; half /= 2) {
    const double* wr = &w.re[half];
    const double* wi = &w.im[half];
    for (std::size_t start = 0; start < n; start += 2 * half) {
      double *ar = &z.re[start], *ai = &z.im[start], *br = ar + half, *bi = ai + half;
      for (std::size_t k = 0; k < half; ++k) {
        const double dr = ar[k] - br[k], di = ai[k] - bi[k];
        ar[k] += br[k];
        ai[k] += bi[k];
        br[k] = dr * wr[k] - di * wi[k];
        bi[k] = dr * wi[k] + di * wr[k];
      }
    }
  }
}

/// The transform of z, which is in bit-reversed order, in natural order (decimation in time). So
/// there and back again needs no permutation.
void from_frequencies(Series& z, const Series& w) {
  const std::size_t n = z.re.size();
  for (std::size_t half = 1; half < n; half *= 2) {
    const double* wr = &w.re[half];
    const double* wi = &w.im[half];
    for (std::size_t start = 0; start < n; start += 2 * half) {
      double *ar = &z.re[start], *ai = &z.im[start], *br = ar + half, *bi = ai + half;
      for (std::size_t k = 0; k < half; ++k) {
        const double tr = br[k] * wr[k] - bi[k] * wi[k], ti = br[k] * wi[k] + bi[k] * wr[k];
        br[k] = ar[k] - tr;
        bi[k] = ai[k] - ti;
        ar[k] += tr;
        ai[k] += ti;
      }
    }
  }
}

}  // namespace

AutocovarianceSums::AutocovarianceSums(const std::vector<double>& centred, std::size_t pieces)
    : d_(centred), pieces_(pieces), length_(centred.size() / pieces) {
  sums_.reserve(length_ < kDirect ? length_ : kDirect);
}

double AutocovarianceSums::operator()(std::size_t lag) {
  while (sums_.size() <= lag) {
    if (slow()) {
      transform();
    } else {
      add_direct();
    }
  }
  return sums_[lag];
}

/// Whether the transform pays. A correlation that is still 0.3 at lag 31 reaches 1/100, the noise
/// of 10,000 draws, past lag 100.
bool AutocovarianceSums::slow() const {
  if (length_ < 2 * kDirect) return false;
  const std::size_t early = kDirect / 3;
  return sums_.size() >= kDirect || (sums_.size() == early && sums_[early - 1] > 0.3 * sums_[0]);
}

/// The next two lags (the second is 0 beyond the end). Two lags and two partial sums of each at a
/// time: so much the processor does side by side.
void AutocovarianceSums::add_direct() {
  const std::size_t lag = sums_.size();
  double even[2] = {0, 0}, odd[2] = {0, 0};
  for (std::size_t i = 0; i < pieces_; ++i) {
    const double* d = &d_[i * length_];
    const std::size_t n = length_ - lag;
    if (n > 1) {
      const double* e = d + lag;
      const std::size_t m = n - 1;  // terms of the odd lag
      std::size_t t = 0;
      for (; t + 2 <= m; t += 2) {
        for (std::size_t j = 0; j < 2; ++j) {
          even[j] += d[t + j] * e[t + j];
          odd[j] += d[t + j] * e[t + j + 1];
        }
      }
      for (; t < m; ++t) {
        even[0] += d[t] * e[t];
        odd[0] += d[t] * e[t + 1];
      }
    }
    even[0] += d[n - 1] * d[length_ - 1];
  }
  sums_.push_back(even[0] + even[1]);
  sums_.push_back(odd[0] + odd[1]);
}

/// Two series are the real and imaginary part of one complex series z: the real part of its
/// autocovariance, which is the transform of |Z|^2, is the sum of theirs. Padding to twice the
/// length keeps the ends apart.
void AutocovarianceSums::transform() {
  const std::size_t n = std::bit_ceil(2 * length_);
  const Series w = twiddles(n);
  Series power(n), z(n);
  const auto put = [&](std::vector<double>& part, std::size_t i) {
    const auto end =
        i < pieces_ ? std::copy_n(d_.begin() + i * length_, length_, part.begin()) : part.begin();
    std::fill(end, part.end(), 0.0);
  };
  for (std::size_t i = 0; i < pieces_; i += 2) {
    put(z.re, i);
    put(z.im, i + 1);
    to_frequencies(z, w);
    for (std::size_t k = 0; k < n; ++k) power.re[k] += z.re[k] * z.re[k] + z.im[k] * z.im[k];
  }
  from_frequencies(power, w);
  for (std::size_t lag = sums_.size(); lag < length_; ++lag)
    sums_.push_back(power.re[lag] / static_cast<double>(n));
}

}  // namespace lmmdsl
