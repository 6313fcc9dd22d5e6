// Sums, means and extremes over a plate, element by element of a coarser one.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

namespace {

/// Everything into one element, four partial sums side by side.
template <int N>
void sum_all(Work& w) {
  double sums[4][N] = {};
  const double* term = w.in[0].data;
  std::size_t t = 0;
  for (; t + 4 <= w.terms; t += 4, term += 4 * N)
    for (int k = 0; k < 4; ++k)
      for (int i = 0; i < N; ++i) sums[k][i] += term[k * N + i];
  for (int k = 0; t < w.terms; ++t, ++k, term += N)
    for (int i = 0; i < N; ++i) sums[k][i] += term[i];
  for (int i = 0; i < N; ++i) w.out[i] = (sums[0][i] + sums[1][i]) + (sums[2][i] + sums[3][i]);
}

/// Whether that was done.
bool sum_all_fast(Work& w) {
  const Input& in = w.in[0];
  if (w.group || in.map || in.once || w.node->op == Op::mean_over) return false;
  switch (w.size()) {
    case 1:
      sum_all<1>(w);
      return true;
    case 2:
      sum_all<2>(w);
      return true;
    case 3:
      sum_all<3>(w);
      return true;
    case 4:
      sum_all<4>(w);
      return true;
    default:
      return false;
  }
}

}  // namespace

void sum_kernel(Work& w) {
  if (sum_all_fast(w)) return;
  const int n = w.size();
  std::fill(w.out, w.out + w.elements * n, 0.0);
  for (std::size_t t = 0; t < w.terms; ++t) {
    const double* term = w.in[0].at(t);
    double* out = w.block(w.group ? static_cast<std::size_t>(w.group[t]) : 0);
    for (int i = 0; i < n; ++i) out[i] += term[i];
  }
  if (w.node->op != Op::mean_over) return;
  std::vector<double> counts(w.elements, 0.0);
  for (std::size_t t = 0; t < w.terms; ++t) counts[w.group ? w.group[t] : 0] += 1;
  for (std::size_t e = 0; e < w.elements; ++e) {
    for (int i = 0; i < n; ++i) w.block(e)[i] /= counts[e];
  }
}

void extreme_kernel(Work& w) {
  const bool least = w.node->op == Op::min_over;
  const int n = w.size();
  const double none = std::numeric_limits<double>::infinity();
  std::fill(w.out, w.out + w.elements * n, least ? none : -none);
  for (std::size_t t = 0; t < w.terms; ++t) {
    const double* term = w.in[0].at(t);
    double* out = w.block(w.group ? static_cast<std::size_t>(w.group[t]) : 0);
    for (int i = 0; i < n; ++i) {
      // A number that is none stays visible.
      if (std::isnan(term[i]) || (least ? term[i] < out[i] : term[i] > out[i])) out[i] = term[i];
    }
  }
}

}  // namespace lmmdsl
