// How often a Metropolised step accepted its proposals.
#pragma once

#include <cstdint>

namespace lmmdsl {

/// Of one step in one chain, over the sweeps after the warm-up.
struct Acceptance {
  int step = 0;  ///< of the schedule, from 0
  std::uint64_t proposals = 0;
  std::uint64_t accepted = 0;
  std::uint64_t longest_run = 0;  ///< of sweeps in which none was accepted
  /// Hardly anything was accepted in the warm-up: no more proposals are made.
  bool given_up = false;
  /// Draws of the single scales alone give more for their cost: no more proposals are made.
  bool not_needed = false;
  /// Little was accepted: scales are also drawn given standardised coefficients.
  bool interweaved = false;

  double rate() const {
    return proposals == 0 ? 0 : static_cast<double>(accepted) / static_cast<double>(proposals);
  }
};

}  // namespace lmmdsl
