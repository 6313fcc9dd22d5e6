// One chain's copy of the values of a plan, and the operations that compute them.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "runtime/bound_plan.h"

namespace lmmdsl {

class Machine {
 public:
  /// `bound` must outlive the machine.
  explicit Machine(const BoundPlan& bound);  ///< one for each chain
  /// While binding: computes the constants into `bound`; values that depend on parameters have no
  /// buffers. What the `renewed` constants are computed from is kept, too.
  explicit Machine(BoundPlan& bound, const std::vector<int>& renewed = {});

  /// Constants of a plan that can be computed again, when columns of the data have changed.
  void prepare_constants(const std::vector<int>& constants);
  /// Computes them again, in order. Values that are draws leave out what would have to be drawn
  /// until the next draw_from.
  void run_constants(const std::vector<int>& constants);

  void run(const std::vector<int>& values);  ///< recomputes them, in order
  void run_all();                            ///< every value that depends on a parameter
  /// Where values that are draws themselves (Op::completed) draw from, until the next call. Without
  /// one they leave out what would have to be drawn.
  void draw_from(const StreamAddress& address);
  const double* value(int v) const { return data_[v]; }
  /// The operation of a value with one element whose arguments have one, if its kernel computes
  /// element by element (KernelInfo::by_element); otherwise nothing.
  std::optional<Work> element_work(int v) const;
  /// The current value of a parameter, to be drawn into.
  double* parameter(SymbolId p) { return state_.values[p].data(); }
  const State& state() const { return state_; }
  State& state() { return state_; }

 private:
  void prepare(int v);
  /// From the elements of a plate to those of a coarser one.
  const std::int32_t* map(const Plate& fine, const Plate& coarse);
  /// Maps that the state decides are brought up to date with it.
  void read_levels();
  void run(int v);
  void run_other(int v);
  void run_symbol(int v);
  void use_lanes();
  Work work_for(int v);

  const BoundPlan& bound_;
  State state_;
  std::vector<std::vector<double>> own_;  ///< buffers of values that change
  std::vector<double*> data_;             ///< by value
  std::vector<Work> works_;               ///< by value; node == nullptr where nothing is to do
  /// By value; null: a symbol, a draw, or an operator that the reference evaluator computes.
  std::vector<Kernel> kernels_;
  std::vector<int> changing_;
  StreamAddress stream_ = {};

  /// The level of an unobserved factor in which each element of a row plate lies, from 0.
  struct Levels {
    SymbolId factor;
    Plate rows;
    const std::vector<std::int32_t>* row_of;  ///< by element, its row
    std::vector<std::int32_t> of;
  };
  std::vector<std::unique_ptr<Levels>> levels_;
};

}  // namespace lmmdsl
