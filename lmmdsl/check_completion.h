// Missing components of a vector response, drawn one by one, for the identity of a covariance whose
// full conditional is that given complete vectors.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "runtime/evaluate.h"
#include "runtime/random.h"

namespace lmmdsl {

class CompletedVectors {
 public:
  /// Draws what is missing where something else is observed, at this state. All must outlive it.
  CompletedVectors(const Evaluator& oracle, const Data& data, const Density& density,
                   const State& state, Random& random);

  /// Sum of r r' / c over these vectors within one element of a plate.
  Eigen::MatrixXd squares(const Expr& c, const State& state, const Plate& plate,
                          std::size_t element) const;
  /// Log density of the missing components given the others.
  double log_density(const State& state) const;

 private:
  Eigen::MatrixXd argument(const Expr& e, const State& state, std::size_t element) const;

  struct Vector {
    std::size_t element;    ///< of the density's plate
    Eigen::VectorXd value;  ///< complete
    std::vector<int> observed;
  };

  const Evaluator& oracle_;
  const Data& data_;
  const Density& density_;
  std::vector<Vector> vectors_;
};

}  // namespace lmmdsl
