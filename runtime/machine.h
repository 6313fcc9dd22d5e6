// One chain's copy of the values of a plan, and the operations that compute them.
#pragma once

#include <memory>
#include <vector>

#include "runtime/bound_plan.h"

namespace lmmdsl {

class Machine {
 public:
  /// `bound` must outlive the machine. With `constants_only` (while binding) values that depend on
  /// parameters get no buffers.
  explicit Machine(BoundPlan& bound);        ///< computes the constants into `bound`
  explicit Machine(const BoundPlan& bound);  ///< one for each chain

  void run(const std::vector<int>& values);  ///< recomputes them, in order
  void run_all();                            ///< every value that depends on a parameter
  const double* value(int v) const { return data_[v]; }
  /// The current value of a parameter, to be drawn into.
  double* parameter(SymbolId p) { return state_.values[p].data(); }
  const State& state() const { return state_; }
  State& state() { return state_; }

 private:
  void prepare(int v);
  void run(int v);
  void run_symbol(int v);
  Work work_for(int v) const;

  const BoundPlan& bound_;
  State state_;
  std::vector<std::vector<double>> own_;    ///< buffers of values that change
  std::vector<double*> data_;               ///< by value
  std::vector<Work> works_;                 ///< by value; node == nullptr where nothing is to do
  std::vector<const KernelInfo*> kernels_;  ///< null: the reference evaluator
  std::vector<int> changing_;
};

}  // namespace lmmdsl
