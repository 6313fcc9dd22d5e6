// The residual sum of squares of crossed factors from sums by level, in place of one over their
// cells. Of rows r = y + sum_c A_c (o_c + sum_j x_j[level]), with a = (y, A) and g = (1, o),
//
//     sum r^2 = g' (sum a a') g
//             + sum_j sum_l x_j[l] (2 b_jl' g + n_jl x_j[l])
//             + 2 sum_{j<k} sum_l x_j[l] s_jkl
//
// where b_jl and n_jl are sums of A_c a and A_c^2 over the rows of level l of factor j, c being the
// column of its effects, and s_jkl, sums of A_c A_d x_k over these rows, is what the effects x_j
// are drawn with, too (ProductSum). What that was computed from is kept: where it is what x_k are
// now, the rows need not be visited.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

class BoundPlan;
struct Fusion;
struct ResidualSum;

struct ResidualLevels {
  /// Of one factor's effects; packed as lane_system.h says, levels beyond the last being zeros.
  struct Factor {
    std::size_t levels = 0;
    std::vector<double> numbers;
  };
  /// s_jkl by a product sum of the plan.
  struct Seen {
    std::size_t by, other;  ///< j and k
    std::size_t sum;        ///< among Fusion::product_sums
  };
  std::vector<double> centre;   ///< by column, about which o is taken so that little cancels
  std::vector<double> squares;  ///< sum of a a', (columns + 1)^2
  std::vector<Factor> factors;  ///< by term of the ResidualSum
  std::vector<std::vector<Seen>> pairs;  ///< for each pair of terms the product sums that serve

  bool empty() const { return factors.empty(); }
};

/// Empty where the plan has not the product sums, or effects are vectors.
ResidualLevels find_residual_levels(const BoundPlan& bound, const Fusion& fusion,
                                    const ResidualSum& sum);

/// The sum: `once` by column, x by term, and of each ResidualLevels::Seen the result of its product
/// sum and what that was computed from. Nothing where these are not the x of now, or where more
/// than four digits would cancel.
std::optional<double> sum_by_level(const LaneKernels& kernels, const ResidualLevels& levels,
                                   const double* once, const double* const* x, const Input* sums);

}  // namespace lmmdsl
