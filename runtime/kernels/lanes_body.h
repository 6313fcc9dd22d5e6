// The kernels of lane_system.h for one instruction set: included by lanes_*.cc, which say how wide a
// register is (LMMDSL_LANE_WIDTH doubles). Nothing else may be included there: inline functions of
// other headers, compiled for an instruction set that not every machine has, could be taken by the
// linker for all.
#pragma once

#include "runtime/kernels/lanes_draw.h"
#include "runtime/kernels/lanes_eliminate.h"
#include "runtime/kernels/lanes_gather.h"
#include "runtime/kernels/lanes_matrices.h"
#include "runtime/kernels/lanes_philox.h"
#include "runtime/kernels/lanes_states.h"
#include "runtime/kernels/lanes_sums.h"

namespace lmmdsl {
namespace {

#define LMMDSL_BY_LANE_SIZE(p, call) \
  switch (p) {                       \
    case 1:                          \
      return call(1);                \
    case 2:                          \
      return call(2);                \
    case 3:                          \
      return call(3);                \
    case 4:                          \
      return call(4);                \
    case 5:                          \
      return call(5);                \
    case 6:                          \
      return call(6);                \
    case 7:                          \
      return call(7);                \
    default:                         \
      return call(8);                \
  }

bool eliminate_any(const LaneSystem& s, LaneElimination& out) {
#define CALL(P) eliminate<P>(s, out)
  LMMDSL_BY_LANE_SIZE(s.p, CALL)
#undef CALL
}

bool draw_any(const LaneSystem& s, const double* L, bool shared, const LaneAbove& v,
              const double* z, double* u) {
#define CALL(P) draw<P>(s, L, shared, v, z, u)
  LMMDSL_BY_LANE_SIZE(s.p, CALL)
#undef CALL
}

void solve_any(const LaneSystem& s, const double* L, const double* W, LaneElimination& out,
               double* sum) {
#define CALL(P) solve<P>(s, L, W, out, sum)
  LMMDSL_BY_LANE_SIZE(s.p, CALL)
#undef CALL
}

bool states_any(const LaneStates& s, double* log_det, double* square) {
#define CALL(P) states<P>(s, log_det, square)
  LMMDSL_BY_LANE_SIZE(s.level.p, CALL)
#undef CALL
}

bool draw_states_any(const LaneStates& s, const double* z, double* x) {
#define CALL(P) draw_states<P>(s, z, x)
  LMMDSL_BY_LANE_SIZE(s.level.p, CALL)
#undef CALL
}

bool inverse_any(int p, const double* a, double* out) {
#define CALL(P) inverse<P>(a, out)
  LMMDSL_BY_LANE_SIZE(p, CALL)
#undef CALL
}

bool log_determinant_any(int p, const double* a, double* out) {
#define CALL(P) log_determinant<P>(a, out)
  LMMDSL_BY_LANE_SIZE(p, CALL)
#undef CALL
}

void square_triangle_any(int p, bool inverse, const double* A, double* out) {
#define CALL(P) square_triangle<P>(inverse, A, out)
  LMMDSL_BY_LANE_SIZE(p, CALL)
#undef CALL
}

void distance_any(int k, std::size_t elements, const double* T, const double* v, double* out) {
#define CALL(P) distance<P>(elements, T, v, out)
  LMMDSL_BY_LANE_SIZE(k - 1, CALL)
#undef CALL
}

void outer_any(int p, std::size_t elements, int terms, const double* const* term,
               const std::size_t* step, double* out) {
#define CALL(P) outer<P>(elements, terms, term, step, out)
  LMMDSL_BY_LANE_SIZE(p, CALL)
#undef CALL
}

constexpr LaneKernels kKernels = {
    .name = LMMDSL_LANE_NAME,
    .eliminate = eliminate_any,
    .draw = draw_any,
    .solve = solve_any,
    .states = states_any,
    .draw_states = draw_states_any,
    .philox = kPhilox,
    .log = log_of_lanes,
    .product = product_of_states,
    .inverse = inverse_any,
    .log_determinant = log_determinant_any,
    .square_triangle = square_triangle_any,
    .distance = distance_any,
    .outer = outer_any,
    .products = products,
    .residuals = residuals,
    .factor_levels = factor_levels,
};

}  // namespace

#undef LMMDSL_BY_LANE_SIZE

}  // namespace lmmdsl
