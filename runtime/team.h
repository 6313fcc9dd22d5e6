// Threads that share the work on a large plate. A chain's thread may have a team; what works on a
// plate cuts it into parts of a fixed size and hands these out:
//
//     for_parts(elements, [&](std::size_t begin, std::size_t end, std::size_t part) { ... });
//
// The parts are the same for any number of threads, so that sums which are taken part by part, and
// then over the parts in their order, are the same to the last bit. Without a team, or with one
// part, the calling thread does all.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lmmdsl {

/// Elements of a part: long enough that handing it out costs nothing, a multiple of the lanes.
constexpr std::size_t kPart = 4096;

inline std::size_t count_parts(std::size_t elements) {
  return std::max<std::size_t>(1, (elements + kPart - 1) / kPart);
}

/// The team of the thread that makes it, as long as it lives. Helpers start with the first work.
class Team {
 public:
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// Of the calling thread; null if it has none.
  static Team* current();

  /// work(part) for each part, in any order; returns when all are done. Throws the first exception
  /// of a part then. One piece of work at a time: `work` must not call it again.
  void run(std::size_t parts, const std::function<void(std::size_t)>& work);

  /// CPU seconds of the helpers.
  double helped_seconds() const;

 private:
  void help(std::size_t helper);
  /// Takes parts until none is left.
  void take(std::unique_lock<std::mutex>& lock);

  int threads_;
  Team* before_;
  mutable std::mutex mutex_;
  std::condition_variable wanted_, finished_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t parts_ = 0, next_ = 0, done_ = 0;
  std::exception_ptr thrown_;
  bool over_ = false;
  std::vector<double> seconds_;  ///< by helper
  std::vector<std::jthread> helpers_;
};

template <class Work>
void for_parts(std::size_t elements, const Work& work) {
  const std::size_t parts = count_parts(elements);
  const auto one = [&](std::size_t part) {
    work(part * kPart, std::min(elements, (part + 1) * kPart), part);
  };
  Team* team = parts > 1 ? Team::current() : nullptr;
  if (team) return team->run(parts, one);
  for (std::size_t part = 0; part < parts; ++part) one(part);
}

}  // namespace lmmdsl
