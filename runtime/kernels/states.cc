// Operators on eight states side by side (trials.h). Work is that of one element, of which each
// number is eight neighbouring ones.
#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

namespace {

using Numbers = std::array<double, kLanes>;

Numbers product_of_scalars(const Work& w, std::size_t scalars) {
  Numbers scale;
  scale.fill(1);
  for (std::size_t k = 0; k < scalars; ++k)
    for (int s = 0; s < kLanes; ++s) scale[s] *= w.in[k].data[s];
  return scale;
}

/// out = scale * from, of n numbers.
void scaled(const Numbers& scale, const double* from, int n, double* out) {
  for (int i = 0; i < n; ++i)
    for (int s = 0; s < kLanes; ++s) out[i * kLanes + s] = scale[s] * from[i * kLanes + s];
}

bool fits(const Input& in) { return in.rows <= kMostLaneSize && in.cols <= kMostLaneSize; }

}  // namespace

bool add_states(Work& w) {
  const int n = w.size();
  for (int i = 0; i < n; ++i) {
    Numbers sum;
    std::copy_n(w.in[0].data + i * kLanes, kLanes, sum.begin());
    for (std::size_t k = 1; k < w.in.size(); ++k)
      for (int s = 0; s < kLanes; ++s) sum[s] += w.in[k].data[i * kLanes + s];
    std::copy(sum.begin(), sum.end(), w.out + i * kLanes);
  }
  return true;
}

bool multiply_states(Work& w) {
  const std::size_t matrices = w.in.size() - w.scalars;
  const Numbers scale = product_of_scalars(w, w.scalars);
  if (matrices == 0) {
    std::copy(scale.begin(), scale.end(), w.out);
    return true;
  }
  if (!std::all_of(w.in.begin(), w.in.end(), fits)) return false;
  // As multiply_kernel: a chain that ends in a column from the right.
  const bool from_right = w.in.back().cols == 1;
  const Input& start = from_right ? w.in.back() : w.in[w.scalars];
  const double* value = start.data;
  int rows = start.rows, cols = start.cols;
  std::array<double, kMostLaneSize * kMostLaneSize * kLanes> first, second;
  double *next = first.data(), *other = second.data();
  for (std::size_t k = 1; k < matrices; ++k) {
    if (from_right) {
      const Input& a = w.in[w.in.size() - 1 - k];
      w.lanes->product(a.rows, a.cols, cols, a.data, value, next);
      rows = a.rows;
    } else {
      const Input& b = w.in[w.scalars + k];
      w.lanes->product(rows, cols, b.cols, value, b.data, next);
      cols = b.cols;
    }
    value = next;
    std::swap(next, other);
  }
  scaled(scale, value, w.size(), w.out);
  return true;
}

bool power_states(Work& w) {
  const double* base = w.in[0].data;
  const double* exponent = w.in[1].data;
  if (std::any_of(exponent, exponent + kLanes, [&](double x) { return x != exponent[0]; }))
    return false;
  if (exponent[0] == -1) {
    for (int s = 0; s < kLanes; ++s) w.out[s] = 1 / base[s];
  } else if (exponent[0] == 2) {
    for (int s = 0; s < kLanes; ++s) w.out[s] = base[s] * base[s];
  } else if (exponent[0] == -2) {
    for (int s = 0; s < kLanes; ++s) w.out[s] = 1 / (base[s] * base[s]);
  } else {
    return false;
  }
  return true;
}

bool inverse_states(Work& w) {
  return w.node->args[0]->symmetric && fits(w.in[0]) &&
         w.lanes->inverse(w.rows, w.in[0].data, w.out);
}

bool determinant_states(Work& w) {
  return w.node->op == Op::log_determinant && w.node->args[0]->symmetric && fits(w.in[0]) &&
         w.lanes->log_determinant(w.in[0].rows, w.in[0].data, w.out);
}

bool trace_states(Work& w) {
  const int p = w.in[0].rows;
  std::copy_n(w.in[0].data, kLanes, w.out);
  for (int i = 1; i < p; ++i)
    for (int s = 0; s < kLanes; ++s) w.out[s] += w.in[0].data[i * (p + 1) * kLanes + s];
  return true;
}

bool function_states(Work& w) {
  if (w.node->op == Op::log) {
    for (int i = 0; i < w.size(); ++i) w.lanes->log(w.in[0].data + i * kLanes, w.out + i * kLanes);
    return true;
  }
  const int rows = w.rows;
  w.rows *= kLanes;
  function_kernel(w);
  w.rows = rows;
  return true;
}

}  // namespace lmmdsl
