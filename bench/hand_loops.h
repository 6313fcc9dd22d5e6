// What a programmer would write for one model by hand: y = X b[g] + e with p = 3 coefficients of
// each group, b[g] ~ Normal(t, S), with as many groups in a register as the machine allows. Packed
// arrays as in runtime/kernels/lane_system.h, with their blocks of eight.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cmath>
#include <cstddef>

namespace hand {

#ifdef __AVX512F__
constexpr int kWide = 8;
#else
constexpr int kWide = 4;
#endif
constexpr std::size_t kParts = 8 / kWide;  // of a block
typedef double V __attribute__((vector_size(kWide * sizeof(double))));

inline V load(const double* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
inline void store(double* p, V v) { __builtin_memcpy(p, &v, sizeof v); }
inline V root(V x) {
#ifdef __AVX512F__
  return (V)_mm512_sqrt_pd((__m512d)x);
#elif defined(__AVX__)
  return (V)_mm256_sqrt_pd((__m256d)x);
#else
  for (int i = 0; i < kWide; ++i) x[i] = std::sqrt(x[i]);
  return x;
#endif
}
inline double total(V x) {
  double sum = 0;
  for (int i = 0; i < kWide; ++i) sum += x[i];
  return sum;
}

/// inv(S) = K0, c = 1 / s^2, XX and Xy packed; sums of K^-1 (6) and K^-1 h (3), the log
/// determinant.
struct Eliminated {
  double inverse[6], shift[3], log_det;
};

inline Eliminated eliminate3(std::size_t blocks, double c, const double* XX, const double* Xy,
                             const double* K0, const double* h0, double* L) {
  V s[9] = {};
  V mantissa = V{} + 1;
  double log_det = 0;
  for (std::size_t at = 0; at < kParts * blocks; ++at) {
    const std::size_t k = at / kParts * 48 + at % kParts * kWide,
                      j = at / kParts * 24 + at % kParts * kWide;
    V a = c * load(XX + k) + K0[0], b = c * load(XX + k + 8) + K0[3],
      d = c * load(XX + k + 16) + K0[4], e = c * load(XX + k + 24) + K0[6],
      f = c * load(XX + k + 32) + K0[7], g = c * load(XX + k + 40) + K0[8];
    mantissa *= a;
    const V ia = 1 / root(a);
    b *= ia;
    e *= ia;
    d -= b * b;
    mantissa *= d;
    const V id = 1 / root(d);
    f = (f - e * b) * id;
    g -= e * e + f * f;
    mantissa *= g;
    const V ig = 1 / root(g);
    if (at % 16 == 15) {  // before the product of pivots leaves the doubles
      for (int i = 0; i < kWide; ++i) log_det += std::log(mantissa[i]);
      mantissa = V{} + 1;
    }
    store(L + k, ia);
    store(L + k + 8, b);
    store(L + k + 16, id);
    store(L + k + 24, e);
    store(L + k + 32, f);
    store(L + k + 40, ig);
    const V w0 = (c * load(Xy + j) + h0[0]) * ia;
    const V w1 = (c * load(Xy + j + 8) + h0[1] - b * w0) * id;
    const V w2 = (c * load(Xy + j + 16) + h0[2] - e * w0 - f * w1) * ig;
    const V m10 = -b * ia * id, m21 = -f * id * ig, m20 = -(e * ia + f * m10) * ig;
    s[0] += ia * ia + m10 * m10 + m20 * m20;
    s[1] += m10 * id + m20 * m21;
    s[2] += id * id + m21 * m21;
    s[3] += m20 * ig;
    s[4] += m21 * ig;
    s[5] += ig * ig;
    s[6] += ia * w0 + m10 * w1 + m20 * w2;
    s[7] += id * w1 + m21 * w2;
    s[8] += ig * w2;
  }
  Eliminated out;
  for (int i = 0; i < 6; ++i) out.inverse[i] = total(s[i]);
  for (int i = 0; i < 3; ++i) out.shift[i] = total(s[6 + i]);
  for (int i = 0; i < kWide; ++i) log_det += std::log(mantissa[i]);
  out.log_det = log_det;
  return out;
}

/// u = L'^-1 (L^-1 (c Xy + h) + z), with h = h0 - C t.
inline void draw3(std::size_t blocks, double c, const double* Xy, const double* h, const double* L,
                  const double* z, double* u) {
  for (std::size_t at = 0; at < kParts * blocks; ++at) {
    const std::size_t k = at / kParts * 48 + at % kParts * kWide,
                      j = at / kParts * 24 + at % kParts * kWide;
    const V ia = load(L + k), b = load(L + k + 8), id = load(L + k + 16), e = load(L + k + 24),
            f = load(L + k + 32), ig = load(L + k + 40);
    const V w0 = (c * load(Xy + j) + h[0]) * ia;
    const V w1 = (c * load(Xy + j + 8) + h[1] - b * w0) * id;
    const V w2 = (c * load(Xy + j + 16) + h[2] - e * w0 - f * w1) * ig;
    const V u2 = (w2 + load(z + j + 16)) * ig;
    const V u1 = (w1 + load(z + j + 8) - f * u2) * id;
    const V u0 = (w0 + load(z + j) - b * u1 - e * u2) * ia;
    store(u + j, u0);
    store(u + j + 8, u1);
    store(u + j + 16, u2);
  }
}

/// Sum of |T [u; 1]|^2, T packed upper triangles of 4 x 4 by columns, u packed.
inline double distance3(std::size_t blocks, const double* T, const double* u) {
  V sum = {};
  for (std::size_t at = 0; at < kParts * blocks; ++at) {
    const double* t = T + at / kParts * 80 + at % kParts * kWide;
    const double* x = u + at / kParts * 24 + at % kParts * kWide;
    const V x0 = load(x), x1 = load(x + 8), x2 = load(x + 16);
    const V r0 = load(t) * x0 + load(t + 8) * x1 + load(t + 24) * x2 + load(t + 48);
    const V r1 = load(t + 16) * x1 + load(t + 32) * x2 + load(t + 56);
    const V r2 = load(t + 40) * x2 + load(t + 64);
    const V r3 = load(t + 72);
    sum += r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3;
  }
  return total(sum);
}

/// All of a textbook's sweep that grows with the groups, in one pass: draws u[g], and sums what the
/// other conditionals need.
struct Sums {
  double distance, outer[6], u[3];
};

inline Sums textbook3(std::size_t blocks, double c, const double* XX, const double* Xy,
                      const double* K0, const double* h0, const double* T, const double* t,
                      const double* z, double* u) {
  V s[10] = {};
  for (std::size_t at = 0; at < kParts * blocks; ++at) {
    const std::size_t part = at % kParts * kWide;
    const std::size_t k = at / kParts * 48 + part, j = at / kParts * 24 + part;
    V b = c * load(XX + k + 8) + K0[3], d = c * load(XX + k + 16) + K0[4],
      e = c * load(XX + k + 24) + K0[6], f = c * load(XX + k + 32) + K0[7],
      g = c * load(XX + k + 40) + K0[8];
    const V ia = 1 / root(c * load(XX + k) + K0[0]);
    b *= ia;
    e *= ia;
    const V id = 1 / root(d - b * b);
    f = (f - e * b) * id;
    const V ig = 1 / root(g - e * e - f * f);
    const V w0 = (c * load(Xy + j) + h0[0]) * ia;
    const V w1 = (c * load(Xy + j + 8) + h0[1] - b * w0) * id;
    const V w2 = (c * load(Xy + j + 16) + h0[2] - e * w0 - f * w1) * ig;
    const V x2 = (w2 + load(z + j + 16)) * ig;
    const V x1 = (w1 + load(z + j + 8) - f * x2) * id;
    const V x0 = (w0 + load(z + j) - b * x1 - e * x2) * ia;
    store(u + j, x0);
    store(u + j + 8, x1);
    store(u + j + 16, x2);
    const double* R = T + at / kParts * 80 + part;
    const V r0 = load(R) * x0 + load(R + 8) * x1 + load(R + 24) * x2 + load(R + 48);
    const V r1 = load(R + 16) * x1 + load(R + 32) * x2 + load(R + 56);
    const V r2 = load(R + 40) * x2 + load(R + 64);
    const V r3 = load(R + 72);
    s[0] += r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3;
    const V d0 = x0 - t[0], d1 = x1 - t[1], d2 = x2 - t[2];
    s[1] += d0 * d0;
    s[2] += d1 * d0;
    s[3] += d1 * d1;
    s[4] += d2 * d0;
    s[5] += d2 * d1;
    s[6] += d2 * d2;
    s[7] += x0;
    s[8] += x1;
    s[9] += x2;
  }
  Sums out;
  out.distance = total(s[0]);
  for (int i = 0; i < 6; ++i) out.outer[i] = total(s[1 + i]);
  for (int i = 0; i < 3; ++i) out.u[i] = total(s[7 + i]);
  return out;
}

}  // namespace hand
