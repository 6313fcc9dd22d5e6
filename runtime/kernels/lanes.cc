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

const LaneKernels& lane_kernels() { return *lane_kernel_sets().back(); }

}  // namespace lmmdsl
