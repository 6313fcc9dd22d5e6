// Elimination with a shared precision, and draws.
#pragma once

#include "runtime/kernels/lanes_blocks.h"

namespace lmmdsl {
namespace {

template <int P>
void solve(const LaneSystem& s, const double* shared, const double* W, LaneElimination& out,
           double* sum) {
  constexpr int T = triangle_size(P);
  const int q = s.q;
  double sums[P * kLanes] = {}, square[kLanes] = {};
  V L[T], roots[P], D[P];  // roots of D^-1
  for (int k = 0; k < T; ++k) L[k] = all(shared[k]);
  for (int i = 0; i < P; ++i) {
    roots[i] = root(L[at_lower(i, i)]);
    D[i] = 1 / L[at_lower(i, i)];
  }
  const std::size_t blocks = s.blocks();
  for (std::size_t b = 0; b < blocks; ++b) {
    for (int lane = 0; lane < kLanes; lane += kWidth) {
      V m = all(1);
      if (b + 1 == blocks) m = mask(s.elements, b, lane);
      V w[P];
      shift<P>(s, b, lane, w);
      solve_lower<P>(L, w);
      for (int i = 0; i < P; ++i) {
        w[i] *= roots[i];
        if (out.w) store(out.w + (b * P + i) * kLanes + lane, w[i]);
        add(sums + i * kLanes + lane, w[i] * m);
      }
      if (!out.u) continue;
      for (int c = 0; c < q; ++c) {
        const V v = above(out.v, b, q, c, lane);
        for (int i = 0; i < P; ++i) w[i] -= all(W[i * q + c]) * v;
      }
      V u[P];
      for (int i = 0; i < P; ++i) {
        u[i] = load(out.u + (b * P + i) * kLanes + lane);
        w[i] *= D[i] * roots[i];  // L^-1 (h - C v)
      }
      add(square + lane, square_of<P>(L, D, u, w) * m);
    }
  }
  for (int i = 0; i < P; ++i) sum[i] = sum_of_lanes(sums + i * kLanes);
  out.square = sum_of_lanes(square);
}

template <int P>
bool draw(const LaneSystem& s, const double* factor, bool shared, const LaneAbove& v,
          const double* z, double* u) {
  constexpr int T = triangle_size(P);
  const int q = s.q;
  B finite = ~none();
  V L[T] = {}, roots[P] = {};  // of D^-1
  if (shared) {
    for (int k = 0; k < T; ++k) L[k] = all(factor[k]);
    for (int i = 0; i < P; ++i) roots[i] = root(L[at_lower(i, i)]);
  }
  const std::size_t blocks = s.blocks();
  for (std::size_t b = 0; b < blocks; ++b) {
    for (int lane = 0; lane < kLanes; lane += kWidth) {
      if (!shared) {
        for (int k = 0; k < T; ++k) L[k] = load(factor + (b * T + k) * kLanes + lane);
        for (int i = 0; i < P; ++i) roots[i] = root(L[at_lower(i, i)]);
      }
      V x[P];
      shift<P>(s, b, lane, x);
      for (int c = 0; c < q; ++c) {
        V y[P];
        column<P>(s, b, c, lane, y);
        const V value = above(v, b, q, c, lane);
        for (int i = 0; i < P; ++i) x[i] -= y[i] * value;
      }
      solve_lower<P>(L, x);
      for (int i = 0; i < P; ++i)
        x[i] = x[i] * L[at_lower(i, i)] + roots[i] * load(z + (b * P + i) * kLanes + lane);
      solve_upper<P>(L, x);
      for (int i = 0; i < P; ++i) {
        finite &= x[i] - x[i] == 0;
        store(u + (b * P + i) * kLanes + lane, x[i]);
      }
    }
  }
  return !any(~finite);
}

}  // namespace
}  // namespace lmmdsl
