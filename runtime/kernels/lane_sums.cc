// Sums that the conditionals of variances need, with elements as lanes.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

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
  distance(*w.lanes, w.in[0].rows, w.elements, w.in[0].data, w.in[1].data, w.out);
}

void outer_sum_kernel(Work& w) {
  std::array<const double*, kMostTerms> terms;
  std::array<std::size_t, kMostTerms> step;
  for (std::size_t t = 0; t < w.in.size(); ++t) {
    terms[t] = w.in[t].data;
    step[t] = w.in[t].once ? 0 : 1;
  }
  outer(*w.lanes, w.rows, w.terms, static_cast<int>(w.in.size()), terms.data(), step.data(), w.out);
}

void product_sum_kernel(Work& w) {
  std::copy_n(w.in[0].data, w.computed_from.size() - 1, w.computed_from.begin());
  w.lanes->products(w.products->lanes(), w.computed_from.data(), w.out);
}

namespace {

/// The sum by level; nothing where a product sum is not up to date, or more than four digits would
/// cancel. `sums` are the inputs that belong to product sums.
std::optional<double> sum_by_level(const LaneKernels& kernels, const ResidualLevels& levels,
                                   const double* once, const double* const* x, const Input* sums) {
  constexpr double kMostCancelled = 1e4;
  if (levels.empty()) return std::nullopt;
  std::array<std::array<const double*, kMostTerms>, kMostTerms> seen;  // by term
  std::array<int, kMostTerms> count = {};
  for (const auto& pair : levels.pairs) {
    bool found = false;
    for (const ResidualLevels::Seen& s : pair) {
      const double *result = sums++->data, *from = sums++->data;
      if (found) continue;
      const std::size_t size = levels.factors[s.other].levels;
      found = std::equal(from, from + size, x[s.other]);
      if (found) seen[s.by][count[s.by]++] = result;
    }
    if (!found) return std::nullopt;
  }
  const std::size_t n = levels.centre.size();
  std::array<double, kMostTerms + 1> g = {1};
  for (std::size_t c = 0; c < n; ++c) g[c + 1] = once[c] - levels.centre[c];
  double sum = 0, size = 0;
  for (std::size_t i = 0; i <= n; ++i) {
    for (std::size_t j = 0; j <= n; ++j) {
      const double term = g[i] * levels.squares[i * (n + 1) + j] * g[j];
      sum += term;
      size += std::abs(term);
    }
  }
  for (std::size_t j = 0; j < levels.factors.size(); ++j) {
    const ResidualLevels::Factor& f = levels.factors[j];
    double own = 0;
    sum += kernels.factor_levels({f.levels, static_cast<int>(n), f.numbers.data()}, g.data(),
                                 count[j], seen[j].data(), x[j], &own);
    size += own;
  }
  if (!(sum * kMostCancelled > size)) return std::nullopt;
  return sum;
}

}  // namespace

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
  *w.out = by_level ? *by_level : residuals(*w.lanes, sum.lanes(), once.data(), terms.data());
}

}  // namespace lmmdsl
