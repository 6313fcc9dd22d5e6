// Runs the plan: chains of sweeps, in parallel threads, with kept draws.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "compiler/plan/plan.h"
#include "grammar/diagnostic.h"
#include "runtime/acceptance.h"
#include "runtime/data.h"
#include "runtime/draws.h"
#include "runtime/running.h"

namespace lmmdsl {

struct SampleSettings {
  int chains = 4;
  std::size_t warmup = 500;  ///< sweeps before the first kept draw
  std::size_t draws = 2500;  ///< kept draws of each chain; draws * thin sweeps are run
  std::size_t thin = 1;
  std::uint64_t seed = 0;
  /// Chains run at the same time. Threads beyond their number share large plates, as many in each
  /// chain: of 4 chains and 8 threads each has 2, of 4 and 7 each has 1, and 3 threads have no work.
  int threads = 1;

  int chains_at_once() const { return std::max(1, std::min(threads, chains)); }
};

/// Shared with the thread that watches: how far the chains are, and the wish to stop.
struct Progress {
  std::atomic<std::uint64_t> sweeps{0};  ///< done by all chains together
  std::atomic<bool> stop{false};  ///< set from outside (a signal): chains end after this sweep
};

/// What sampling gives. Draws so far are kept when it was stopped or failed.
struct Samples {
  Draws draws;
  std::vector<RunningQuantity> running;  ///< those whose draws are not kept; of all chains
  bool interrupted = false;
  std::optional<Diagnostic> failure;  ///< ExitCode::numerical: what could not be computed, where
  std::vector<std::vector<Acceptance>> acceptance;  ///< by chain, of its Metropolised steps
  double warmup_seconds = 0;                        ///< CPU seconds of all chains together
  double sampling_seconds = 0;
};

/// A plan bound to data: buffers sized, constants and sufficient statistics computed.
class BoundPlan;

/// Binds; errors are flat priors that the data do not make proper. Constants have been checked by
/// bind_data, memory is by who runs. Model, plan and data must outlive the result.
Result<std::shared_ptr<const BoundPlan>> bind_plan(const Model& model, const Plan& plan,
                                                   std::shared_ptr<const Data> data,
                                                   const BindOptions& options = {});

/// The columns of the draws: lp__, parameters in the order of their statements, derived quantities.
const std::vector<Column>& draw_columns(const BoundPlan& bound);

/// Bytes that the draws of a run will take; checked against memory before it starts.
std::uint64_t draws_bytes(const BoundPlan& bound, const SampleSettings& settings);
/// Bytes of what is remembered of quantities whose draws are not kept.
std::uint64_t running_bytes(const BoundPlan& bound, const SampleSettings& settings);
/// Bytes of the values on which chains work (machine.h) and of the draws that these collect before
/// they are stored (draw_buffer.h), of all chains that run at the same time.
std::uint64_t working_bytes(const BoundPlan& bound, const SampleSettings& settings);
/// These quantities; they have no figures.
const std::vector<RunningQuantity>& running_quantities(const BoundPlan& bound);

Samples sample(const BoundPlan& bound, const SampleSettings& settings, Progress& progress);

}  // namespace lmmdsl
