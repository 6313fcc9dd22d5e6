// A block of elements at a time: loads, triangular solves and what every kernel of lanes_body.h
// needs.
#pragma once

#include <cstddef>

#include "runtime/kernels/lanes_register.h"

namespace lmmdsl {
namespace {

constexpr double kLog2 = 0.69314718055994530942;
constexpr double kLeastNormal = 0x1p-1022, kMostFinite = 0x1.fffffffffffffp1023;

/// Whether products of some such numbers, and quotients, are far from the ends of the doubles.
inline bool in_reach(V x) { return !any(~((x >= 0x1p-960) & (x <= 0x1p960))); }

/// ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)): the same order whatever the width.
inline double sum_of_lanes(const double* x) {
  return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

/// x += scale * packed, for `rows` rows of one block from lane `lane` on.
template <int Rows>
inline void add_terms(int terms, const double* scale, const double* const* packed,
                      std::size_t block, int lane, V* x) {
  for (int t = 0; t < terms; ++t) {
    if (!packed[t]) continue;
    const V c = all(scale[t]);
    const double* from = packed[t] + block * (Rows * kLanes) + lane;
    for (int i = 0; i < Rows; ++i) x[i] += c * load(from + i * kLanes);
  }
}

/// 1 for lanes that are elements, 0 for those that fill up the last block.
inline V mask(std::size_t elements, std::size_t block, int lane) {
  V m = all(1);
  for (int i = 0; i < kWidth; ++i)
    if (block * kLanes + static_cast<std::size_t>(lane + i) >= elements) m[i] = 0;
  return m;
}

/// x := L^-1 x
template <int P>
inline void solve_lower(const V* L, V* x) {
  for (int i = 1; i < P; ++i)
    for (int k = 0; k < i; ++k) x[i] -= L[at_lower(i, k)] * x[k];
}

/// x := L'^-1 x
template <int P>
inline void solve_upper(const V* L, V* x) {
  for (int i = P; i-- > 0;)
    for (int k = i + 1; k < P; ++k) x[i] -= L[at_lower(k, i)] * x[k];
}

/// sum_i D_i (L'u - D^-1 r)_i^2
template <int P>
inline V square_of(const V* L, const V* D, const V* u, const V* r) {
  V square = all(0);
  for (int i = 0; i < P; ++i) {
    V z = u[i] - L[at_lower(i, i)] * r[i];
    for (int j = i + 1; j < P; ++j) z += L[at_lower(j, i)] * u[j];
    square += D[i] * (z * z);
  }
  return square;
}

inline V above(const LaneAbove& v, std::size_t block, int q, int c, int lane) {
  if (v.packed) return load(v.packed + (block * q + c) * kLanes + lane);
  return all(v.once[c]);
}

/// Column c of C, for one block from lane `lane` on.
template <int P>
inline void column(const LaneSystem& s, std::size_t block, int c, int lane, V* x) {
  const int q = s.q;
  for (int i = 0; i < P; ++i) x[i] = all(s.C0[i * q + c]);
  for (int t = 0; t < s.terms; ++t) {
    if (!s.C[t]) continue;
    const V scale = all(s.scale[t]);
    for (int i = 0; i < P; ++i)
      x[i] += scale * load(s.C[t] + ((block * P + i) * q + c) * kLanes + lane);
  }
}

template <int P>
inline void shift(const LaneSystem& s, std::size_t block, int lane, V* x) {
  for (int i = 0; i < P; ++i) x[i] = all(s.h0[i]);
  add_terms<P>(s.terms, s.scale, s.h, block, lane, x);
}

}  // namespace
}  // namespace lmmdsl
