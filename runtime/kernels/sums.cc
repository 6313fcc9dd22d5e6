// Sums and means over a plate, element by element of a coarser one.
#include <algorithm>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

void sum_kernel(Work& w) {
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

}  // namespace lmmdsl
