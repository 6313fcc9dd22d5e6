// Elements as lanes, for any machine of the architecture that is compiled for.
#define LMMDSL_LANE_WIDTH 2
#define LMMDSL_LANE_NAME "baseline"
#include "runtime/kernels/lanes_body.h"

namespace lmmdsl {

extern const LaneKernels* const lanes_baseline;
const LaneKernels* const lanes_baseline = &kKernels;

}  // namespace lmmdsl
