#include "runtime/sampler.h"

#include <fmt/format.h>
#include <time.h>

#include <cmath>
#include <mutex>
#include <thread>

#include "runtime/draw_buffer.h"
#include "runtime/initial.h"
#include "runtime/machine.h"
#include "runtime/predict.h"
#include "runtime/sweep.h"
#include "runtime/table/large_memory.h"

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
  std::vector<Acceptance> acceptance;
};

class Chain {
 public:
  Chain(const BoundPlan& bound, const SampleSettings& settings, int index, Progress& progress,
        std::vector<double>& kept)
      : bound_(bound),
        settings_(settings),
        index_(static_cast<std::uint32_t>(index)),
        progress_(progress),
        kept_(bound, kept, settings.draws),
        machine_(bound),
        sweep_(bound, machine_, settings.warmup),
        predictor_(bound, machine_) {
    for (int v : bound.running) running_.emplace_back(bound.sizes[v].total());
  }

  /// What is remembered of the values in bound.running, scalar by scalar.
  std::vector<std::vector<RunningScalar>> take_running() { return std::move(running_); }

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
    kept_.flush();
    result.sampling_seconds = thread_seconds() - begin;
    result.acceptance = sweep_.acceptance();
    return result;
  }

 private:
  void keep(std::size_t draw, std::uint64_t sweep) {
    machine_.run(bound_.plan->report);
    double lp = 0;
    for (int value : bound_.plan->log_posterior) lp += *machine_.value(value);
    const std::vector<double>& predicted =
        predictor_({.seed = settings_.seed, .chain = index_, .sweep = sweep});
    for (std::size_t k = 0; k < running_.size(); ++k) {
      const double* values = machine_.value(bound_.running[k]);
      for (std::size_t i = 0; i < running_[k].size(); ++i)
        running_[k][i].add(values[i], draw, settings_.draws);
    }
    kept_.keep(lp, machine_, predicted);
  }

  const BoundPlan& bound_;
  const SampleSettings& settings_;
  std::uint32_t index_;
  Progress& progress_;
  DrawBuffer kept_;
  Machine machine_;
  Sweep sweep_;
  Predictor predictor_;
  std::vector<std::vector<RunningScalar>> running_;
};

using Running = std::vector<std::vector<RunningScalar>>;

/// The figures of quantities on the rows, of all chains together, in the order of the file.
std::vector<RowQuantity> row_quantities(const BoundPlan& bound,
                                        const std::vector<Running>& chains) {
  std::vector<RowQuantity> quantities = bound.quantities;
  for (std::size_t k = 0; k < quantities.size(); ++k) {
    const int v = bound.running[k];
    const std::size_t block = bound.sizes[v].block();
    for (std::size_t e : in_file_order(*bound.data, bound.plan->values[v].expr->plate)) {
      for (std::size_t i = e * block; i < (e + 1) * block; ++i) {
        std::vector<const RunningScalar*> of_chains;
        for (const Running& chain : chains)
          if (k < chain.size()) of_chains.push_back(&chain[k][i]);
        RowFigures f = figures(of_chains);
        if (!quantities[k].moments) f = {NAN, NAN, NAN, NAN};
        quantities[k].figures.push_back(f);
      }
    }
  }
  return quantities;
}

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
  std::vector<Running> running(settings.chains);
  std::atomic<int> next{0};
  const auto work = [&] {
    for (int c = next++; c < settings.chains; c = next++) {
      draws.values[c] = large_vector<double>(bound.columns.size() * settings.draws);
      Chain chain(bound, settings, c, progress, draws.values[c]);
      results[c] = chain.run();
      running[c] = chain.take_running();
    }
  };
  {
    std::vector<std::jthread> threads;
    const int count = std::max(1, std::min(settings.threads, settings.chains));
    for (int t = 1; t < count; ++t) threads.emplace_back(work);
    work();
  }
  samples.rows = row_quantities(bound, running);
  for (int c = 0; c < settings.chains; ++c) {
    const ChainResult& r = results[c];
    draws.kept[c] = r.kept;
    samples.warmup_seconds += r.warmup_seconds;
    samples.sampling_seconds += r.sampling_seconds;
    samples.interrupted |= r.interrupted;
    samples.acceptance.push_back(r.acceptance);
    if (!r.failure.empty() && !samples.failure) {
      samples.failure = plain_error(
          ExitCode::numerical, r.failure,
          "priors that are nearly improper, or data on scales far from 1, are the usual causes");
    }
  }
  return samples;
}

}  // namespace lmmdsl
