// A step of the plan as the generators need it.
#pragma once

#include "runtime/draw_step.h"
#include "runtime/machine.h"

namespace lmmdsl {

DrawKind draw_kind(const BoundPlan& bound, int conditional);

/// One natural parameter of a step: read for each element of the target's plate, from a value that
/// lives on it or on a coarser plate.
class ParameterReader {
 public:
  ParameterReader(const BoundPlan& bound, int value, const Plate& plate);
  const double* operator()(const Machine& machine, std::size_t element) const {
    if (latent_ >= 0) return of_level(machine, element);
    return at(machine.value(value_), element);
  }
  /// The same, given where the value's numbers begin.
  const double* at(const double* data, std::size_t element) const {
    const std::size_t at = map_ ? static_cast<std::size_t>((*map_)[element]) : once_ ? 0 : element;
    return data + at * block_;
  }

  std::size_t block() const { return block_; }  ///< numbers of one element
  bool same_for_all() const { return once_; }
  bool one_by_one() const { return !once_ && !map_; }  ///< element e is the value's element e
  int value() const { return value_; }                 ///< of the plan

 private:
  /// Of the level that the state says.
  const double* of_level(const Machine& machine, std::size_t element) const;

  int value_;
  std::size_t block_;
  bool once_ = false;
  const std::vector<std::int32_t>* map_ = nullptr;
  SymbolId latent_ = -1;  ///< an unobserved factor decides; map_ then leads to the rows
};

/// All natural parameters of a full conditional, and its bounds.
class StepReader {
 public:
  StepReader(const BoundPlan& bound, int conditional);
  StepParameters operator()(const Machine& machine, std::size_t element) const {
    StepParameters at = {};
    for (std::size_t k = 0; k < readers_.size(); ++k) at[k] = readers_[k](machine, element);
    return at;
  }

 private:
  std::vector<ParameterReader> readers_;
};

}  // namespace lmmdsl
