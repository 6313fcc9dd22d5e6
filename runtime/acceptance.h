// How often a Metropolised step accepted its proposals.
#pragma once

#include <cstdint>

namespace lmmdsl {

/// Of one step in one chain, over the sweeps after the warm-up.
struct Acceptance {
  int step = 0;  ///< of the schedule, from 0
  std::uint64_t proposals = 0;
  std::uint64_t accepted = 0;
  std::uint64_t walks = 0;  ///< steps of a random walk, apart from the proposals
  std::uint64_t walks_accepted = 0;
  std::uint64_t longest_run = 0;  ///< of sweeps in which nothing was accepted
  std::uint64_t left_out = 0;     ///< sweeps in which the precision could not be factored; of a
                                  ///< collapsed step, in which those after it could not be made
  /// Hardly anything was accepted in the warm-up: no more proposals are made.
  bool given_up = false;
  /// Draws of the single scales alone give more for their cost: no more proposals are made.
  bool not_needed = false;
  /// Little was accepted: scales are also drawn given standardised coefficients.
  bool interweaved = false;
  /// Of a collapsed step: others draw the same in every sweep, unless it accepts often.
  bool collapsed = false;

  double rate() const { return share(accepted, proposals); }
  double walk_rate() const { return share(walks_accepted, walks); }

 private:
  static double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

}  // namespace lmmdsl
