// An expression with the numbers put in: every part of it that a reader looks up (a parameter, a
// statistic of the data, a sum over a plate) is replaced by its value; the operations stay.
//
//     Sigma^-1 + X[plot]' * X[plot] / sigma^2   ->   ⎡ 2 1 ⎤⁻¹ + ⎡ 4 10 ⎤/3.39
//                                                    ⎣ 1 2 ⎦     ⎣ 10 30 ⎦
#pragma once

#include "lmmdsl/box.h"
#include "runtime/evaluate.h"

namespace lmmdsl {

/// A part that was looked up.
struct LookedUp {
  Expr part;
  Eigen::MatrixXd value;
};

/// Where expressions are read: one element of a plate, at a state, by the reference evaluator.
class Reading {
 public:
  Reading(const Model& model, const Evaluator& oracle, const State& state, const Plate& plate,
          std::size_t element)
      : model_(model), oracle_(oracle), state_(state), plate_(plate), element_(element) {}

  /// e lives on the plate of the reading or on a coarser one.
  Eigen::MatrixXd value(const Expr& e) const;

  /// The expression with numbers, in pieces between which a line may end. `found` receives the
  /// parts, each once.
  std::vector<Box> numbers_in(const Expr& e, Notation notation,
                              std::vector<LookedUp>* found = nullptr) const;

  std::size_t element() const { return element_; }

 private:
  const Model& model_;
  const Evaluator& oracle_;
  const State& state_;
  Plate plate_;
  std::size_t element_;
};

}  // namespace lmmdsl
