// Conjugacy as a table. A row says: where the target may stand in a density of another quantity,
// how that slot must depend on it, and what the density then adds to the target's natural
// parameters. The engine (derive/match.cc) knows none of these by name.
//
// Example, the variance of a Normal:
//   target's update family inverse_gamma | Normal, slot variance, proportional (V = c q) |
//   shape += dim/2, scale += (x - m)' c^-1 (x - m) / 2
#pragma once

#include <string>
#include <vector>

#include "compiler/derive/conditional.h"
#include "compiler/math/dependence.h"

namespace lmmdsl {

/// A row as `lmmdsl list rules` shows it.
struct RuleInfo {
  std::string name;
  std::string prior;    ///< update family of the target
  std::string density;  ///< family of the density that mentions it
  std::string slot;
  std::string dependence;    ///< "affine", "proportional", "inversely proportional"
  std::string contribution;  ///< to each natural parameter
  std::string because;       ///< one sentence that teaches
  std::string reference;     ///< book, section
};

enum class Dependence {
  affine,
  proportional,
  inverse,
  diagonal,             ///< slot = c diag(q), q a vector of positive numbers
  affine_proportional,  ///< slot = A q + b, and the slot after it is c q
  equal                 ///< slot = q
};

/// What a rule's contribution is computed from: one element of the density's plate.
struct Site {
  Expr x;                   ///< value of the density
  std::vector<Expr> args;   ///< its slots
  Expr A, b;                ///< affine: slot = A t + b (column form)
  Expr c;                   ///< proportional: slot = c q; inverse: slot = c / q (q: the quantity)
  Expr observed = nullptr;  ///< Density::observed, or the component of it; x is then filled up
};

struct Rule {
  RuleInfo info;
  UpdateFamily family;
  FamilyId density;
  int slot;
  Dependence dependence;
  /// One expression for each natural parameter of the update family.
  std::vector<Expr> (*contribution)(const Site& site);
  /// Holds for complete vectors only: missing components are drawn before it is used.
  bool complete = false;
};

const std::vector<Rule>& rules();
/// Those of conjugacy_augmented.cc.
std::vector<Rule> augmented_rules();
const std::vector<RuleInfo>& rule_infos();

/// The prior as natural parameters of an update family, on the quantity target^exponent.
struct PriorForm {
  UpdateFamily family;
  double exponent = 1;
  std::vector<Expr> parameters;
  Expr lower = nullptr, upper = nullptr;  ///< the target lies between these; null where it does not
};

/// The natural parameters of a gamma or inverse-gamma, as those of the generalised inverse Gaussian
/// that both are.
std::vector<Expr> as_generalized_inverse_gaussian(UpdateFamily family,
                                                  const std::vector<Expr>& parameters);

/// The forms in which a prior may be updated, the first preferred. That of Flat on a positive or
/// matrix target depends on where the target stands (`used_exponent`: the power of it that a slot
/// is proportional to; 0 if unknown).
std::vector<PriorForm> prior_forms(const Density& prior, const Expr& target, double used_exponent);

/// The power of the target that the left-hand side of its prior is; 0 for log(target).
double lhs_exponent(const Density& prior, const Expr& target);

/// The same density in the family by which the rules know it: ScaledInverseChiSquare as
/// InverseGamma.
Density canonical(const Density& density);

}  // namespace lmmdsl
