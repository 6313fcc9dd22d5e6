// SIGINT, SIGTERM and SIGHUP ask a run to stop; what it has drawn is then written. A second signal
// (not in the same fifth of a second) ends the program at once.
#pragma once

#include <atomic>

namespace lmmdsl {

/// While it lives, the first signal sets `stop`. One at a time. Signals that the program was
/// started with ignored (nohup, background jobs) stay ignored.
class StopOnSignal {
 public:
  explicit StopOnSignal(std::atomic<bool>& stop);
  ~StopOnSignal();
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  /// The signal that came, or 0.
  static int received();
};

/// 130, 143 or 129, as a shell reports a program that such a signal ended.
int exit_code_of_signal(int signal);

/// "SIGINT", "SIGTERM" or "SIGHUP".
const char* name_of_signal(int signal);

/// Writing to a pipe whose reader has left becomes an error of that write.
void ignore_broken_pipes();

}  // namespace lmmdsl
