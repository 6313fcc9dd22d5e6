// Responses that are vectors, component by component.
//
//   [y1, y2] ~ Normal(B * beta, Sigma)              y1 and y2 are components, a vector each row
//   length[boy] over age ~ Normal(X[boy] * beta, S) each age is a component, a vector each boy
//
// What is asked of one component is answered by the marginal Normal of those that are wanted: their
// part of the mean and of the covariance matrix.
#pragma once

#include <Eigen/Dense>
#include <optional>
#include <vector>

#include "lmmdsl/report/linear_mean.h"

namespace lmmdsl {

/// What the components of a vector response are.
struct VectorResponse {
  std::vector<Expr> parts;        ///< log(y1), y2; of `over` the one that is gathered
  std::vector<SymbolId> columns;  ///< the column of each part
  SymbolId over = -1;             ///< the factor whose levels are the components; -1: a bracket
};

/// Errors, at the statement: a left-hand side that cannot be solved for one column a component.
Result<VectorResponse> vector_response(const Model& model, const Density& density);

/// Some components of one vector: `element` of the density's plate.
struct PartialVector {
  std::size_t element = 0;
  std::vector<int> components;  ///< from 0
};

/// The components of which a value is there, vector by vector; vectors without any are left out.
std::vector<PartialVector> observed_vectors(const Data& data, const Evaluator& evaluator,
                                            const Density& density, const State& any);

/// Mean and covariance matrix of the components of each vector, at many states.
class VectorArguments {
 public:
  /// All must outlive it; `any` is a state with the sizes of all parameters.
  VectorArguments(const Model& model, const Data& data, const Evaluator& evaluator,
                  const Density& density, std::vector<PartialVector> vectors, const State& any);

  void set(const State& state);
  const std::vector<PartialVector>& vectors() const { return vectors_; }
  /// In the order of the family's slots.
  std::vector<Eigen::MatrixXd> at(std::size_t vector) const;
  /// A vector whose mean or covariance needs components that have no row: the first.
  std::optional<std::size_t> incomplete() const;
  /// Whether neither is evaluated vector by vector.
  bool fast() const { return linear_ && density_.args[1]->plate.once(); }

 private:
  struct Term {
    SymbolId parameter;
    std::vector<std::size_t> at;          ///< where its numbers begin, for each vector
    std::vector<Eigen::MatrixXd> design;  ///< of each vector
  };
  bool find_terms(const Model& model, const State& any);
  Eigen::MatrixXd value(const Expr& e, const State& state, std::size_t vector) const;

  const Data& data_;
  const Evaluator& evaluator_;
  const Density& density_;
  std::vector<PartialVector> vectors_;
  bool linear_ = false;
  std::vector<Term> terms_;
  std::vector<Eigen::MatrixXd> offset_;
  std::vector<Eigen::MatrixXd> mean_, covariance_;  ///< whole, of each vector
};

/// The model with the vectors that `over` gathers living on pairs of their group and `source`, a
/// factor: rows of another source are other vectors, though the group is the same.
Model with_vectors_by(const Model& model, SymbolId source);

}  // namespace lmmdsl
