// One sweep: every step of the plan draws its parameter from the current full conditional.
//
//   Machine machine(bound);            // parameters set by start(), or by hand; then run_all()
//   Sweep sweep(bound, machine);
//   std::string failure = sweep({.seed = 1, .chain = 0, .sweep = 1});
#pragma once

#include <string>
#include <vector>

#include "runtime/draw_kind.h"
#include "runtime/machine.h"
#include "runtime/random.h"

namespace lmmdsl {

class Sweep {
 public:
  /// Both must outlive it.
  Sweep(const BoundPlan& bound, Machine& machine);

  /// Draws each parameter once, in the order of the schedule. The streams are those of `address`,
  /// whose step and level are set here. Empty, or what could not be drawn from, where.
  std::string operator()(StreamAddress address);

 private:
  struct Step {
    const PlanStep* step;
    const Conditional* conditional;
    DrawKind kind;
    double* out;        ///< the first element of the target
    std::size_t block;  ///< numbers in one element
    std::size_t elements;
    ParameterReader first, second;
  };

  std::string describe_failure(const Step& step, std::size_t element,
                               const StreamAddress& address) const;

  const BoundPlan& bound_;
  Machine& machine_;
  std::vector<Step> steps_;
};

}  // namespace lmmdsl
