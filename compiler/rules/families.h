// The families of distributions: one row each. Everything that is true of a family stands in its
// row: its slots, its support, its density as an expression, what `explain` says of its convention.
#pragma once

#include <string>
#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

enum class FamilyId {
  normal,
  inverse_gamma,
  gamma,
  inverse_wishart,
  wishart,
  scaled_inverse_chi_square,
  flat,
  jeffreys
};

/// What values a slot, or the variable itself, may take.
enum class Support { real, positive, covariance, above_dimension };

/// How the shape of a slot goes with the shape of the value.
enum class SlotShape {
  like_value,  ///< scalar for a scalar; for a vector a scalar is broadcast
  variance,    ///< a positive scalar; for a vector a p x p covariance, or a scalar v for v * I
  scalar,
  matrix  ///< p x p for a p x p value
};

struct Slot {
  std::string name;
  Support support = Support::real;
  SlotShape shape = SlotShape::scalar;
  /// Other names under which it may be given, with what they mean: sd -> sd^2.
  std::vector<std::string> alternatives;
};

struct Family {
  FamilyId id;
  std::string name;
  std::vector<Slot> slots;
  Support support;         ///< of the value
  bool vector_values;      ///< may be a vector
  bool matrix_values;      ///< is a matrix
  std::string convention;  ///< the sentence of `explain` on its parameterisation
  /// log density of one element, normalising constant included (Flat: 0).
  Expr (*log_density)(const Expr& value, const std::vector<Expr>& args);
};

const std::vector<Family>& families();
const Family& family(FamilyId id);
/// Null if there is none of that name.
const Family* find_family(const std::string& name);

}  // namespace lmmdsl
