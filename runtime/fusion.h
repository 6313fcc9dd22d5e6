// Values of a plan that are computed together, so that what stands between them need not be kept:
//
//     d = beta[g] - theta, d', d d', sum of d d'      one pass over g
#pragma once

#include <vector>

#include "compiler/plan/plan.h"

namespace lmmdsl {

class BoundPlan;

/// value = sum over its plate of d d' (of d^2 for scalars), d the sum of the terms.
struct OuterSum {
  int value = -1;
  std::vector<int> terms;
};

struct Fusion {
  std::vector<OuterSum> outer_sums;
  std::vector<bool> inside;  ///< by value: nothing else reads it, so it is not computed
};

/// What of a plan is so computed, given the sizes of its values.
Fusion find_fusions(const BoundPlan& bound);

}  // namespace lmmdsl
