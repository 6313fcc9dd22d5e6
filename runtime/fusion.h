// Values of a plan that are computed together, so that what stands between them need not be kept:
//
//     d = beta[g] - theta, d', d d', sum of d d'           one pass over g
//     v[d] n[s, d], its sum by s                           one pass over the pairs
//     u[s] + v[d], [.; b], |R [.; 1]|^2, its sum           one pass over the rows of all R
#pragma once

#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/kernels/lane_system.h"
#include "runtime/residual_levels.h"

namespace lmmdsl {

class BoundPlan;

constexpr std::size_t kMostTerms = 16;  ///< that are read in one pass

/// value = sum over its plate of d d' (of d^2 for scalars), d the sum of the terms.
struct OuterSum {
  int value = -1;
  std::vector<int> terms;
};

/// value = sum of constants times a moving scalar, within the elements of the sum's plate: effects
/// of one crossed factor as another one's levels see them. As LaneProducts (lane_system.h) says;
/// the scalar is 0 beyond its last element.
struct ProductSum {
  int value = -1;
  int moving = -1;
  std::vector<int> group;  ///< elements of the sum's plate
  std::vector<std::size_t> begin;
  std::vector<double> weight;  ///< empty: ones
  std::vector<int> index;      ///< of the moving scalar

  LaneProducts lanes() const {
    return {group.size(), group.data(), begin.data(), weight.empty() ? nullptr : weight.data(),
            index.data()};
  }
};

/// value = sum over cells of |T [v; 1]|^2 with constant triangles T, of whose rows few are not
/// zero, and v_c = sum of scalars, each on a plate of its own.
struct ResidualSum {
  struct Term {
    int value = -1;
    std::size_t offset = 0;  ///< a component of a vector that holds once
  };
  int value = -1;
  std::size_t blocks = 0;
  std::vector<std::vector<Term>> once;  ///< by column
  std::vector<Term> terms;              ///< of all columns
  std::vector<int> counts;              ///< how many of them are of each column
  std::vector<double> numbers;          ///< packed, as their indices: lane_system.h
  std::vector<int> index;
  ResidualLevels by_level;  ///< empty: the rows are always visited

  LaneResiduals lanes() const {
    return {blocks, static_cast<int>(counts.size()), counts.data(), numbers.data(), index.data()};
  }
};

struct Fusion {
  std::vector<OuterSum> outer_sums;
  std::vector<ProductSum> product_sums;
  std::vector<ResidualSum> residual_sums;
  std::vector<bool> inside;  ///< by value: nothing else reads it, so it is not computed
};

/// What of a plan is so computed, given the sizes of its values and its constants.
Fusion find_fusions(const BoundPlan& bound);

}  // namespace lmmdsl
