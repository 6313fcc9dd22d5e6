// A bound plan whose responses are replaced again and again, and a machine on it: what is computed
// from responses alone is computed anew in place.
#pragma once

#include <memory>
#include <vector>

#include "runtime/machine.h"

namespace lmmdsl {

class RenewedPlan {
 public:
  /// `columns`: those that will be replaced. `bound` must outlive it.
  RenewedPlan(const BoundPlan& bound, const ColumnValues& columns);

  /// Other numbers in these columns; NaN must stay where it is. Nothing is checked. Parameters may
  /// have any values afterwards, and steps made of the machine before are no longer valid.
  void renew(const ColumnValues& columns);

  const BoundPlan& bound() const { return bound_; }
  Machine& machine() { return *machine_; }

 private:
  void make_machine();

  std::shared_ptr<Data> data_;
  std::vector<int> renewed_;  ///< constants that mention these columns, in the order of the plan
  BoundPlan bound_;
  std::unique_ptr<Machine> machine_;
};

}  // namespace lmmdsl
