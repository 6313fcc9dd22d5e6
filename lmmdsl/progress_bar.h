// How far a run is, on one line of the terminal:
//
//     [==========>             ]  45 %   12400 sweeps/s   8 s left
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "runtime/sampler.h"

namespace lmmdsl {

/// Draws the bar from a thread of its own while it lives, and wipes it at the end. Does nothing
/// unless `show` (standard error is a terminal); a run of less than half a second shows nothing.
class ProgressBar {
 public:
  /// `unit`: what the sweeps of `progress` are counts of.
  ProgressBar(const Progress& progress, std::uint64_t total, bool show,
              const char* unit = "sweeps");

 private:
  std::jthread thread_;
};

/// The line for so many of all done after so many seconds; at most 78 columns.
std::string progress_line(std::uint64_t done, std::uint64_t total, double seconds,
                          const char* unit = "sweeps");

}  // namespace lmmdsl
