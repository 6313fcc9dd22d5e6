// Small matrices of eight states side by side.
#pragma once

#include "runtime/kernels/lanes_eliminate.h"
#include "runtime/kernels/lanes_log.h"

namespace lmmdsl {
namespace {

/// The number at a place of eight states, from `lane` on.
inline V number(const double* a, int place, int lane) { return load(a + place * kLanes + lane); }

void product_of_states(int rows, int inner, int cols, const double* a, const double* b,
                       double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    for (int j = 0; j < cols; ++j) {
      V column[kMostLaneSize];
      for (int l = 0; l < inner; ++l) column[l] = number(b, l + j * inner, lane);
      for (int i = 0; i < rows; ++i) {
        V x = number(a, i, lane) * column[0];
        for (int l = 1; l < inner; ++l) x += number(a, i + l * rows, lane) * column[l];
        store(out + (i + j * rows) * kLanes + lane, x);
      }
    }
  }
}

/// P > 0: the size, known to the compiler; 0: `size`. The Cholesky factor with its diagonal
/// inverted, and the product of the pivots.
template <int P>
inline V cholesky_of_states(int size, const double* a, int lane, V* L) {
  const int p = P > 0 ? P : size;
  V product = all(1);
  for (int j = 0; j < p; ++j) {
    V pivot = number(a, j * (p + 1), lane);
    for (int k = 0; k < j; ++k) pivot -= L[at_lower(j, k)] * L[at_lower(j, k)];
    product *= pivot;
    const V inverse = 1 / root(pivot);
    L[at_lower(j, j)] = inverse;
    for (int i = j + 1; i < p; ++i) {
      V x = number(a, i + j * p, lane);
      for (int k = 0; k < j; ++k) x -= L[at_lower(i, k)] * L[at_lower(j, k)];
      L[at_lower(i, j)] = x * inverse;
    }
  }
  return product;
}

/// L^-1 in place, for a triangle with its diagonal inverted.
template <int P>
inline void invert_lower(int size, V* L) {
  const int p = P > 0 ? P : size;
  for (int j = 0; j < p; ++j)
    for (int i = j + 1; i < p; ++i) {
      V x = L[at_lower(i, j)] * L[at_lower(j, j)];
      for (int k = j + 1; k < i; ++k) x += L[at_lower(i, k)] * L[at_lower(k, j)];
      L[at_lower(i, j)] = -x * L[at_lower(i, i)];
    }
}

/// M'M for a lower triangle M.
template <int P>
inline void square_of_transpose(int size, const V* M, int lane, double* out) {
  const int p = P > 0 ? P : size;
  for (int j = 0; j < p; ++j)
    for (int i = j; i < p; ++i) {
      V x = M[at_lower(i, i)] * M[at_lower(i, j)];
      for (int k = i + 1; k < p; ++k) x += M[at_lower(k, i)] * M[at_lower(k, j)];
      store(out + (i + j * p) * kLanes + lane, x);
      store(out + (j + i * p) * kLanes + lane, x);
    }
}

inline bool in_reach(V x) { return !any(~((x >= 0x1p-960) & (x <= 0x1p960))); }

template <int P>
bool inverse_as(int p, const double* a, double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    V L[triangle_size(kMostLaneSize)];
    if (!in_reach(cholesky_of_states<P>(p, a, lane, L))) return false;
    invert_lower<P>(p, L);
    square_of_transpose<P>(p, L, lane, out);
  }
  return true;
}

template <int P>
bool log_determinant_as(int p, const double* a, double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    V L[triangle_size(kMostLaneSize)];
    const V product = cholesky_of_states<P>(p, a, lane, L);
    if (!in_reach(product)) return false;
    store(out + lane, log_of(product));
  }
  return true;
}

template <int P>
void square_triangle_as(int size, bool inverse, const double* A, double* out) {
  const int p = P > 0 ? P : size;
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    V L[triangle_size(kMostLaneSize)];
    for (int i = 0; i < p; ++i)
      for (int j = 0; j <= i; ++j) L[at_lower(i, j)] = number(A, i + j * p, lane);
    if (inverse) {
      for (int i = 0; i < p; ++i) L[at_lower(i, i)] = 1 / L[at_lower(i, i)];
      invert_lower<P>(p, L);
      square_of_transpose<P>(p, L, lane, out);
      continue;
    }
    for (int i = 0; i < p; ++i)
      for (int j = 0; j <= i; ++j) {
        V x = L[at_lower(i, 0)] * L[at_lower(j, 0)];
        for (int k = 1; k <= j; ++k) x += L[at_lower(i, k)] * L[at_lower(j, k)];
        store(out + (i + j * p) * kLanes + lane, x);
        store(out + (j + i * p) * kLanes + lane, x);
      }
  }
}

#define LMMDSL_BY_STATE_SIZE(p, call) \
  switch (p) {                        \
    case 1:                           \
      return call(1);                 \
    case 2:                           \
      return call(2);                 \
    case 3:                           \
      return call(3);                 \
    case 4:                           \
      return call(4);                 \
    default:                          \
      return call(0);                 \
  }

bool inverse_of_states(int p, const double* a, double* out) {
#define CALL(P) inverse_as<P>(p, a, out)
  LMMDSL_BY_STATE_SIZE(p, CALL)
#undef CALL
}

bool log_determinant_of_states(int p, const double* a, double* out) {
#define CALL(P) log_determinant_as<P>(p, a, out)
  LMMDSL_BY_STATE_SIZE(p, CALL)
#undef CALL
}

void square_triangle_of_states(int p, bool inverse, const double* A, double* out) {
#define CALL(P) square_triangle_as<P>(p, inverse, A, out)
  LMMDSL_BY_STATE_SIZE(p, CALL)
#undef CALL
}

#undef LMMDSL_BY_STATE_SIZE

}  // namespace
}  // namespace lmmdsl
