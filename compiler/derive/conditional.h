// Full conditionals as values: which densities mention a parameter, by which rule each contributes
// what to the natural parameters, and the family that results.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// The families that full conditionals have. Their parameters, in order:
///   normal           precision, shift      (mean = precision^-1 shift)
///   inverse_gamma    shape, scale
///   gamma            shape, rate
///   inverse_wishart  df, scale
///   wishart          df, inverse scale
enum class UpdateFamily { normal, inverse_gamma, gamma, inverse_wishart, wishart };

const char* name(UpdateFamily family);
const char* parameter_name(UpdateFamily family, int which);  ///< "precision", "shift", "shape", ...

/// What one density adds to the natural parameters of its target.
struct Contribution {
  int density = 0;   ///< index into Model::densities
  std::string rule;  ///< name of the conjugacy rule (rules/conjugacy.h)
  std::string
      dependence;  ///< "affine", "proportional", "inversely proportional"; empty for the prior
  Expr A, b;       ///< affine: mean = A t + b (column form)
  Expr c;          ///< proportional: slot = c q; inversely: slot = c / q
  std::vector<Expr> terms;  ///< one for each natural parameter, summed to the target's plate
  /// The same term for one element of the density's plate, before the sum: what a reader sees
  /// first.
  std::vector<Expr> summands;
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
};

/// Derives the full conditional of every parameter, or says why there is none: the parameter, the
/// density, the place that breaks the structure and what would mend it.
Result<std::vector<Conditional>> derive(const Model& model);

/// `explain --stage conditionals`: one block a parameter, parameters only.
std::string to_text(const Model& model, const std::vector<Conditional>& conditionals);

}  // namespace lmmdsl
