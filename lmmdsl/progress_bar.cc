#include "lmmdsl/progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "lmmdsl/console.h"

namespace lmmdsl {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(200);
constexpr auto kFirst = std::chrono::milliseconds(500);
constexpr int kBarWidth = 24;

std::string duration(double seconds) {
  const auto s = static_cast<std::uint64_t>(std::min(seconds, 1e9) + 0.5);
  if (s < 100) return fmt::format("{} s", s);
  if (s < 6000) return fmt::format("{} min {:02} s", s / 60, s % 60);
  return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
}

std::string rate(double per_second) {
  if (per_second < 10) return fmt::format("{:.1f}", per_second);
  if (per_second < 1e6) return fmt::format("{:.0f}", per_second);
  return fmt::format("{:.1f} million", per_second / 1e6);
}

void watch(std::stop_token stop, const Progress& progress, std::uint64_t total, const char* unit) {
  const auto begin = std::chrono::steady_clock::now();
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  bool shown = false;
  auto pause = kFirst;
  while (!condition.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); })) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    err("\r" + progress_line(progress.sweeps, total, elapsed.count(), unit) + "\033[K");
    shown = true;
    pause = kInterval;
  }
  if (shown) err("\r\033[K");
}

}  // namespace

std::string progress_line(std::uint64_t done, std::uint64_t total, double seconds,
                          const char* unit) {
  const double part =
      total == 0 ? 1 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const int filled = static_cast<int>(part * kBarWidth);
  std::string bar(filled, '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  std::string line = fmt::format("[{}] {:3.0f} %", bar, std::floor(part * 100));
  if (done == 0 || seconds <= 0) return line;
  const double per_second = static_cast<double>(done) / seconds;
  line += fmt::format("   {} {}/s", rate(per_second), unit);
  if (done < total)
    line += fmt::format("   {} left", duration(static_cast<double>(total - done) / per_second));
  return line;
}

ProgressBar::ProgressBar(const Progress& progress, std::uint64_t total, bool show,
                         const char* unit) {
  if (show)
    thread_ = std::jthread(
        [&progress, total, unit](std::stop_token stop) { watch(stop, progress, total, unit); });
}

}  // namespace lmmdsl
