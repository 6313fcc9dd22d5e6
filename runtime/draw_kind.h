// A step of the plan as the generators need it.
#pragma once

#include "runtime/draw_step.h"
#include "runtime/machine.h"

namespace lmmdsl {

DrawKind draw_kind(const BoundPlan& bound, const Conditional& c);

/// One natural parameter of a step: read for each element of the target's plate, from a value that
/// lives on it or on a coarser plate.
class ParameterReader {
 public:
  ParameterReader(const BoundPlan& bound, int value, const Plate& plate);
  const double* operator()(const Machine& machine, std::size_t element) const {
    const std::size_t at = map_ ? static_cast<std::size_t>((*map_)[element]) : once_ ? 0 : element;
    return machine.value(value_) + at * block_;
  }

 private:
  int value_;
  std::size_t block_;
  bool once_ = false;
  const std::vector<std::int32_t>* map_ = nullptr;
};

std::pair<ParameterReader, ParameterReader> natural_parameters(const BoundPlan& bound,
                                                               const PlanStep& step);

}  // namespace lmmdsl
