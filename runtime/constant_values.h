// Known values of a model's expressions, as the checks of data ask for them and show them.
#pragma once

#include <Eigen/Dense>
#include <string>

#include "runtime/evaluate.h"

namespace lmmdsl {

constexpr double kSumRounding = 1e-9;  // probabilities add up to 1 but for this

class ConstantValues {
 public:
  explicit ConstantValues(const Data& data) : data_(data), evaluator_(*data.model, data) {}

  /// Of an expression without unknowns, at an element of its plate.
  Eigen::MatrixXd value(const Expr& e, std::size_t element) const {
    return evaluator_.evaluate(e, State{}, element);
  }
  /// Of a scalar, at an element of a plate that lies in one of the expression's.
  double at(const Expr& e, const Plate& plate, std::size_t element) const;

 private:
  const Data& data_;
  Evaluator evaluator_;
};

/// A number as messages show it: up to six digits.
std::string shown(double x);
/// "[1, 0.5; 0.5, 1]", or only the size of a large one; rounding errors are shown as 0.
std::string shown(const Eigen::MatrixXd& m);

}  // namespace lmmdsl
