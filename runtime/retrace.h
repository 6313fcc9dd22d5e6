// Sweeps of a chain made again, with the state before each of their steps: what a student writes on
// the blackboard.
//
//   Retrace chain(bound, 1, 0);                    // seed 1, the first chain
//   std::string failure = chain.next();            // sweep 1
//   chain.before(0), chain.before(1), chain.after()
#pragma once

#include <string>
#include <vector>

#include "runtime/sweep.h"

namespace lmmdsl {

/// The conditionals whose targets a step of a plan draws.
std::vector<int> drawn_by(const PlanStep& step);

class Retrace {
 public:
  /// `bound` must outlive it. The chain starts and draws as sample() with this seed makes it
  /// without a warm-up, so that marginal steps, which have no proposals, draw coefficients only.
  Retrace(const BoundPlan& bound, std::uint64_t seed, std::uint32_t chain);

  /// The next sweep, from 1. Empty, or what could not be computed.
  std::string next();

  /// The state that step `s` (from 0) of the last sweep drew from, and that after the sweep. Before
  /// any sweep: where the chain starts.
  const State& before(std::size_t s) const { return states_[s]; }
  const State& after() const { return states_.back(); }
  std::uint64_t sweep() const { return address_.sweep; }

 private:
  const BoundPlan& bound_;
  StreamAddress address_;
  Machine machine_;
  Sweep sweep_;
  std::string failure_;
  std::vector<State> states_;
};

}  // namespace lmmdsl
