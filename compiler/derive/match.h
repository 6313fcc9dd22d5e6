// One density that mentions a target and the rule that its place and form ask for: what the density
// contributes to the target's conditional, or why no rule fits.
//
//   y ~ Normal(X * beta, v), target beta: the slot `mean` is affine in it, so the rule normal_mean
//   contributes the precision X' X / v and the shift X' y / v of each row
#pragma once

#include <optional>
#include <vector>

#include "compiler/derive/conditional.h"
#include "compiler/derive/refusal.h"
#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

/// A density in which the target stands, or the component of it in which it does.
struct Mention {
  int index;               ///< see density_at()
  std::vector<int> slots;  ///< none: it stands in the bounds
  Density density;
  int component = 0;

  int slot() const { return slots.front(); }
};

/// One rule tried on one density: the contribution, or why not.
struct Attempt {
  std::optional<Contribution> contribution;
  Refusal refusal;
};

/// The bounds l = A t + b <= x <= u = C t + d of a density, as bounds of t. Each row of A and C
/// has a single 1, or none: t_k <= x - b where A has it, and t_k >= x - d where C has it.
Attempt bounded(const PriorForm& form, const Expr& t, const Mention& mention);
/// A slot that mentions t, by the first rule that fits.
Attempt match(const PriorForm& form, const Expr& t, const Mention& mention);

}  // namespace lmmdsl
