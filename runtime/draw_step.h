// One draw of one element of a parameter from its full conditional.
#pragma once

#include <array>

#include "compiler/derive/conditional.h"
#include "runtime/random.h"

namespace lmmdsl {

constexpr int kMostParameters = 6;  ///< natural parameters and bounds of a step

/// What a step draws: the family of quantity = target^exponent, and the length p of the target (a
/// scalar: 1; a covariance: p x p). A vector whose family is one of scalars has independent
/// components, each with its own natural parameters; `shared` says which they have in common.
struct DrawKind {
  UpdateFamily family = UpdateFamily::normal;
  double exponent = 1;
  bool scalar = true;
  int p = 1;
  int count = 2;           ///< natural parameters; bounds come after them
  bool truncated = false;  ///< the target lies between two bounds
  int choices = 0;         ///< of a discrete target: how many values it may take
  std::array<bool, kMostParameters> shared = {};

  /// Numbers in one element of the target.
  std::size_t block() const;
};

/// The natural parameters of one element (see UpdateFamily), then the bounds of the target.
using StepParameters = std::array<const double*, kMostParameters>;

/// Draws the target itself into `out`, which holds its current value (components of a spike and
/// slab, and ordered ones, are drawn one after the other). False where the parameters are not valid
/// or the result is not finite. A positive scalar whose value is too large or small for a double is
/// set to the largest or smallest one.
bool draw(const DrawKind& kind, const StepParameters& parameters, Random& random, double* out);

/// Log density of the quantity, for `check`; of a scalar quantity or one element, without
/// constants. Between bounds the same as without.
double log_density(const DrawKind& kind, const StepParameters& parameters, const double* target);

}  // namespace lmmdsl
