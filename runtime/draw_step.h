// One draw of one element of a parameter from its full conditional.
#pragma once

#include "compiler/derive/conditional.h"
#include "runtime/random.h"

namespace lmmdsl {

/// What a step draws: the family of quantity = target^exponent, and the length p of the target (a
/// scalar: 1; a covariance: p x p).
struct DrawKind {
  UpdateFamily family = UpdateFamily::normal;
  double exponent = 1;
  bool scalar = true;
  int p = 1;
};

/// Draws the target itself into `out`. `first` and `second` are the natural parameters (see
/// UpdateFamily). False where they are not valid or the result is not finite. A positive scalar
/// whose value is too large or small for a double is set to the largest or smallest one.
bool draw(const DrawKind& kind, const double* first, const double* second, Random& random,
          double* out);

/// Log density of the quantity, for `check`; of a scalar quantity or one element. Normalised where
/// the parameters are proper; a constant may be missing otherwise.
double log_density(const DrawKind& kind, const double* first, const double* second,
                   const double* target);

}  // namespace lmmdsl
