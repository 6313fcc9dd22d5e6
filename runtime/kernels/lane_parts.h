// The kernels on lanes, of plates of any length: long ones are cut into parts (runtime/team.h).
#pragma once

#include "runtime/kernels/lane_system.h"

namespace lmmdsl {

// As the kernels of these names (lane_system.h).
bool eliminate(const LaneKernels& kernels, const LaneSystem& s, LaneElimination& e);
bool draw(const LaneKernels& kernels, const LaneSystem& s, const double* L, bool shared,
          const LaneAbove& v, const double* z, double* u);
double square(const LaneKernels& kernels, const LaneSystem& s, const double* L, bool shared,
              const LaneAbove& v, const double* u);
void solve(const LaneKernels& kernels, const LaneSystem& s, const double* L, const double* W,
           LaneElimination& e, double* sum);
void distance(const LaneKernels& kernels, int k, std::size_t elements, const double* T,
              const double* v, double* out);
void outer(const LaneKernels& kernels, int p, std::size_t elements, int terms,
           const double* const* term, const std::size_t* step, double* out);
double residuals(const LaneKernels& kernels, const LaneResiduals& r, const double* once,
                 const double* const* x);

}  // namespace lmmdsl
