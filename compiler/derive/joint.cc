#include "compiler/derive/joint.h"

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/math/dependence.h"
#include "compiler/math/sums.h"

namespace lmmdsl {

namespace {

/// One target's shift taken apart, density by density.
class ShiftParts {
 public:
  ShiftParts(const Model& model, const std::vector<Conditional>& conditionals,
             const std::vector<int>& targets)
      : model_(model), conditionals_(conditionals), targets_(targets), ties_(targets.size()) {}

  /// False where the summand is not affine in the other targets, or a product of two of them.
  bool add_summand(const Expr& summand, const Plate& from, int self) {
    const Plate& own = conditionals_[targets_[self]].plate;
    Expr rest = summand;
    for (int other = 0; other < static_cast<int>(targets_.size()); ++other) {
      const Conditional& c = conditionals_[targets_[other]];
      if (other == self || !mentions(rest, c.target)) continue;
      auto found = affine(rest, reference(model_, c.target));
      if (std::holds_alternative<Obstacle>(found)) return false;
      const auto& [A, b] = std::get<Affine>(found);
      if (mentions_target(A)) return false;
      if (other > self) ties_[other].push_back(simplified_sum(negate(A), from, join(own, c.plate)));
      rest = b;
    }
    if (mentions_target(rest)) return false;
    constant_.push_back(simplified_sum(rest, from, own));
    return true;
  }

  bool mentions_target(const Expr& e) const {
    return std::any_of(targets_.begin(), targets_.end(),
                       [&](int t) { return mentions(e, conditionals_[t].target); });
  }

  Expr constant() { return add(std::move(constant_)); }
  /// Null where nothing ties the two.
  Expr tie(int other) { return ties_[other].empty() ? nullptr : add(std::move(ties_[other])); }

 private:
  const Model& model_;
  const std::vector<Conditional>& conditionals_;
  const std::vector<int>& targets_;
  std::vector<Expr> constant_;
  std::vector<std::vector<Expr>> ties_;
};

}  // namespace

std::optional<JointConditional> join_conditionals(const Model& model,
                                                  const std::vector<Conditional>& conditionals,
                                                  std::vector<int> targets) {
  JointConditional joint;
  joint.targets = std::move(targets);
  for (int self = 0; self < static_cast<int>(joint.targets.size()); ++self) {
    const Conditional& c = conditionals[joint.targets[self]];
    // Cut off, several are not jointly Normal.
    if (c.family != UpdateFamily::normal || c.lower) return std::nullopt;
    // Which rows belong to a level of an unobserved factor is not a matter of the data.
    if (c.plate.latent) return std::nullopt;
    ShiftParts shift(model, conditionals, joint.targets);
    if (shift.mentions_target(c.parameters[0])) return std::nullopt;
    joint.precisions.push_back(c.parameters[0]);
    std::vector<const Contribution*> all = {&c.prior};
    for (const Contribution& l : c.likelihood) all.push_back(&l);
    for (const Contribution* one : all) {
      const Expr summand = inline_derived(model, one->summands[1]);
      if (!shift.add_summand(summand, density_at(model, one->density).plate, self))
        return std::nullopt;
    }
    joint.shifts.push_back(shift.constant());
    for (int other = self + 1; other < static_cast<int>(joint.targets.size()); ++other) {
      if (Expr precision = shift.tie(other)) joint.couplings.push_back({self, other, precision});
    }
  }
  return joint;
}

}  // namespace lmmdsl
