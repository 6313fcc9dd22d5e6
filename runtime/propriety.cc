#include "runtime/propriety.h"

#include "runtime/propriety_flat.h"
#include "runtime/propriety_scales.h"
#include "runtime/propriety_truncated.h"

namespace lmmdsl {

Diagnostics check_propriety(const BoundPlan& bound) {
  const Model& model = *bound.model;
  std::vector<SymbolId> coefficients;
  std::vector<const Conditional*> scales;
  for (const Conditional& c : bound.plan->conditionals) {
    const int prior = model[c.target].prior;
    const FamilyId f = prior < 0 ? FamilyId::normal : model.densities[prior].family;
    if (f != FamilyId::flat && f != FamilyId::jeffreys) continue;
    if (c.family == UpdateFamily::normal || c.family == UpdateFamily::ordered_normal)
      coefficients.push_back(c.target);
    else scales.push_back(&c);
  }
  if (coefficients.empty() && scales.empty()) return {};

  ProprietyFindings findings(model);
  const FlatCoefficients flat = check_flat(bound, std::move(coefficients), findings);
  if (findings.all().empty() && flat.known) check_scales(bound, flat, scales, findings);
  Diagnostics all = findings.all();
  if (!has_error(all)) {
    const Diagnostics truncated = check_truncated(bound);
    all.insert(all.end(), truncated.begin(), truncated.end());
  }
  return all;
}

}  // namespace lmmdsl
