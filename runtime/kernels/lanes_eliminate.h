// Elimination with a precision for each element.
#pragma once

#include "runtime/kernels/lanes_blocks.h"

namespace lmmdsl {
namespace {

/// What elimination sums over elements, lane by lane.
template <int P>
struct Sums {
  double products[triangle_size(kMostLaneAbove > P ? kMostLaneAbove : P) * kLanes] = {};
  double shifts[(kMostLaneAbove > P ? kMostLaneAbove : P) * kLanes] = {};
  double square[kLanes] = {};
  double mantissa[kLanes] = {1, 1, 1, 1, 1, 1, 1, 1};  ///< of the product of all pivots
  double exponent[kLanes] = {};
  bool bad = false;
};

/// The pivots D, where lanes beyond the last element (m = 0) count as 1. Their product leaves the
/// doubles only if a pivot is no positive number, or far from 1.
template <int P>
inline void multiply_pivots(const V* D, V product, V m, bool last, int lane, Sums<P>& sums) {
  V mantissa = load(sums.mantissa + lane), exponent = load(sums.exponent + lane);
  if (last) product = product * m + (all(1) - m);
  if (in_reach(product)) {
    mantissa *= product;
    split(mantissa, exponent);
  } else {
    for (int j = 0; j < P; ++j) {
      V pivot = D[j];
      if (last) pivot = pivot * m + (all(1) - m);
      sums.bad |= any(~((pivot >= kLeastNormal) & (pivot <= kMostFinite)));
      mantissa *= pivot;
      split(mantissa, exponent);
    }
  }
  store(sums.mantissa + lane, mantissa);
  store(sums.exponent + lane, exponent);
}

/// K = L D L', in place, and D itself (Golub and Van Loan 2013, Matrix Computations, section 4.1).
/// The product of D, or -1 where one of them is not positive.
/// Here and in add_inverse the loops stand once more where others need them (lanes_states.h,
/// lanes_matrices.h): g++ 12 no longer unrolls them if they are functions of their own, and
/// `eliminate` takes 1.4 to 1.8 times as long with p = 3.
template <int P>
inline V factor(V* L, V* D) {
  V product = all(1), least = all(1);
  for (int i = 0; i < P; ++i) {
    V x[P];  // row i of L D
    V pivot = L[at_lower(i, i)];
    for (int j = 0; j < i; ++j) {
      x[j] = L[at_lower(i, j)];
      for (int k = 0; k < j; ++k) x[j] -= x[k] * L[at_lower(j, k)];
      L[at_lower(i, j)] = x[j] * L[at_lower(j, j)];
      pivot -= x[j] * L[at_lower(i, j)];
    }
    D[i] = pivot;
    L[at_lower(i, i)] = 1 / pivot;
    product = i == 0 ? pivot : product * pivot;
    least = i == 0 ? pivot : (pivot < least ? pivot : least);
  }
  return least > 0 ? product : all(-1);
}

/// L^-1 in place; the diagonal stays as it is.
template <int P>
inline void invert_lower(V* L) {
  for (int j = 0; j < P; ++j)
    for (int i = j + 1; i < P; ++i) {
      V x = L[at_lower(i, j)];
      for (int k = j + 1; k < i; ++k) x += L[at_lower(i, k)] * L[at_lower(k, j)];
      L[at_lower(i, j)] = -x;
    }
}

/// Where C is the same for all elements: sums of K^-1 and K^-1 h, since then sum W'W is
/// C' (sum K^-1) C. Here w is L^-1 h.
template <int P>
inline void add_inverse(const V* L, const V* w, V m, bool last, int lane, Sums<P>& sums) {
  V M[triangle_size(P)];  // L^-1, its diagonal D^-1
  for (int k = 0; k < triangle_size(P); ++k) M[k] = L[k];
  invert_lower<P>(M);
  for (int i = 0; i < P; ++i) {
    V column[P];  // i of D^-1 L^-1
    V x = column[i] = M[at_lower(i, i)];
    x *= w[i];
    for (int k = i + 1; k < P; ++k) {
      column[k] = M[at_lower(k, k)] * M[at_lower(k, i)];
      x += column[k] * w[k];
    }
    add(sums.shifts + i * kLanes + lane, last ? x * m : x);
    for (int j = 0; j <= i; ++j) {
      V y = j == i ? column[i] : column[i] * M[at_lower(i, j)];
      for (int k = i + 1; k < P; ++k) y += column[k] * M[at_lower(k, j)];
      add(sums.products + at_lower(i, j) * kLanes + lane, last ? y * m : y);
    }
  }
}

/// L^-1 C column by column: kept, multiplied, taken from r times v. Here w is L^-1 h; `roots` are
/// those of D^-1, where anything is kept.
template <int P>
inline void add_columns(const LaneSystem& s, LaneElimination& out, std::size_t b, int lane,
                        const V* L, const V* roots, const V* w, V m, V* r, Sums<P>& sums) {
  const int q = s.q;
  V W[kMostLaneAbove * P];
  for (int c = 0; c < q; ++c) {
    V* x = W + c * P;
    column<P>(s, b, c, lane, x);
    solve_lower<P>(L, x);
    if (out.W)
      for (int i = 0; i < P; ++i)
        store(out.W + ((b * P + i) * q + c) * kLanes + lane, x[i] * roots[i]);
    if (out.u) {
      const V v = above(out.v, b, q, c, lane);
      for (int i = 0; i < P; ++i) r[i] -= x[i] * v;
    }
    if (!out.products) continue;
    V scaled[P];
    for (int i = 0; i < P; ++i) scaled[i] = x[i] * L[at_lower(i, i)] * m;
    for (int d = 0; d <= c; ++d) {
      const V* y = W + d * P;
      V sum = scaled[0] * y[0];
      for (int i = 1; i < P; ++i) sum += scaled[i] * y[i];
      add(sums.products + at_lower(c, d) * kLanes + lane, sum);
    }
    V sum = scaled[0] * w[0];
    for (int i = 1; i < P; ++i) sum += scaled[i] * w[i];
    add(sums.shifts + c * kLanes + lane, sum);
  }
}

/// Whether all that is wanted of W are sums, and C is the same for all elements.
inline bool by_inverse(const LaneSystem& s, const LaneElimination& out) {
  bool same = !out.W && out.products && s.q > 0 && !out.v.packed;
  for (int t = 0; t < s.terms; ++t) same &= !s.C[t];
  return same;
}

/// Inlined, so that what all blocks share stays in registers.
template <int P, bool kInverse>
__attribute__((always_inline)) inline void eliminate_block(const LaneSystem& s,
                                                           LaneElimination& out, const V* shift_at,
                                                           std::size_t b, int lane, bool last,
                                                           Sums<P>& sums) {
  constexpr int T = triangle_size(P);
  V L[T], D[P];
  for (int i = 0, k = 0; i < P; ++i)
    for (int j = 0; j <= i; ++j, ++k) L[k] = all(s.K0[i * P + j]);
  add_terms<T>(s.terms, s.scale, s.K, b, lane, L);
  V m = all(1);
  if (last) m = mask(s.elements, b, lane);
  const V product = factor<P>(L, D);
  multiply_pivots<P>(D, product, m, last, lane, sums);
  for (int k = 0; k < T; ++k) store(out.L + (b * T + k) * kLanes + lane, L[k]);
  V w[P], r[P];
  shift<P>(s, b, lane, w);
  for (int i = 0; i < P; ++i) r[i] = w[i];
  solve_lower<P>(L, w);
  const bool kept = out.w || out.W;
  V roots[P];
  for (int i = 0; i < P; ++i) roots[i] = kept ? root(L[at_lower(i, i)]) : all(0);
  if (out.w)
    for (int i = 0; i < P; ++i) store(out.w + (b * P + i) * kLanes + lane, w[i] * roots[i]);
  if (kInverse) {
    add_inverse<P>(L, w, m, last, lane, sums);
    if (!out.u) return;
    for (int i = 0; i < P; ++i) r[i] -= shift_at[i];
    solve_lower<P>(L, r);
  } else {
    for (int i = 0; i < P; ++i) r[i] = w[i];
    add_columns<P>(s, out, b, lane, L, roots, w, m, r, sums);
    if (!out.u) return;
  }
  V u[P];
  for (int i = 0; i < P; ++i) u[i] = load(out.u + (b * P + i) * kLanes + lane);
  const V square = square_of<P>(L, D, u, r);
  add(sums.square + lane, last ? square * m : square);
}

/// C' S C and C' x for packed lower triangles, with S (p x p) and x (p) the sums of lanes.
template <int P>
void multiply_out(const LaneSystem& s, const Sums<P>& sums, LaneElimination& out) {
  const int q = s.q;
  double S[P * P], SC[P * kMostLaneAbove];
  for (int i = 0; i < P; ++i)
    for (int j = 0; j <= i; ++j)
      S[i * P + j] = S[j * P + i] = sum_of_lanes(sums.products + at_lower(i, j) * kLanes);
  for (int i = 0; i < P; ++i)
    for (int c = 0; c < q; ++c) {
      double x = 0;
      for (int k = 0; k < P; ++k) x += S[i * P + k] * s.C0[k * q + c];
      SC[i * q + c] = x;
    }
  for (int c = 0; c < q; ++c) {
    double x = 0;
    for (int k = 0; k < P; ++k) x += s.C0[k * q + c] * sum_of_lanes(sums.shifts + k * kLanes);
    out.shifts[c] = x;
    for (int d = 0; d <= c; ++d) {
      double y = 0;
      for (int k = 0; k < P; ++k) y += s.C0[k * q + c] * SC[k * q + d];
      out.products[at_lower(c, d)] = y;
    }
  }
}

template <int P, bool kInverse>
bool eliminate_as(const LaneSystem& s, LaneElimination& out) {
  const int q = s.q;
  Sums<P> sums;
  V shift_at[P];  // C v
  for (int i = 0; i < P; ++i) {
    double x = 0;
    if (kInverse && out.u)
      for (int c = 0; c < q; ++c) x += s.C0[i * q + c] * out.v.once[c];
    shift_at[i] = all(x);
  }
  const std::size_t full = s.elements / kLanes;
  for (std::size_t b = 0; b < full; ++b)
    for (int lane = 0; lane < kLanes; lane += kWidth)
      eliminate_block<P, kInverse>(s, out, shift_at, b, lane, false, sums);
  for (int lane = 0; full < s.blocks() && lane < kLanes; lane += kWidth)
    eliminate_block<P, kInverse>(s, out, shift_at, full, lane, true, sums);
  if (sums.bad) return false;
  if (kInverse) {
    multiply_out<P>(s, sums, out);
  } else if (out.products) {
    for (int k = 0; k < triangle_size(q); ++k)
      out.products[k] = sum_of_lanes(sums.products + k * kLanes);
    for (int c = 0; c < q; ++c) out.shifts[c] = sum_of_lanes(sums.shifts + c * kLanes);
  }
  out.square = sum_of_lanes(sums.square);
  double log_det = 0;
  for (double x : sums.mantissa) log_det += __builtin_log(x);
  out.log_det = log_det + sum_of_lanes(sums.exponent) * kLog2;
  return true;
}

template <int P>
bool eliminate(const LaneSystem& s, LaneElimination& out) {
  return by_inverse(s, out) ? eliminate_as<P, true>(s, out) : eliminate_as<P, false>(s, out);
}

}  // namespace
}  // namespace lmmdsl
