#include "compiler/schedule/roles.h"

#include <algorithm>

#include "compiler/derive/inline.h"

namespace lmmdsl {

bool is_location(const Conditional& c) {
  return c.family == UpdateFamily::normal && !c.lower && !c.plate.latent;
}

bool is_scale(const Model& model, const Conditional& c) {
  const bool matrix =
      c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
  const bool scalar = of_positive_scalars(c.family) && model[c.target].shape.is_scalar();
  return (scalar || matrix) && c.integrated.empty();
}

std::vector<int> moving_with(const Model& model, const std::vector<Conditional>& conditionals,
                             int scale) {
  const Conditional& s = conditionals[scale];
  std::vector<int> found;
  if (!is_scale(model, s) || !s.plate.once()) return found;
  std::vector<Expr> means;
  for (int c = 0; c < static_cast<int>(conditionals.size()); ++c) {
    const SymbolId target = conditionals[c].target;
    const Density& prior = model.densities[model[target].prior];
    if (!is_location(conditionals[c]) || prior.family != FamilyId::normal ||
        prior.value->op != Op::symbol || !mentions(inline_derived(model, prior.args[1]), s.target))
      continue;
    const Expr mean = inline_derived(model, prior.args[0]);
    const bool tied = std::any_of(found.begin(), found.end(), [&](int other) {
      return mentions(mean, conditionals[other].target);
    });
    const bool ties = std::any_of(means.begin(), means.end(),
                                  [&](const Expr& other) { return mentions(other, target); });
    if (tied || ties) continue;
    found.push_back(c);
    means.push_back(mean);
  }
  return found;
}

}  // namespace lmmdsl
