#include "runtime/parts.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace lmmdsl {

int thread_count(int threads) {
  return threads > 0 ? threads
                     : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void for_each_part(std::size_t parts, int threads,
                   const std::function<void(std::size_t, std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr thrown;
  std::mutex mutex;
  const auto take_parts = [&](std::size_t thread) {
    try {
      for (std::size_t i = next++; i < parts; i = next++) work(i, thread);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
      next = parts;
    }
  };
  {
    std::vector<std::jthread> pool;
    const auto count =
        std::min<std::size_t>(static_cast<std::size_t>(thread_count(threads)), parts);
    try {
      for (std::size_t t = 1; t < count; ++t) pool.emplace_back(take_parts, t);
    } catch (const std::system_error&) {
      // Where no further thread can be had, those that there are do the work.
    }
    take_parts(0);
  }
  if (thrown) std::rethrow_exception(thrown);
}

void for_each_part(std::size_t parts, int threads, const std::function<void(std::size_t)>& work) {
  for_each_part(parts, threads, [&](std::size_t part, std::size_t) { work(part); });
}

}  // namespace lmmdsl
