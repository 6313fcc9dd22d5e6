// The kernels on lanes, of plates of any length: long ones are cut into parts (runtime/team.h).
#pragma once

#include "runtime/kernels/lane_system.h"

namespace lmmdsl {

// As the kernels eliminate, draw, ... (lane_system.h).
bool eliminate_parts(const LaneKernels& kernels, const LaneSystem& s, LaneElimination& e);
bool draw_parts(const LaneKernels& kernels, const LaneSystem& s, const double* L, bool shared,
                const LaneAbove& v, const double* z, double* u);
void solve_parts(const LaneKernels& kernels, const LaneSystem& s, const double* L, const double* W,
                 LaneElimination& e, double* sum);
void distance_parts(const LaneKernels& kernels, int k, std::size_t elements, const double* T,
                    const double* v, double* out);
void outer_parts(const LaneKernels& kernels, int p, std::size_t elements, int terms,
                 const double* const* term, const std::size_t* step, double* out);
double residuals_parts(const LaneKernels& kernels, const LaneResiduals& r, const double* once,
                       const double* const* x);

}  // namespace lmmdsl
