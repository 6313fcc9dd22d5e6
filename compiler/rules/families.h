// The families of distributions: one row each. Everything that is true of a family stands in its
// row: its slots, its support, its density as an expression, what `explain` says of its convention.
#pragma once

#include <limits>
#include <string>
#include <utility>
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
  jeffreys,
  half_cauchy,
  half_t,
  half_normal,
  exponential,
  uniform,
  pareto,
  grid,
  student_t,
  laplace,
  asymmetric_laplace,
  bernoulli,
  binomial,
  negative_binomial,
  poisson,
  ordered_probit,
  beta,
  censored_normal,
  truncated_normal,
  categorical,
  dirichlet,
  horseshoe,
  huang_wand,
  spike_slab,
  // What rewrites introduce (augmentation.h); no statement can name them.
  logistic_tilt,
  polya_gamma,
  latent_normal,
  rejected_normals
};

/// What values a slot, or the variable itself, may take.
enum class Support {
  real,
  positive,
  covariance,
  above_dimension,
  unit,          ///< between 0 and 1
  binary,        ///< 0 or 1
  count,         ///< 0, 1, 2, ...
  category,      ///< 1, 2, ..., one more than there are cuts
  level,         ///< of a factor: 1, 2, ..., in the order of the labels
  simplex,       ///< a vector of positive numbers that add up to 1
  at_least_one,  ///< >= 1
  trials         ///< 1, 2, ...
};

/// How the shape of a slot goes with the shape of the value.
enum class SlotShape {
  like_value,  ///< scalar for a scalar; for a vector a scalar is broadcast
  variance,    ///< a positive scalar; for a vector a p x p covariance, or a scalar v for v * I
  scalar,
  matrix,  ///< p x p for a p x p value
  list,    ///< numbers in a bracket, of a length of their own
  levels   ///< a vector with a component for each level of the factor that the value is
};

struct Slot {
  std::string name;
  Support support = Support::real;
  SlotShape shape = SlotShape::scalar;
  /// Other names under which it may be given, with what they mean: sd -> sd^2, logit -> invlogit.
  std::vector<std::string> alternatives;
  /// What stands there where it is not given; NaN: it must be given.
  double otherwise = std::numeric_limits<double>::quiet_NaN();
};

/// Something that a page says of a prior: "mean", b/(a - 1), where a > 1.
struct Fact {
  std::string name;
  Expr value;
  Expr positive = nullptr;  ///< where this is > 0; null: always
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
  /// Where a prior with these arguments lies and how much it counts; null if there is nothing to
  /// say.
  std::vector<Fact> (*facts)(const Expr& value, const std::vector<Expr>& args) = nullptr;
  bool elementwise = false;  ///< the components of a vector are independent, each with this density
  bool of_sd = false;        ///< of a standard deviation: where it is used as a variance, a square
                             ///< was forgotten
  bool truncatable = false;  ///< as a prior, may be cut off: lower = L, upper = U
  bool internal = false;     ///< of rewrites only
  /// As a likelihood: 1 where it does not vanish as its mean, or the logit or probit of that, grows
  /// without bound, else 0; then the same as that falls. Null: it always vanishes.
  std::pair<Expr, Expr> (*open_ends)(const Expr& value, const std::vector<Expr>& args) = nullptr;
  bool scalar_values = true;  ///< may be a scalar
};

/// Rows of the table, by theme; `families()` puts them together.
std::vector<Family> scale_families();      ///< priors of standard deviations, bounds, grids
std::vector<Family> response_families();   ///< likelihoods
std::vector<Family> limited_families();    ///< likelihoods with limits: censored, truncated
std::vector<Family> category_families();   ///< levels of factors and their probabilities
std::vector<Family> shrinkage_families();  ///< priors of many coefficients, of covariances
std::vector<Family> auxiliary_families();  ///< what rewrites introduce

/// (x - m)^2 / v, of a scalar; of vectors the vector of these.
Expr elementwise_square(const Expr& residual);

/// Between which of the cuts a latent variable lies: from cut x - 1 to cut x, which are minus and
/// plus infinity below the first and above the last; x is a category.
std::pair<Expr, Expr> cuts_around(const Expr& x, const Expr& cuts);

/// log density of a Normal vector of which only the components marked in `observed` are.
Expr observed_normal_log_density(const Expr& value, const std::vector<Expr>& args,
                                 const Expr& observed);

const std::vector<Family>& families();
const Family& family(FamilyId id);
/// Whether its density does not integrate to 1: nothing can be drawn from it.
bool is_improper(FamilyId id);
/// Null if there is none of that name.
const Family* find_family(const std::string& name);

}  // namespace lmmdsl
