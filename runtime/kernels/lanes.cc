#include "runtime/kernels/lanes.h"

namespace lmmdsl {

extern const LaneKernels* const lanes_baseline;
extern const LaneKernels* const lanes_avx2;
extern const LaneKernels* const lanes_avx512;

const std::vector<const LaneKernels*>& lane_kernel_sets() {
  static const std::vector<const LaneKernels*> found = [] {
    std::vector<const LaneKernels*> sets = {lanes_baseline};
#if defined(__x86_64__)
    if (lanes_avx2 && __builtin_cpu_supports("avx2")) sets.push_back(lanes_avx2);
    if (lanes_avx512 && __builtin_cpu_supports("avx512f")) sets.push_back(lanes_avx512);
#endif
    return sets;
  }();
  return found;
}

const std::vector<LaneKernelInfo>& lane_kernel_infos() {
  static const std::vector<LaneKernelInfo> table = {
      {"eliminate", "factors of precisions, what they leave to the plate above"},
      {"solve", "the same where all elements share one precision"},
      {"draw", "coefficients, given those above"},
      {"states", "log determinant and square of a level and the one above it, at eight states"},
      {"draw states", "coefficients of a level and the one above it, at eight states"},
      {"philox", "random words of eight streams; of AVX-512 alone"},
      {"log", "logarithms of eight numbers"},
      {"state matrices", "products, inverses and determinants of small matrices, of eight states"},
      {"distance", "residual sums of squares from triangular factors"},
      {"outer sum", "sum of d d', d a sum of vectors"},
      {"product sum", "sums of products by group, one factor read from where its level is"},
      {"residual sum", "squares of residuals of crossed factors, summed"},
      {"factor levels", "the same from sums by level"},
  };
  return table;
}

const LaneKernels& lane_kernels() { return *lane_kernel_sets().back(); }

}  // namespace lmmdsl
