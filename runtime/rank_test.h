// Does a sampler leave the joint law of parameters and data as it is? An exact test by ranks.
//
// Draw parameters and responses from the joint law; this is state M of a chain of S states, M being
// uniform on 0, ..., S - 1. The states after it come from the sampler's transitions, those before
// it from the reversed transitions (the steps of the sweep in reverse order). If the sampler is
// right, the chain is stationary whatever M is, so the rank of any function of state M among the S
// states is uniform, exactly: no warm-up, no independence of states and no long run is needed
// (Besag and Clifford 1989, Biometrika 76: 633-642; Gandy and Scott 2020, arXiv:2001.06465).
//
// Steps that are made in some sweeps only are those of the sweep's place in the chain, from
// whichever state that is reached. Two transitions:
//   calibration   sweeps given the data: where the parameters that made the data rank among draws
//                 of their posterior (simulation-based calibration, Talts et al. 2018)
//   joint law     a sweep, then new data given the parameters (Geweke 2004, JASA 99: 799-804)
//
// Marginal steps (marginal_step.h) have proposals that hold for all replicates: twice as wide as
// those found on the data to which the plan is bound.
//
// Ranks of n independent replicates are compared with the uniform law by the largest distance D of
// distribution functions, of the ranks and of their distances from the middle. P(D > d) is at most
// 2 exp(-2 n d^2) for every n (Massart 1990), so that the p-values are bounds and no
// approximations.
#pragma once

#include <string>
#include <vector>

#include "compiler/schedule/schedule.h"
#include "runtime/sampler.h"

namespace lmmdsl {

struct RankSettings {
  bool new_responses = false;  ///< joint law, rather than calibration
  int replicates = 1000;
  int states = 32;  ///< of each chain
  int thin = 1;     ///< transitions from one state to the next
  std::uint64_t seed = 0;
  int threads = 1;  ///< replicates run at the same time; results do not depend on it
};

/// A function of parameters and data: a scalar of a parameter, or a log density.
struct RankedQuantity {
  std::string name;
  std::vector<int> counts;  ///< replicates by rank
  double p = 1;             ///< at most this if the sampler is right
  bool moves = true;        ///< false: a parameter that no transition has ever changed
};

struct RankResult {
  std::vector<RankedQuantity> quantities;
  int replicates = 0;
  bool interrupted = false;
  std::optional<Diagnostic> failure;  ///< ExitCode::numerical
};

/// The sweeps that a test takes, for a progress bar.
std::uint64_t sweeps_of(const RankSettings& settings);

/// `plan` bound to data is the sampler; `backward` is the plan of the reversed schedule. Errors:
/// the model is no joint law that can be drawn from (simulate.h).
Result<RankResult> rank_test(const BoundPlan& plan, const BoundPlan& backward,
                             const RankSettings& settings, Progress& progress);

/// The bound on the p-value of counts of ranks that should be uniform.
double rank_p_value(const std::vector<int>& counts);

}  // namespace lmmdsl
