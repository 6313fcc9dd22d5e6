// Which code of lane_system.h is run: chosen once, by what the processor has.
#pragma once

#include <vector>

#include "runtime/kernels/lane_system.h"

namespace lmmdsl {

/// The instruction sets that this machine has, the fastest last. The first is that of any machine.
const std::vector<const LaneKernels*>& lane_kernel_sets();

/// What `lmmdsl list kernels` shows of them.
struct LaneKernelInfo {
  const char* name;
  const char* description;
};
const std::vector<LaneKernelInfo>& lane_kernel_infos();

/// The fastest.
const LaneKernels& lane_kernels();

}  // namespace lmmdsl
