// Elements as lanes, for AVX-512; where the compiler has no such instruction set there is nothing
// here.
#ifdef __AVX512F__
#define LMMDSL_LANE_WIDTH 8
#define LMMDSL_LANE_NAME "AVX-512"
#include "runtime/kernels/lanes_body.h"
#else
#include "runtime/kernels/lane_system.h"
#endif

namespace lmmdsl {

extern const LaneKernels* const lanes_avx512;
#ifdef __AVX512F__
const LaneKernels* const lanes_avx512 = &kKernels;
#else
const LaneKernels* const lanes_avx512 = nullptr;
#endif

}  // namespace lmmdsl
