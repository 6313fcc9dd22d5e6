#include "runtime/sampler.h"

#include <fmt/format.h>
#include <time.h>

#include <mutex>
#include <thread>

#include "runtime/initial.h"
#include "runtime/machine.h"
#include "runtime/predict.h"
#include "runtime/sweep.h"

namespace lmmdsl {

namespace {

double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// What a chain leaves behind.
struct ChainResult {
  std::size_t kept = 0;
  double warmup_seconds = 0;
  double sampling_seconds = 0;
  bool interrupted = false;
  std::string failure;
};

class Chain {
 public:
  Chain(const BoundPlan& bound, const SampleSettings& settings, int index, Progress& progress,
        std::vector<double>& kept)
      : bound_(bound),
        settings_(settings),
        index_(static_cast<std::uint32_t>(index)),
        progress_(progress),
        kept_(kept),
        machine_(bound),
        sweep_(bound, machine_),
        predictor_(bound, machine_) {}

  ChainResult run() {
    ChainResult result;
    double begin = thread_seconds();
    std::string failed;
    if (!start(bound_, machine_, settings_.seed, index_, failed)) {
      result.failure = fmt::format("no starting value for `{}` could be computed", failed);
      return result;
    }
    machine_.run_all();
    const std::uint64_t sweeps = settings_.warmup + settings_.draws * settings_.thin;
    for (std::uint64_t sweep = 1; sweep <= sweeps; ++sweep) {
      if (sweep == settings_.warmup + 1) {
        result.warmup_seconds = thread_seconds() - begin;
        begin = thread_seconds();
      }
      if (progress_.stop.load(std::memory_order_relaxed)) {
        result.interrupted = true;
        break;
      }
      result.failure = sweep_({.seed = settings_.seed, .chain = index_, .sweep = sweep});
      if (!result.failure.empty()) break;
      progress_.sweeps.fetch_add(1, std::memory_order_relaxed);
      if (sweep > settings_.warmup && (sweep - settings_.warmup) % settings_.thin == 0) {
        keep(result.kept++, sweep);
      }
    }
    result.sampling_seconds = thread_seconds() - begin;
    return result;
  }

 private:
  void keep(std::size_t draw, std::uint64_t sweep) {
    machine_.run(bound_.plan->report);
    double lp = 0;
    for (const auto& [density, value] : bound_.plan->log_densities) lp += *machine_.value(value);
    const std::vector<double>& predicted =
        predictor_({.seed = settings_.seed, .chain = index_, .sweep = sweep});
    const std::size_t stride = settings_.draws;
    kept_[draw] = lp;
    for (std::size_t j = 1; j < bound_.sources.size(); ++j) {
      const ColumnSource& source = bound_.sources[j];
      const double x = source.predicted >= 0 ? predicted[source.predicted]
                                             : machine_.value(source.value)[source.offset];
      kept_[j * stride + draw] = source.square ? x * x : x;
    }
  }

  const BoundPlan& bound_;
  const SampleSettings& settings_;
  std::uint32_t index_;
  Progress& progress_;
  std::vector<double>& kept_;
  Machine machine_;
  Sweep sweep_;
  Predictor predictor_;
};

}  // namespace

Samples sample(const BoundPlan& bound, const SampleSettings& settings, Progress& progress) {
  Samples samples;
  Draws& draws = samples.draws;
  draws.columns = bound.columns;
  draws.chains = settings.chains;
  draws.per_chain = settings.draws;
  draws.values.resize(settings.chains);
  draws.kept.resize(settings.chains, 0);
  std::vector<ChainResult> results(settings.chains);
  std::atomic<int> next{0};
  const auto work = [&] {
    for (int c = next++; c < settings.chains; c = next++) {
      draws.values[c].resize(bound.columns.size() * settings.draws);
      results[c] = Chain(bound, settings, c, progress, draws.values[c]).run();
    }
  };
  {
    std::vector<std::jthread> threads;
    const int count = std::max(1, std::min(settings.threads, settings.chains));
    for (int t = 1; t < count; ++t) threads.emplace_back(work);
    work();
  }
  for (int c = 0; c < settings.chains; ++c) {
    const ChainResult& r = results[c];
    draws.kept[c] = r.kept;
    samples.warmup_seconds += r.warmup_seconds;
    samples.sampling_seconds += r.sampling_seconds;
    samples.interrupted |= r.interrupted;
    if (!r.failure.empty() && !samples.failure) {
      samples.failure = plain_error(
          ExitCode::numerical, r.failure,
          "priors that are nearly improper, or data on scales far from 1, are the usual causes");
    }
  }
  return samples;
}

}  // namespace lmmdsl
