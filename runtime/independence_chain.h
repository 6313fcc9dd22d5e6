// The state of an independence chain (Tierney 1994, Annals of Statistics 22: 1701-1728): proposals
// from a multivariate t density about a mode, found in the warm-up and fixed before the first kept
// draw; as many in a sweep as the acceptance in the warm-up makes worth their cost. Where hardly
// any is accepted, or draws without them give more for their cost, none are made after it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "runtime/acceptance.h"
#include "runtime/mode.h"
#include "runtime/proposal_warmup.h"

namespace lmmdsl {

/// Of proposals, apart from the streams of what else a step draws.
constexpr std::uint32_t kProposalLevel = 0xffffffff;
/// The same of several sweeps that are computed ahead, and of what is drawn after them.
constexpr std::uint32_t kAheadLevel = 0xfffffffe, kAfterAheadLevel = 0xfffffffd;

class IndependenceChain {
 public:
  explicit IndependenceChain(std::uint64_t sweeps) : warmup(sweeps) {}

  /// Fixes the proposal.
  void set(Proposal given, ScaleCoordinates& coordinates);
  /// The first proposal, by the mode that is found from a point, and the curvature there. There is
  /// none if `stop` becomes true meanwhile.
  void propose_around_mode(const ModeSearch& search, Eigen::VectorXd point);
  /// After a sweep of the warm-up: what is proposed from now on, and whether anything is, as `how`
  /// says, which is asked a few times (ProposalWarmup::decides). Whether the proposal, and with it
  /// the form of the coordinates, has changed.
  bool decide(std::uint64_t sweep, ScaleCoordinates& coordinates,
              const std::function<ProposalWarmup::Decision()>& how);
  /// Whether so many proposals in a sweep are accepted in most of them.
  static bool often_accepted(const ProposalWarmup::Decision& found);
  /// After the proposals of a sweep, of which so many were accepted; `walks` if it had a step of a
  /// random walk, which was taken if `walked`.
  void end(std::uint64_t sweep, const Eigen::VectorXd& here, std::uint64_t accepted,
           bool walks = false, bool walked = false);
  /// Null if there is none yet, or none that is accepted; also where it is not needed.
  const Proposal* found() const { return ready || acceptance.not_needed ? &proposal : nullptr; }

  ProposalWarmup warmup;
  Proposal proposal;
  bool ready = false;   ///< there is a proposal
  bool asleep = false;  ///< no proposals are made any more
  const std::atomic<bool>* stop = nullptr;
  bool often = false;     ///< one is accepted in most sweeps, by the last quarter of the warm-up
  Acceptance acceptance;  ///< after the warm-up

 private:
  std::uint64_t rejections_ = 0;  ///< sweeps since the last accepted proposal
};

}  // namespace lmmdsl
