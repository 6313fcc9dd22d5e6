// Sums that the conditionals of variances need.
#pragma once

#include "runtime/kernels/lanes_blocks.h"

namespace lmmdsl {
namespace {

/// Elements of N numbers each, as lanes; beyond the last element the last again.
template <int N>
inline void transpose_block(const double* from, std::size_t elements, std::size_t block, int lane,
                            bool last, V* x) {
  double turned[N * kWidth];
  const double* first = from + (block * kLanes + static_cast<std::size_t>(lane)) * N;
  for (int k = 0; k < kWidth; ++k) {
    const double* element = first + k * N;
    if (last && block * kLanes + static_cast<std::size_t>(lane + k) >= elements)
      element = from + (elements - 1) * N;
    for (int i = 0; i < N; ++i) turned[i * kWidth + k] = element[i];
  }
  for (int i = 0; i < N; ++i) x[i] = load(turned + i * kWidth);
}

/// |T [v; 1]|^2 of some lanes.
template <int N>
inline V distance_of(const double* t, const V* x) {
  V sum = all(0);
  for (int i = 0; i <= N; ++i) {
    V r = load(t + at_lower(N, i) * kLanes);
    for (int j = i; j < N; ++j) r += load(t + at_lower(j, i) * kLanes) * x[j];
    sum += r * r;
  }
  return sum;
}

/// N = k - 1.
template <int N>
void distance(std::size_t elements, const double* T, const double* v, double* out) {
  constexpr int rows = triangle_size(N + 1);
  const std::size_t full = elements / kLanes;
  V x[N];
  for (std::size_t b = 0; b < full; ++b) {
    for (int lane = 0; lane < kLanes; lane += kWidth) {
      transpose_block<N>(v, elements, b, lane, false, x);
      store(out + b * kLanes + lane, distance_of<N>(T + b * rows * kLanes + lane, x));
    }
  }
  for (std::size_t e = full * kLanes; e < elements; e += kWidth) {
    const int lane = static_cast<int>(e - full * kLanes);
    transpose_block<N>(v, elements, full, lane, true, x);
    const V sum = distance_of<N>(T + full * rows * kLanes + lane, x);
    for (int k = 0; k < kWidth; ++k)
      if (e + static_cast<std::size_t>(k) < elements) out[e + static_cast<std::size_t>(k)] = sum[k];
  }
}

template <int P, bool kLast>
inline void outer_block(std::size_t elements, int terms, const double* const* term,
                        const std::size_t* step, std::size_t b, int lane, double* sums) {
  V d[P];
  for (int i = 0; i < P; ++i) d[i] = all(0);
  for (int t = 0; t < terms; ++t) {
    if (step[t] == 0) {
      for (int i = 0; i < P; ++i) d[i] += all(term[t][i]);
      continue;
    }
    V x[P];
    transpose_block<P>(term[t], elements, b, lane, kLast, x);
    for (int i = 0; i < P; ++i) d[i] += x[i];
  }
  if (kLast) {
    const V m = mask(elements, b, lane);
    for (int i = 0; i < P; ++i) d[i] *= m;
  }
  for (int i = 0; i < P; ++i)
    for (int j = 0; j <= i; ++j) add(sums + at_lower(i, j) * kLanes + lane, d[i] * d[j]);
}

template <int P>
void outer(std::size_t elements, int terms, const double* const* term, const std::size_t* step,
           double* out) {
  double sums[triangle_size(P) * kLanes] = {};
  const std::size_t full = elements / kLanes;
  for (std::size_t b = 0; b < full; ++b)
    for (int lane = 0; lane < kLanes; lane += kWidth)
      outer_block<P, false>(elements, terms, term, step, b, lane, sums);
  for (int lane = 0; full * kLanes < elements && lane < kLanes; lane += kWidth)
    outer_block<P, true>(elements, terms, term, step, full, lane, sums);
  for (int i = 0; i < P; ++i)
    for (int j = 0; j <= i; ++j)
      out[i * P + j] = out[j * P + i] = sum_of_lanes(sums + at_lower(i, j) * kLanes);
}

}  // namespace
}  // namespace lmmdsl
