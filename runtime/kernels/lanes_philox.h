// Philox (random.h) for eight streams at once, where a register holds eight words.
#pragma once

#include "runtime/kernels/lanes_register.h"

namespace lmmdsl {
namespace {

using Philox = void (*)(const std::uint64_t counter[4], const std::uint64_t key[2],
                        std::size_t blocks, std::uint64_t* words);

#if defined(__AVX512F__) && LMMDSL_LANE_WIDTH == 8

typedef std::uint64_t U __attribute__((vector_size(64)));

inline U all_words(std::uint64_t x) { return U{x, x, x, x, x, x, x, x}; }

/// The lower halves of a times those of b.
inline U multiply_halves(U a, U b) { return (U)_mm512_mul_epu32((__m512i)a, (__m512i)b); }

/// x c = high 2^64 + low, by halves of 32 bits: no sum here leaves 64 bits.
inline U multiply_words(U x, std::uint64_t c, U& low) {
  const U c0 = all_words(c & 0xffffffff), c1 = all_words(c >> 32), x1 = x >> 32;
  const U p00 = multiply_halves(x, c0), p01 = multiply_halves(x, c1), p10 = multiply_halves(x1, c0),
          p11 = multiply_halves(x1, c1);
  const U first = p01 + (p00 >> 32), second = p10 + (first & 0xffffffff);
  low = (U)_mm512_mask_blend_epi32(0x5555, (__m512i)(second << 32), (__m512i)p00);
  return p11 + (first >> 32) + (second >> 32);
}

struct PhiloxState {
  U c0, c1, c2, c3;

  void round(U k0, U k1) {
    U low_a, low_b;
    const U high_a = multiply_words(c0, 0xD2E7470EE14C6C93, low_a);
    const U high_b = multiply_words(c2, 0xCA5A826395121157, low_b);
    c0 = high_b ^ c1 ^ k0;
    c2 = high_a ^ c3 ^ k1;
    c1 = low_b;
    c3 = low_a;
  }

  /// The four words of each stream side by side, the streams `step` words apart.
  void store(std::uint64_t* words, std::size_t step) const {
    const __m512i even01 = _mm512_unpacklo_epi64((__m512i)c0, (__m512i)c1),
                  odd01 = _mm512_unpackhi_epi64((__m512i)c0, (__m512i)c1),
                  even23 = _mm512_unpacklo_epi64((__m512i)c2, (__m512i)c3),
                  odd23 = _mm512_unpackhi_epi64((__m512i)c2, (__m512i)c3);
    const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11),
                  second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    const auto put = [&](__m512i a, __m512i b, __m512i which, int stream) {
      const __m512i both = _mm512_permutex2var_epi64(a, which, b);
      const __m256i one = _mm512_castsi512_si256(both), other = _mm512_extracti64x4_epi64(both, 1);
      __builtin_memcpy(words + stream * step, &one, sizeof one);
      __builtin_memcpy(words + (stream + 2) * step, &other, sizeof other);
    };
    put(even01, even23, first, 0);
    put(even01, even23, second, 4);
    put(odd01, odd23, first, 1);
    put(odd01, odd23, second, 5);
  }
};

void philox_of_lanes(const std::uint64_t counter[4], const std::uint64_t key[2], std::size_t blocks,
                     std::uint64_t* words) {
  const U levels = all_words(counter[2]) + U{0, 1, 2, 3, 4, 5, 6, 7};
  // Two calls at a time: one alone waits for its own results.
  for (std::size_t b = 0; b < blocks; b += 2) {
    PhiloxState one{all_words(counter[0] + b), all_words(counter[1]), levels,
                    all_words(counter[3])};
    PhiloxState two = one;
    two.c0 += 1;
    U k0 = all_words(key[0]), k1 = all_words(key[1]);
    for (int round = 0; round < 10; ++round) {
      one.round(k0, k1);
      two.round(k0, k1);
      k0 += 0x9E3779B97F4A7C15;
      k1 += 0xBB67AE8584CAA73B;
    }
    one.store(words + 4 * b, 4 * blocks);
    if (b + 1 < blocks) two.store(words + 4 * (b + 1), 4 * blocks);
  }
}

constexpr Philox kPhilox = philox_of_lanes;

#else

constexpr Philox kPhilox = nullptr;

#endif

}  // namespace
}  // namespace lmmdsl
