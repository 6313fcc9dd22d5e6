#include "lmmdsl/signals.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

namespace lmmdsl {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

// Handlers may touch nothing but lock-free atomics.
std::atomic<std::atomic<bool>*> stop_flag{nullptr};
std::atomic<int> first_signal{0};
std::atomic<std::int64_t> first_time{0};
static_assert(std::atomic<std::atomic<bool>*>::is_always_lock_free);
static_assert(std::atomic<int>::is_always_lock_free &&
              std::atomic<std::int64_t>::is_always_lock_free &&
              std::atomic<bool>::is_always_lock_free);

// timeout(1), and a wrapper that passes on what the terminal has sent to both, send one wish twice.
constexpr std::int64_t kOneWish = 200;  // milliseconds

std::int64_t milliseconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

extern "C" void on_signal(int signal) {
  int none = 0;
  if (first_signal.compare_exchange_strong(none, signal)) {
    first_time = milliseconds_now();
  } else if (const std::int64_t first = first_time;
             first > 0 && milliseconds_now() - first > kOneWish) {
    ::_exit(exit_code_of_signal(signal));
  }
  if (std::atomic<bool>* flag = stop_flag.load()) flag->store(true);
}

}  // namespace

StopOnSignal::StopOnSignal(std::atomic<bool>& stop) {
  stop_flag = &stop;
  first_signal = 0;
  first_time = 0;
  for (const int signal : kSignals) {
    struct sigaction old {};
    sigaction(signal, nullptr, &old);
    if (old.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(signal, &action, nullptr);
  }
}

StopOnSignal::~StopOnSignal() {
  for (const int signal : kSignals) {
    struct sigaction now {};
    sigaction(signal, nullptr, &now);
    if (now.sa_handler == on_signal) ::signal(signal, SIG_DFL);
  }
  stop_flag = nullptr;
}

int StopOnSignal::received() { return first_signal; }

int exit_code_of_signal(int signal) { return 128 + signal; }

const char* name_of_signal(int signal) {
  return signal == SIGINT ? "SIGINT" : signal == SIGTERM ? "SIGTERM" : "SIGHUP";
}

void ignore_broken_pipes() { ::signal(SIGPIPE, SIG_IGN); }

}  // namespace lmmdsl
