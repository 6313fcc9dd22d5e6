#include "runtime/team.h"

#include <numeric>
#include <system_error>

#include "runtime/thread_seconds.h"

namespace lmmdsl {

namespace {

thread_local Team* of_this_thread = nullptr;

}  // namespace

Team::Team(int threads) : threads_(threads), before_(of_this_thread) { of_this_thread = this; }

Team::~Team() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wanted_.notify_all();
  helpers_.clear();
  of_this_thread = before_;
}

Team* Team::current() { return of_this_thread; }

void Team::run(std::size_t parts, const std::function<void(std::size_t)>& work) {
  std::unique_lock lock(mutex_);
  if (helpers_.empty() && threads_ > 1) {
    seconds_.resize(static_cast<std::size_t>(threads_ - 1));
    try {
      for (std::size_t h = 0; h < seconds_.size(); ++h)
        helpers_.emplace_back([this, h] { help(h); });
    } catch (const std::system_error&) {
      threads_ = 1;  // no further thread can be had: those that there are do the work
    }
  }
  work_ = &work;
  parts_ = parts;
  next_ = done_ = 0;
  thrown_ = nullptr;
  wanted_.notify_all();
  take(lock);
  finished_.wait(lock, [&] { return done_ == parts_; });
  if (thrown_) std::rethrow_exception(thrown_);
}

void Team::take(std::unique_lock<std::mutex>& lock) {
  while (next_ < parts_) {
    const std::size_t part = next_++;
    lock.unlock();
    std::exception_ptr thrown;
    try {
      (*work_)(part);
    } catch (...) {
      thrown = std::current_exception();
    }
    lock.lock();
    if (thrown && !thrown_) thrown_ = thrown;
    if (++done_ == parts_) finished_.notify_all();
  }
}

void Team::help(std::size_t helper) {
  std::unique_lock lock(mutex_);
  for (;;) {
    wanted_.wait(lock, [&] { return over_ || next_ < parts_; });
    if (over_) return;
    take(lock);
    seconds_[helper] = thread_seconds();
  }
}

double Team::helped_seconds() const {
  const std::lock_guard lock(mutex_);
  return std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
}

}  // namespace lmmdsl
