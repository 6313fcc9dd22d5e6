// The reference evaluator: the oracle. It computes the value of any expression element by element,
// straight from its definition, and the log density of every statement by formulas written apart
// from the families' rows. Slow and plain on purpose: everything fast is tested against it, and it
// shares no code with what it tests. Operators that have no kernel (kernels.h) are computed by it in
// a run, too. One evaluator serves one thread.
#pragma once

#include <Eigen/Dense>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/data.h"

namespace lmmdsl {

class Evaluator {
 public:
  Evaluator(const Model& model, const Data& data) : model_(model), data_(data) {}

  /// Value of one element of the expression's plate. Constants are computed once and kept.
  Eigen::MatrixXd evaluate(const Expr& e, const State& state, std::size_t element) const;
  /// The value at an element of another plate that lies in one element of e's plate; where an
  /// unobserved factor decides in which, in that of the state.
  Eigen::MatrixXd evaluate_at(const Expr& e, const State& state, const Plate& plate,
                              std::size_t element) const;
  /// Log density of one statement, summed over its plate, on the scale on which it is written (the
  /// left-hand side's), constants included; Flat counts 0. NaN or -inf outside the support.
  double log_density(const Density& density, const State& state) const;
  /// Minus the logarithm of what its bounds, or the order of its components, leave of a prior,
  /// summed over its plate: known, whatever the unknowns are. 0 where neither is there; where there
  /// is no formula, as for an order of components that differ; and where so little is left that it
  /// is 0 in double precision.
  double log_of_bounds(const Density& prior) const;
  /// The same of all priors.
  double log_of_bounds() const;
  /// Sum over all densities of the model and log_of_bounds(); of those from which the auxiliary
  /// variables `integrated` came, over what was stated instead.
  double log_joint(const State& state, const std::vector<SymbolId>& integrated = {}) const;

 private:
  using Matrix = Eigen::MatrixXd;
  Matrix evaluate_symbol(const Expr& e, const State& state, const Plate& plate,
                         std::size_t element) const;
  Matrix evaluate_coding(const Expr& e, const State& state, const Plate& plate,
                         std::size_t element) const;
  Matrix evaluate_label(const Expr& e, const State& state, const Plate& plate,
                        std::size_t element) const;
  /// Operators whose value comes from many elements (evaluate_aggregates.cc, evaluate_fits.cc);
  /// `element` is one of e->plate.
  Matrix evaluate_gathered(const Expr& e, const State& state, std::size_t element) const;
  Matrix evaluate_aggregate(const Expr& e, const State& state, std::size_t element) const;
  Matrix evaluate_least_squares(const Expr& e, std::size_t element) const;
  Matrix evaluate_triangle(const Expr& e, const State& state, std::size_t element) const;
  Matrix evaluate_gather(const Expr& e, const State& state, std::size_t element) const;
  Matrix evaluate_level(const Expr& e, const State& state, std::size_t element) const;
  Matrix evaluate_poly(const Expr& e, std::size_t row) const;
  /// The elements of `fine` that lie in an element of `coarse`.
  std::vector<std::int32_t> members(const Plate& fine, const Plate& coarse, std::size_t element,
                                    const State& state) const;
  /// The elements of e->over that lie in an element of e->plate and in which no argument is NA.
  std::vector<std::int32_t> present_members(const Expr& e, const Plate& over, const Plate& to,
                                            std::size_t element, const State& state) const;
  std::size_t element_of(const Plate& fine, std::size_t element, const Plate& coarse,
                         const State& state) const;
  /// The level of a factor, from 0, at an element of a plate; of an unobserved one that of the
  /// state. -1 where it is missing.
  std::int32_t code(SymbolId factor, const State& state, const Plate& plate,
                    std::size_t element) const;

  const Model& model_;
  const Data& data_;
  /// Values of constants that are costly to compute. The expressions are kept alive, so that an
  /// address stands for one expression.
  mutable std::map<std::pair<const Node*, std::size_t>, Matrix> constants_;
  mutable std::map<const Node*, Expr> kept_;
  mutable std::map<const Node*, std::vector<std::int32_t>> with_labels_;
  struct Grouping {
    Plate fine, coarse;
    std::vector<std::vector<std::int32_t>> members;
  };
  mutable std::vector<std::unique_ptr<Grouping>> groupings_;
};

/// One least squares fit: the rows of a group in which y and X are present.
struct LeastSquares {
  Eigen::VectorXd coef;  ///< NaN when X does not determine it
  double rss = 0;
  Eigen::Index n = 0;           ///< rows
  Eigen::Index rank = 0;        ///< of X
  Eigen::Index dependent = -1;  ///< the first column that is a combination of those before it
};
LeastSquares least_squares_fit(const Eigen::VectorXd& y, const Eigen::MatrixXd& X);

/// Orthogonal polynomials of degrees 1..k at the points x, as R's poly(x, k): columns of length 1,
/// orthogonal to each other and to the constant, positive leading coefficients. NaN where x has
/// too few different values.
Eigen::MatrixXd orthogonal_polynomials(const Eigen::VectorXd& x, int k);

/// Log densities of the families by their textbook formulas (Gelman et al., BDA3, appendix A).
/// Matrices are whole; arguments in the order of the family's slots (Normal: mean, variance).
double reference_log_density(FamilyId family, const Eigen::MatrixXd& value,
                             const std::vector<Eigen::MatrixXd>& args);
/// The probability that a scalar lies between two numbers, which may be infinite; NaN of a family
/// that cannot be cut off.
double reference_probability(FamilyId family, double lower, double upper,
                             const std::vector<Eigen::MatrixXd>& args);

}  // namespace lmmdsl
