// Sums over cells of crossed factors, whose values are read from where their levels are.
#pragma once

#include "runtime/kernels/lanes_blocks.h"

namespace lmmdsl {
namespace {

template <bool kWeighted>
inline void sum_groups(const LaneProducts& p, const double* x, double* out) {
  for (std::size_t k = 0; k < p.groups; ++k) {
    V sum[kLanes / kWidth] = {};
    for (std::size_t t = p.begin[k] * kLanes; t < p.begin[k + 1] * kLanes; t += kLanes)
      for (int i = 0; i < kLanes / kWidth; ++i) {
        const V at = gather(x, p.index + t + i * kWidth);
        sum[i] += kWeighted ? load(p.weight + t + i * kWidth) * at : at;
      }
    double sums[kLanes];
    for (int i = 0; i < kLanes / kWidth; ++i) store(sums + i * kWidth, sum[i]);
    out[p.group[k]] = sum_of_lanes(sums);
  }
}

inline void products(const LaneProducts& p, const double* x, double* out) {
  return p.weight ? sum_groups<true>(p, x, out) : sum_groups<false>(p, x, out);
}

inline double residuals(const LaneResiduals& r, const double* once, const double* const* x) {
  int terms = 0;
  for (int c = 0; c < r.columns; ++c) terms += r.terms[c];
  V sum[kLanes / kWidth] = {};
  const double* numbers = r.numbers;
  const int* index = r.index;
  for (std::size_t b = 0; b < r.blocks; ++b) {
    for (int k = 0; k < kLanes / kWidth; ++k) {
      const int lane = k * kWidth;
      V residual = load(numbers + r.columns * kLanes + lane);
      for (int c = 0, j = 0; c < r.columns; ++c) {
        V value = all(once[c]);
        for (const int end = j + r.terms[c]; j < end; ++j)
          value += gather(x[j], index + j * kLanes + lane);
        residual += load(numbers + c * kLanes + lane) * value;
      }
      sum[k] += residual * residual;
    }
    numbers += (r.columns + 1) * kLanes;
    index += terms * kLanes;
  }
  double sums[kLanes];
  for (int k = 0; k < kLanes / kWidth; ++k) store(sums + k * kWidth, sum[k]);
  return sum_of_lanes(sums);
}

/// `count` numbers from `lane` on, then zeros.
inline V load_some(const double* from, std::size_t count, int lane) {
  V x = all(0);
  for (int i = 0; i < kWidth && static_cast<std::size_t>(lane + i) < count; ++i)
    x[i] = from[lane + i];
  return x;
}

inline double factor_levels(const LaneFactorLevels& f, const double* g, int sums,
                            const double* const* s, const double* x, double* size) {
  V sum[kLanes / kWidth] = {}, absolute[kLanes / kWidth] = {};
  const double* numbers = f.numbers;
  for (std::size_t begin = 0; begin < f.levels; begin += kLanes) {
    const std::size_t count = f.levels - begin;
    for (int k = 0; k < kLanes / kWidth; ++k) {
      const int lane = k * kWidth;
      const auto at = [&](const double* from) {
        return count >= kLanes ? load(from + begin + lane) : load_some(from + begin, count, lane);
      };
      V half = load(numbers + lane);
      for (int c = 1; c <= f.columns; ++c) half += load(numbers + c * kLanes + lane) * g[c];
      for (int i = 0; i < sums; ++i) half += at(s[i]);
      const V own = at(x);
      const V term = own * (2 * half + load(numbers + (f.columns + 1) * kLanes + lane) * own);
      sum[k] += term;
      absolute[k] += term < 0 ? -term : term;
    }
    numbers += (f.columns + 2) * kLanes;
  }
  double sums_of[kLanes], sizes[kLanes];
  for (int k = 0; k < kLanes / kWidth; ++k) {
    store(sums_of + k * kWidth, sum[k]);
    store(sizes + k * kWidth, absolute[k]);
  }
  *size = sum_of_lanes(sizes);
  return sum_of_lanes(sums_of);
}

}  // namespace
}  // namespace lmmdsl
