#include "runtime/sampler.h"

#include <fmt/format.h>

#include <cmath>

#include "runtime/draw_buffer.h"
#include "runtime/initial.h"
#include "runtime/machine.h"
#include "runtime/parts.h"
#include "runtime/predict.h"
#include "runtime/sweep.h"
#include "runtime/table/large_memory.h"
#include "runtime/team.h"
#include "runtime/thread_seconds.h"

namespace lmmdsl {

namespace {

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
    sweep_.stop_at(&progress_.stop);
    for (const RunningQuantity& q : bound.running)
      running_.emplace_back(bound.sizes[q.value].total(), settings.draws);
  }

  /// What is remembered of bound.running.
  std::vector<RunningScalars> take_running() { return std::move(running_); }

  /// The team is that of the calling thread.
  ChainResult run(const Team& team) {
    const auto seconds = [&team] { return thread_seconds() + team.helped_seconds(); };
    ChainResult result;
    double begin = seconds();
    if (!start(bound_, machine_, settings_.seed, index_, result.failure, &progress_.stop))
      return result;
    machine_.run_all();
    const std::uint64_t sweeps = settings_.warmup + settings_.draws * settings_.thin;
    for (std::uint64_t sweep = 1; sweep <= sweeps; ++sweep) {
      if (sweep == settings_.warmup + 1) {
        result.warmup_seconds = seconds() - begin;
        begin = seconds();
      }
      result.failure = sweep_({.seed = settings_.seed, .chain = index_, .sweep = sweep});
      // The sweep may have ended early: it counts for nothing.
      if (progress_.stop.load(std::memory_order_relaxed)) {
        result.failure.clear();
        result.interrupted = true;
        break;
      }
      if (!result.failure.empty()) {
        result.failure =
            fmt::format("in sweep {} of chain {}, {}", sweep, index_ + 1, result.failure);
        break;
      }
      progress_.sweeps.fetch_add(1, std::memory_order_relaxed);
      if (sweep > settings_.warmup && (sweep - settings_.warmup) % settings_.thin == 0) {
        keep(sweep);
        ++result.kept;
      }
    }
    kept_.flush();
    for (RunningScalars& r : running_) r.finish();
    result.sampling_seconds = seconds() - begin;
    result.acceptance = sweep_.acceptance();
    return result;
  }

 private:
  void keep(std::uint64_t sweep) {
    machine_.run(bound_.plan->report);
    double lp = bound_.log_of_bounds;
    for (int value : bound_.plan->log_posterior) lp += *machine_.value(value);
    const std::vector<double>& predicted =
        predictor_({.seed = settings_.seed, .chain = index_, .sweep = sweep});
    for (std::size_t k = 0; k < running_.size(); ++k) {
      const RunningQuantity& q = bound_.running[k];
      running_[k].add(machine_.value(q.value), q.square);
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
  std::vector<RunningScalars> running_;
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
  std::vector<std::vector<RunningScalars>> running(settings.chains);
  const int at_once = settings.chains_at_once();
  for_each_part(static_cast<std::size_t>(settings.chains), at_once, [&](std::size_t c) {
    try {
      const Team team(settings.threads / at_once);
      draws.values[c] = large_vector<double>(bound.columns.size() * settings.draws);
      Chain chain(bound, settings, static_cast<std::uint32_t>(c), progress, draws.values[c]);
      results[c] = chain.run(team);
      running[c] = chain.take_running();
    } catch (...) {
      progress.stop = true;  // the other chains
      throw;
    }
  });
  samples.running = bound.running;
  for (std::size_t k = 0; k < samples.running.size(); ++k) {
    std::vector<const RunningScalars*> of_chains;
    for (const auto& chain : running)
      if (k < chain.size()) of_chains.push_back(&chain[k]);
    figure(samples.running[k], of_chains, bound.sizes[bound.running[k].value].block());
  }
  for (int c = 0; c < settings.chains; ++c) {
    const ChainResult& r = results[c];
    draws.kept[c] = r.kept;
    samples.warmup_seconds += r.warmup_seconds;
    samples.sampling_seconds += r.sampling_seconds;
    samples.interrupted |= r.interrupted;
    samples.acceptance.push_back(r.acceptance);
    if (!r.failure.empty() && !samples.failure) samples.failure = cannot_be_sampled(r.failure);
  }
  return samples;
}

}  // namespace lmmdsl
