// Values of a plan at eight states side by side, which differ in a few parameters that hold once:
// what several proposals of them need is computed by one call of each kernel, by vector
// instructions. Of each number there are eight neighbouring ones, one for each state.
#pragma once

#include <memory>
#include <vector>

#include "runtime/machine.h"

namespace lmmdsl {

class Trials {
 public:
  static constexpr std::size_t kStates = kLanes;

  /// `parameters` differ, `values` are those that mention them, in order of computation; whatever
  /// else these read is the machine's, which must outlive the trials. Null without
  /// lanes, for parameters too large for these, and where a value has no Machine::element_work.
  static std::unique_ptr<Trials> make(const BoundPlan& bound, const Machine& machine,
                                      const std::vector<SymbolId>& parameters,
                                      const std::vector<int>& values);

  /// Reads what is the machine's; to be called when that has changed.
  void read_machine();
  /// The numbers of a parameter.
  double* parameter(SymbolId p) { return copies_[parameters_[p]].data(); }
  /// Recomputes the values.
  void run();

  /// Where a value that mentions the parameters has its numbers; null for any other.
  const double* value(int v) const { return copies_[v].empty() ? nullptr : copies_[v].data(); }
  const Machine& machine() const { return *machine_; }
  const LaneKernels& lanes() const { return *lanes_; }

 private:
  struct Operation {
    const KernelInfo* kernel;
    Work side_by_side;
    Work one;  ///< of one state, from and to buffers of its own
    std::vector<std::vector<double>> arguments;
    std::vector<double> result;
  };
  static void run_one_by_one(Operation& op);

  const Machine* machine_ = nullptr;
  const LaneKernels* lanes_ = nullptr;
  std::vector<std::vector<double>> copies_;    ///< by value of the plan
  std::vector<std::vector<double>> expanded_;  ///< the same of those that are the machine's
  std::vector<int> parameters_;                ///< by symbol, its value of the plan; -1
  std::vector<Operation> operations_;
};

}  // namespace lmmdsl
