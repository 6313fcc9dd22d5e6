// Sums that the conditionals of variances need, with elements as lanes.
#include <algorithm>
#include <array>

#include "runtime/fusion.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/lane_parts.h"

namespace lmmdsl {

std::vector<double> pack_triangles(int k, std::size_t elements, const double* T) {
  const std::size_t rows = static_cast<std::size_t>(k * (k + 1) / 2);
  const std::size_t blocks = (elements + kLanes - 1) / kLanes;
  std::vector<double> packed(blocks * rows * kLanes);
  for (std::size_t e = 0; e < blocks * kLanes; ++e) {
    const double* from = T + std::min(e, elements - 1) * static_cast<std::size_t>(k * k);
    double* to = packed.data() + e / kLanes * rows * kLanes + e % kLanes;
    for (int j = 0; j < k; ++j)
      for (int i = 0; i <= j; ++i, to += kLanes) *to = from[i + j * k];
  }
  return packed;
}

void lane_distance_kernel(Work& w) {
  distance_parts(*w.lanes, w.in[0].rows, w.elements, w.in[0].data, w.in[1].data, w.out);
}

void outer_sum_kernel(Work& w) {
  std::array<const double*, kMostTerms> terms;
  std::array<std::size_t, kMostTerms> step;
  for (std::size_t t = 0; t < w.in.size(); ++t) {
    terms[t] = w.in[t].data;
    step[t] = w.in[t].once ? 0 : 1;
  }
  outer_parts(*w.lanes, w.rows, w.terms, static_cast<int>(w.in.size()), terms.data(), step.data(),
              w.out);
}

void product_sum_kernel(Work& w) {
  std::copy_n(w.in[0].data, w.computed_from.size() - 1, w.computed_from.begin());
  w.lanes->products(w.products->lanes(), w.computed_from.data(), w.out);
}

void residual_sum_kernel(Work& w) {
  const ResidualSum& sum = *w.residuals;
  std::array<const double*, kMostTerms> terms;
  std::array<double, kMostTerms> once;
  for (std::size_t t = 0; t < sum.terms.size(); ++t) terms[t] = w.in[t].data;
  std::size_t at = sum.terms.size();
  for (std::size_t c = 0; c < sum.once.size(); ++c) {
    once[c] = 0;
    for (const ResidualSum::Term& t : sum.once[c]) once[c] += w.in[at++].data[t.offset];
  }
  const auto by_level =
      sum_by_level(*w.lanes, sum.by_level, once.data(), terms.data(), w.in.data() + at);
  *w.out = by_level ? *by_level : residuals_parts(*w.lanes, sum.lanes(), once.data(), terms.data());
}

}  // namespace lmmdsl
