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

/// L, D and the product of D.
template <int P>
inline V factor_of_states(const double* a, int lane, V* L) {
  V D[P];
  for (int i = 0; i < P; ++i)
    for (int j = 0; j <= i; ++j) L[at_lower(i, j)] = number(a, i + j * P, lane);
  return factor<P>(L, D);
}

/// L'^-1 D^-1 L^-1
template <int P>
inline void invert(V* L, int lane, double* out) {
  invert_lower<P>(L);
  for (int i = 0; i < P; ++i) {
    V column[P];  // i of D^-1 L^-1
    column[i] = L[at_lower(i, i)];
    for (int k = i + 1; k < P; ++k) column[k] = L[at_lower(k, k)] * L[at_lower(k, i)];
    for (int j = 0; j <= i; ++j) {
      V x = j == i ? column[i] : column[i] * L[at_lower(i, j)];
      for (int k = i + 1; k < P; ++k) x += column[k] * L[at_lower(k, j)];
      store(out + (i + j * P) * kLanes + lane, x);
      store(out + (j + i * P) * kLanes + lane, x);
    }
  }
}

template <int P>
bool inverse(const double* a, double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    V L[triangle_size(P)];
    if (!in_reach(factor_of_states<P>(a, lane, L))) return false;
    invert<P>(L, lane, out);
  }
  return true;
}

template <int P>
bool log_determinant(const double* a, double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    V L[triangle_size(P)];
    const V product = factor_of_states<P>(a, lane, L);
    if (!in_reach(product)) return false;
    store(out + lane, log_of(product));
  }
  return true;
}

template <int P>
void square_triangle(bool inverse, const double* A, double* out) {
  for (int lane = 0; lane < kLanes; lane += kWidth) {
    V L[triangle_size(P)];
    for (int i = 0; i < P; ++i)
      for (int j = 0; j <= i; ++j) L[at_lower(i, j)] = number(A, i + j * P, lane);
    if (inverse) {
      for (int j = 0; j < P; ++j) {  // A = L D^1/2
        const V x = 1 / L[at_lower(j, j)];
        L[at_lower(j, j)] = x * x;
        for (int i = j + 1; i < P; ++i) L[at_lower(i, j)] *= x;
      }
      invert<P>(L, lane, out);
      continue;
    }
    for (int i = 0; i < P; ++i)
      for (int j = 0; j <= i; ++j) {
        V x = L[at_lower(i, 0)] * L[at_lower(j, 0)];
        for (int k = 1; k <= j; ++k) x += L[at_lower(i, k)] * L[at_lower(j, k)];
        store(out + (i + j * P) * kLanes + lane, x);
        store(out + (j + i * P) * kLanes + lane, x);
      }
  }
}

}  // namespace
}  // namespace lmmdsl
