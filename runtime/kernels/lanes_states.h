// A level and the one element above it at eight states of the precision: the lanes are states, and
// the elements are visited one after the other.
#pragma once

#include "runtime/kernels/lanes_blocks.h"
#include "runtime/kernels/lanes_matrices.h"

namespace lmmdsl {
namespace {

/// What the elements leave for the one above, and of the density.
struct StateSums {
  V products[triangle_size(kMostLaneAbove)];  ///< of W'W
  V shifts[kMostLaneAbove];                   ///< of W'w
  V square;
  V mantissa, exponent;  ///< of the product of all pivots
};

/// False where a product of pivots is out of reach.
inline bool multiply(StateSums& sums, V product) {
  if (!in_reach(product)) return false;
  sums.mantissa *= product;
  split(sums.mantissa, sums.exponent);
  return true;
}

/// x += scale * packed, for the rows of one element.
template <int Rows>
inline void add_element(const LaneSystem& s, const double* const* packed, std::size_t element,
                        int lane, V* x) {
  for (int t = 0; t < s.terms; ++t) {
    if (!packed[t]) continue;
    const V scale = load(s.scale + t * kLanes + lane);
    const double* from = packed[t] + element / kLanes * (Rows * kLanes) + element % kLanes;
    for (int i = 0; i < Rows; ++i) x[i] += scale * from[i * kLanes];
  }
}

/// Column c of C, of one element.
template <int P>
inline void element_column(const LaneSystem& s, std::size_t element, int c, int lane, V* x) {
  const int q = s.q;
  for (int i = 0; i < P; ++i) x[i] = load(s.C0 + (i * q + c) * kLanes + lane);
  for (int t = 0; t < s.terms; ++t) {
    if (!s.C[t]) continue;
    const V scale = load(s.scale + t * kLanes + lane);
    const double* from = s.C[t] + (element / kLanes * P * q + c) * kLanes + element % kLanes;
    for (int i = 0; i < P; ++i) x[i] += scale * from[i * q * kLanes];
  }
}

/// L and D of one element, the product of D, W = L^-1 C.
template <int P>
struct StateFactor {
  V L[triangle_size(P)], D[P], product, W[P * kMostLaneAbove];
};

template <int P>
inline void factor_states(const LaneStates& s, std::size_t element, int lane, StateFactor<P>& f) {
  const LaneSystem& level = s.level;
  for (int i = 0, k = 0; i < P; ++i)
    for (int j = 0; j <= i; ++j, ++k) f.L[k] = load(level.K0 + (i * P + j) * kLanes + lane);
  if (!s.shared) add_element<triangle_size(P)>(level, level.K, element, lane, f.L);
  f.product = factor<P>(f.L, f.D);
  for (int c = 0; c < level.q; ++c) {
    V* x = f.W + c * P;
    element_column<P>(level, element, c, lane, x);
    solve_lower<P>(f.L, x);
  }
}

/// W v, v being all coefficients above.
template <int P, class Numbers>
inline void product_above(const StateFactor<P>& f, int q, const Numbers* v, V* out) {
  for (int i = 0; i < P; ++i) out[i] = all(0);
  for (int c = 0; c < q; ++c)
    for (int i = 0; i < P; ++i) out[i] += f.W[c * P + i] * v[c];
}

/// w = L^-1 h of one element.
template <int P>
inline void element_shift(const LaneStates& s, const StateFactor<P>& f, std::size_t element,
                          int lane, V* w) {
  for (int i = 0; i < P; ++i) w[i] = load(s.level.h0 + i * kLanes + lane);
  add_element<P>(s.level, s.level.h, element, lane, w);
  solve_lower<P>(f.L, w);
}

/// Its part of the square, of w and W v.
template <int P>
inline void add_element_square(const LaneStates& s, const StateFactor<P>& f, std::size_t element,
                               const V* w, const V* Wv, StateSums& sums) {
  const double* u = s.u + element / kLanes * (P * kLanes) + element % kLanes;
  for (int i = 0; i < P; ++i) {
    V z = u[i * kLanes] - f.L[at_lower(i, i)] * (w[i] - Wv[i]);
    for (int j = i + 1; j < P; ++j) z += f.L[at_lower(j, i)] * u[j * kLanes];
    sums.square += f.D[i] * (z * z);
  }
}

/// W' D^-1 W, `times` over, and W' D^-1 w.
template <int P>
inline void add_products(const StateFactor<P>& f, const V* w, int q, double times,
                         StateSums& sums) {
  for (int c = 0; c < q; ++c) {
    V x[P];
    for (int i = 0; i < P; ++i) x[i] = f.W[c * P + i] * f.L[at_lower(i, i)];
    V shift = x[0] * w[0];
    for (int i = 1; i < P; ++i) shift += x[i] * w[i];
    sums.shifts[c] += shift;
    for (int d = 0; d <= c; ++d) {
      const V* y = f.W + d * P;
      V product = x[0] * y[0];
      for (int i = 1; i < P; ++i) product += x[i] * y[i];
      sums.products[at_lower(c, d)] += times * product;
    }
  }
}

/// Pivots that are less than so much of what was taken off may be rounding (GaussianBlock).
constexpr double kSuspicious = 1e-6;

/// L and D of the one element above, with what is left for it, and L^-1 of its shift.
struct FactorAbove {
  V L[triangle_size(kMostLaneAbove)], D[kMostLaneAbove], w[kMostLaneAbove];
};

/// False where a product of pivots is out of reach, or a pivot so much less than what was taken off
/// that it may be rounding.
inline bool factor_above(const LaneStates& s, int lane, StateSums& sums, FactorAbove& f) {
  const int q = s.level.q;
  for (int i = 0; i < q; ++i) {
    f.w[i] = load(s.h_above + i * kLanes + lane) - sums.shifts[i];
    for (int j = 0; j <= i; ++j)
      f.L[at_lower(i, j)] =
          load(s.K_above + (i * q + j) * kLanes + lane) - sums.products[at_lower(i, j)];
  }
  for (int i = 0; i < q; ++i) {
    V x[kMostLaneAbove];  // row i of L D
    V pivot = f.L[at_lower(i, i)];
    for (int j = 0; j < i; ++j) {
      x[j] = f.L[at_lower(i, j)];
      for (int k = 0; k < j; ++k) x[j] -= x[k] * f.L[at_lower(j, k)];
      f.L[at_lower(i, j)] = x[j] * f.L[at_lower(j, j)];
      pivot -= x[j] * f.L[at_lower(i, j)];
      f.w[i] -= f.L[at_lower(i, j)] * f.w[j];
    }
    if (!multiply(sums, pivot)) return false;
    if (any(pivot <= kSuspicious * sums.products[at_lower(i, i)])) return false;
    f.D[i] = pivot;
    f.L[at_lower(i, i)] = 1 / pivot;
  }
  return true;
}

/// The part of the square that the coefficients above have.
inline void add_square_above(const LaneStates& s, const FactorAbove& f, StateSums& sums) {
  const int q = s.level.q;
  for (int i = 0; i < q; ++i) {
    V z = s.v[i] - f.L[at_lower(i, i)] * f.w[i];
    for (int j = i + 1; j < q; ++j) z += f.L[at_lower(j, i)] * s.v[j];
    sums.square += f.D[i] * (z * z);
  }
}

/// The pivots of `times` elements that share them: by squaring.
inline bool multiply_power(StateSums& sums, V product, std::size_t times) {
  if (!in_reach(product)) return false;
  for (; times > 0; times /= 2, product *= product) {
    V exponent = all(0);
    split(product, exponent);
    sums.exponent += exponent * static_cast<double>(times);
    if (times % 2 == 1) multiply(sums, product);
  }
  return true;
}

inline void clear(StateSums& sums, int q) {
  for (int k = 0; k < triangle_size(q); ++k) sums.products[k] = all(0);
  for (int c = 0; c < q; ++c) sums.shifts[c] = all(0);
  sums.square = sums.exponent = all(0);
  sums.mantissa = all(1);
}

/// The elements of the level, one after the other: the factor of each, or of all, in `f`;
/// visit(e, w) of each; and what they leave for the one above.
template <int P, class Visit>
inline bool eliminate_elements(const LaneStates& s, int lane, StateFactor<P>& f, StateSums& sums,
                               Visit visit) {
  const LaneSystem& level = s.level;
  V w[P];
  clear(sums, level.q);
  if (!s.shared) {
    for (std::size_t e = 0; e < level.elements; ++e) {
      factor_states<P>(s, e, lane, f);
      if (!multiply(sums, f.product)) return false;
      element_shift<P>(s, f, e, lane, w);
      visit(e, w);
      add_products<P>(f, w, level.q, 1, sums);
    }
    return true;
  }
  factor_states<P>(s, 0, lane, f);
  if (!multiply_power(sums, f.product, level.elements)) return false;
  V sum[P] = {};
  for (std::size_t e = 0; e < level.elements; ++e) {
    element_shift<P>(s, f, e, lane, w);
    visit(e, w);
    for (int i = 0; i < P; ++i) sum[i] += w[i];
  }
  add_products<P>(f, sum, level.q, static_cast<double>(level.elements), sums);
  return true;
}

template <int P>
bool states(const LaneStates& s, double* log_det, double* square) {
  const int q = s.level.q;
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    StateSums sums;
    StateFactor<P> f;
    V Wv[P] = {};
    const bool reached = eliminate_elements<P>(s, lane, f, sums, [&](std::size_t e, const V* w) {
      if (!s.shared || e == 0) product_above<P>(f, q, s.v, Wv);
      add_element_square<P>(s, f, e, w, Wv, sums);
    });
    FactorAbove above;
    if (!reached || !factor_above(s, lane, sums, above)) return false;
    add_square_above(s, above, sums);
    store(square + lane, sums.square);
    store(log_det + lane, log_of(sums.mantissa) + sums.exponent * kLog2);
  }
  return true;
}

/// v of the element above, from L' v = D^-1 w + D^-1/2 z.
inline void draw_above(const FactorAbove& f, int q, const double* z, int lane, V* v) {
  for (int i = q; i-- > 0;) {
    const V inverse = f.L[at_lower(i, i)];
    v[i] = inverse * f.w[i] + root(inverse) * load(z + i * kLanes + lane);
    for (int j = i + 1; j < q; ++j) v[i] -= f.L[at_lower(j, i)] * v[j];
  }
}

template <int P>
bool draw_states(const LaneStates& s, const double* z, double* x) {
  const int q = s.level.q;
  const std::size_t above_at = s.level.elements * P * kLanes;
  B finite = ~none();
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    StateSums sums;
    StateFactor<P> f;
    FactorAbove above;
    // w, in the place of what is drawn.
    const bool reached = eliminate_elements<P>(s, lane, f, sums, [&](std::size_t e, const V* w) {
      for (int i = 0; i < P; ++i) store(x + (e * P + i) * kLanes + lane, w[i]);
    });
    if (!reached || !factor_above(s, lane, sums, above)) return false;
    V v[kMostLaneAbove], Wv[P] = {}, roots[P] = {};
    draw_above(above, q, z + above_at, lane, v);
    for (int c = 0; c < q; ++c) {
      finite &= v[c] - v[c] == 0;
      store(x + above_at + c * kLanes + lane, v[c]);
    }
    for (std::size_t e = 0; e < s.level.elements; ++e) {
      if (!s.shared) factor_states<P>(s, e, lane, f);
      if (!s.shared || e == 0) {
        product_above<P>(f, q, v, Wv);
        for (int i = 0; i < P; ++i) roots[i] = root(f.L[at_lower(i, i)]);
      }
      V u[P];
      for (int i = 0; i < P; ++i) {
        const std::size_t at = (e * P + i) * kLanes + lane;
        u[i] = (load(x + at) - Wv[i]) * f.L[at_lower(i, i)] + roots[i] * load(z + at);
      }
      solve_upper<P>(f.L, u);
      for (int i = 0; i < P; ++i) {
        finite &= u[i] - u[i] == 0;
        store(x + (e * P + i) * kLanes + lane, u[i]);
      }
    }
  }
  return !any(~finite);
}

}  // namespace
}  // namespace lmmdsl
