#include "runtime/retrace.h"

#include "runtime/initial.h"

namespace lmmdsl {

std::vector<int> drawn_by(const PlanStep& step) {
  std::vector<int> drawn = step.marginal;
  drawn.insert(drawn.end(), step.targets.begin(), step.targets.end());
  return drawn;
}

Retrace::Retrace(const BoundPlan& bound, std::uint64_t seed, std::uint32_t chain)
    : bound_(bound), machine_(bound), sweep_(bound, machine_) {
  address_.seed = seed;
  address_.chain = chain;
  if (start(bound, machine_, seed, chain, failure_)) machine_.run_all();
  states_ = {machine_.state()};
}

std::string Retrace::next() {
  if (!failure_.empty()) return failure_;
  ++address_.sweep;
  State state = machine_.state();
  failure_ = sweep_(address_);
  // A step has read the new values of what was drawn before it and the old ones of the rest.
  states_.clear();
  for (const PlanStep& step : bound_.plan->steps) {
    states_.push_back(state);
    for (const int c : drawn_by(step)) {
      const SymbolId drawn = bound_.plan->conditionals[c].target;
      state.values[drawn] = machine_.state().values[drawn];
    }
  }
  states_.push_back(std::move(state));
  return failure_;
}

}  // namespace lmmdsl
