// Draws that are there already, looked at again: the state of each, and the quantities of a plan at
// these states.
//
//   DrawStates states(*bound.plan, draws);
//   if (states.missing().empty()) State s = states.at(chain, draw);
//   Replay again = replay(*bound.plan, draws, states, {"peak"}, threads);
//
// The plan may have more derived quantities than the one that made the draws: what it computes for
// a draw depends on the parameters only.
#pragma once

#include <string>
#include <vector>

#include "runtime/data.h"
#include "runtime/draws.h"
#include "runtime/running.h"

namespace lmmdsl {

class BoundPlan;

/// Where the parameters of a plan stand in draws; columns are found by their csv_name.
class DrawStates {
 public:
  /// Both must outlive it.
  DrawStates(const BoundPlan& bound, const Draws& draws);

  /// Parameters that the draws lack, whole or in part: by their spelling in the model.
  const std::vector<std::string>& missing() const { return missing_; }

  /// The values of all parameters at a draw; 0 where they are missing.
  State at(int chain, std::size_t draw) const;
  /// The same into a state that has the sizes already.
  void copy(int chain, std::size_t draw, State& state) const;
  /// Means over the complete draws of all chains.
  State mean() const;

 private:
  struct Place {
    SymbolId parameter;
    std::size_t offset, column;
  };
  const Draws& draws_;
  State empty_;
  std::vector<Place> places_;
  std::vector<std::string> missing_;
};

/// What a plan reports of some variables at draws.
struct Replay {
  Draws draws;  ///< one column for each scalar, in the plan's order; no lp__
  std::vector<RunningQuantity> running;  ///< those whose draws are not kept
};

/// `variables` by the names of columns. Chains are worked on at the same time.
Replay replay(const BoundPlan& bound, const Draws& draws, const DrawStates& states,
              const std::vector<std::string>& variables, int threads);

}  // namespace lmmdsl
