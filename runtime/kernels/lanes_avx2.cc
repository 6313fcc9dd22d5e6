// Elements as lanes, for AVX2; where the compiler has no such instruction set there is nothing
// here.
#ifdef __AVX2__
#define LMMDSL_LANE_WIDTH 4
#define LMMDSL_LANE_NAME "AVX2"
#include "runtime/kernels/lanes_body.h"
#else
#include "runtime/kernels/lane_system.h"
#endif

namespace lmmdsl {

extern const LaneKernels* const lanes_avx2;
#ifdef __AVX2__
const LaneKernels* const lanes_avx2 = &kKernels;
#else
const LaneKernels* const lanes_avx2 = nullptr;
#endif

}  // namespace lmmdsl
