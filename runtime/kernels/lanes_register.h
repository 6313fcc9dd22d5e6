// A vector register and the few operations on it, by the vector types that g++ and clang++ share;
// the square root alone has no operator.
#pragma once

#include "runtime/kernels/lane_system.h"

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace lmmdsl {
namespace {

constexpr int kWidth = LMMDSL_LANE_WIDTH;
static_assert(kLanes % kWidth == 0);

typedef double V __attribute__((vector_size(kWidth * sizeof(double))));
typedef long long B __attribute__((vector_size(kWidth * sizeof(double))));  ///< 0 or -1 each

inline V load(const double* from) {
  V x;
  __builtin_memcpy(&x, from, sizeof x);
  return x;
}
inline void store(double* to, V x) { __builtin_memcpy(to, &x, sizeof x); }
inline void add(double* to, V x) { store(to, load(to) + x); }
inline V all(double x) {
#if LMMDSL_LANE_WIDTH == 8
  return V{x, x, x, x, x, x, x, x};
#elif LMMDSL_LANE_WIDTH == 4
  return V{x, x, x, x};
#else
  return V{x, x};
#endif
}
inline B none() { return B{}; }
inline bool any(B b) {
  long long found = 0;
  for (int i = 0; i < kWidth; ++i) found |= b[i];
  return found != 0;
}

/// from[index[0]], from[index[1]], ...: by single loads, which are faster than the gather
/// instructions of today's processors.
inline V gather(const double* from, const int* index) {
#if LMMDSL_LANE_WIDTH == 8
  return V{from[index[0]], from[index[1]], from[index[2]], from[index[3]],
           from[index[4]], from[index[5]], from[index[6]], from[index[7]]};
#elif LMMDSL_LANE_WIDTH == 4
  return V{from[index[0]], from[index[1]], from[index[2]], from[index[3]]};
#else
  return V{from[index[0]], from[index[1]]};
#endif
}

inline V root(V x) {
#if defined(__AVX512F__) && LMMDSL_LANE_WIDTH == 8
  return (V)_mm512_sqrt_pd((__m512d)x);
#elif defined(__AVX__) && LMMDSL_LANE_WIDTH == 4
  return (V)_mm256_sqrt_pd((__m256d)x);
#elif defined(__SSE2__) && LMMDSL_LANE_WIDTH == 2
  return (V)_mm_sqrt_pd((__m128d)x);
#elif defined(__ARM_NEON) && defined(__aarch64__) && LMMDSL_LANE_WIDTH == 2
  return (V)vsqrtq_f64((float64x2_t)x);
#else
  for (int i = 0; i < kWidth; ++i) x[i] = __builtin_sqrt(x[i]);
  return x;
#endif
}

/// x := its mantissa, in [1, 2), the power of two added to `powers`; for normal positive x.
inline void split(V& x, V& powers) {
  const B bits = (B)x;
  // The exponent in the lowest bits of a double in [2^52, 2^53): subtracting 2^52 + 1023 leaves it.
  const B biased = ((bits >> 52) & 0x7ff) | 0x4330000000000000;
  powers += (V)biased - all(0x1p52 + 1023);
  x = (V)((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
}

}  // namespace
}  // namespace lmmdsl
