// Full conditionals as values: which densities mention a parameter, by which rule each contributes
// what to the natural parameters, and the family that results.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/model/model.h"
#include "compiler/rules/update_families.h"

namespace lmmdsl {

/// What one density adds to the natural parameters of its target.
struct Contribution {
  int density = 0;    ///< see density_at()
  int component = 0;  ///< of a vector with independent components the one, from 1; 0: all of it
  std::string rule;   ///< name of the conjugacy rule (rules/conjugacy.h)
  std::string
      dependence;  ///< "affine", "proportional", "inversely proportional"; empty for the prior
  Expr A, b;       ///< affine: mean = A t + b (column form)
  Expr c;          ///< proportional: slot = c q; inversely: slot = c / q
  std::vector<Expr> terms;  ///< one for each natural parameter, summed to the target's plate
  /// The same term for one element of the density's plate, before the sum: what a reader sees
  /// first.
  std::vector<Expr> summands;
  /// Of a density whose bounds mention the target: the bounds that these are for the target, on its
  /// plate; null where there is none.
  Expr lower = nullptr, upper = nullptr;
  /// The second term holds for complete vectors, and missing components are drawn first.
  bool completed = false;
};

struct Conditional {
  SymbolId target = -1;
  Expr quantity;        ///< what has the named distribution: theta, sigma^2, 1/sigma^2, inv(Sigma)
  double exponent = 1;  ///< scalar: quantity = target^exponent; matrix: 1, or -1 for its inverse
  UpdateFamily family = UpdateFamily::normal;
  Plate plate;
  Contribution prior;
  std::vector<Contribution> likelihood;  ///< every other density that mentions the target
  std::vector<Expr> parameters;          ///< natural parameters collected: prior + likelihood
  Expr lower, upper;  ///< the target lies between these; null where its support has no such end
  /// Auxiliary variables that are integrated out of it: nothing may read them before they are drawn
  /// again.
  std::vector<SymbolId> integrated = {};
};

/// The conditional of one parameter, or what is in its way.
struct Derived {
  SymbolId target = -1;
  std::optional<Conditional> conditional = {};
  Diagnostics refused = {};        ///< why there is none
  std::vector<int> spoiling = {};  ///< the densities that have no conjugate form in it
};

/// One for each parameter, in the order of their statements.
std::vector<Derived> derive_each(const Model& model);

/// Derives the full conditional of every parameter, or says why there is none: the parameter, the
/// density, the place that breaks the structure and what would mend it.
Result<std::vector<Conditional>> derive(const Model& model);

/// `explain --stage conditionals`: one block a parameter, parameters only.
std::string to_text(const Model& model, const std::vector<Conditional>& conditionals);

}  // namespace lmmdsl
