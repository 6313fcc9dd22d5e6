// The cuts of ordered responses with the latent variables integrated out: the density of a cut c_j
// given the linear predictors is
//
//     prior * product of Phi(c_j - eta) - Phi(c_(j-1) - eta) over rows of category j
//           * product of Phi(c_(j+1) - eta) - Phi(c_j - eta) over rows of category j + 1
//
// which is log-concave and has no name. Each cut is drawn given the others by slice sampling (Neal
// 2003, Annals of Statistics 31: 705-767), which needs no tuning and rejects nothing.
#pragma once

#include <vector>

#include "runtime/draw_kind.h"

namespace lmmdsl {

class CutStep {
 public:
  CutStep(const BoundPlan& bound, const PlanStep& step);

  /// Draws all cuts; the values that the step reads must be up to date. False where the density
  /// vanishes at the current cuts or does not fall; address.level is then the element.
  bool operator()(Machine& machine, StreamAddress& address) const;

 private:
  struct Row {
    std::size_t response, element;
  };

  /// Rows of one category in one element of the cuts' plate.
  const std::vector<Row>& rows(std::size_t element, int category) const {
    return rows_[element * static_cast<std::size_t>(cuts_ + 1) +
                 static_cast<std::size_t>(category - 1)];
  }
  bool draw_cut(const Machine& machine, std::size_t element, int j, Random& random,
                double* cuts) const;

  SymbolId target_;
  int cuts_;
  std::size_t elements_;
  ParameterReader precision_, shift_;
  std::vector<ParameterReader> etas_;  ///< of each response
  std::vector<std::vector<Row>> rows_;
};

}  // namespace lmmdsl
