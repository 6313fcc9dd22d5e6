// The families that full conditionals have, by their natural parameters: those that add up when
// densities are multiplied. One row each; a family here need not be one that a prior can have, as
// the product of a gamma and an inverse gamma is neither.
#pragma once

#include <string>
#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

enum class UpdateFamily {
  normal,                        ///< mean = precision^-1 shift
  inverse_gamma,                 //
  gamma,                         //
  inverse_wishart,               //
  wishart,                       //
  generalized_inverse_gaussian,  ///< q^(p - 1) exp(-(a q + b / q) / 2)
  beta,                          ///< q^(a - 1) (1 - q)^(b - 1)
  dirichlet,                     ///< product of q_c^(a_c - 1)
  polya_gamma,                   ///< PG(b, z), by b and z^2 (Polson, Scott and Windle 2013)
  latent_normal,     ///< mean of n Normal(m, 1) variables, y of them positive: by n, m and y
  ordered_normal,    ///< Normal, of which the components increase
  rejected_normals,  ///< number, mean and sum of squares of the draws of Normal(m, v) beyond two
                     ///< limits, until one lies between them: by m, v and the limits
  discrete,          ///< one of known values: by these and the logarithms of their weights
  spike_slab  ///< components 0 with prior probability 1 - p, else Normal(0, v): by precision and
              ///< shift of the likelihood, p and v
};

struct UpdateFamilyInfo {
  UpdateFamily family;
  std::string name;                     ///< "InverseGamma"
  std::vector<std::string> parameters;  ///< names of the natural parameters, in order
  /// Letters that stand for them on a page, in order of preference; for the root of one that is
  /// named as a square.
  std::vector<std::vector<std::string>> letters;
  /// Log density of q with these natural parameters, without what is free of q.
  Expr (*log_kernel)(const Expr& q, const std::vector<Expr>& parameters);
  /// What a density that adds b to the parameters adds to the log density:
  /// log_kernel(q, a + b) = log_kernel(q, a) + log_part(q, b).
  Expr (*log_part)(const Expr& q, const std::vector<Expr>& parameters);
  std::string recognise;  ///< how its log density is known
  std::string teach;      ///< what the parameters of a conditional say
  std::string cure = {};  ///< where valid parameters may yet be too much: why, and what to do
};

const UpdateFamilyInfo& info(UpdateFamily family);
const char* name(UpdateFamily family);
const char* parameter_name(UpdateFamily family, int which);  ///< "precision", "shift", "shape", ...

/// Scalar families of a positive quantity: drawn on the log scale, component by component where the
/// target is a vector.
bool of_positive_scalars(UpdateFamily family);

}  // namespace lmmdsl
