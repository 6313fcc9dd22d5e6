// What a marginal step records in its warm-up, and decides by it after a half, three quarters and
// all of its sweeps: where it proposes, how often in a sweep, and whether that is worth its cost.
#pragma once

#include <Eigen/Dense>
#include <cstdint>

#include "runtime/acceptance.h"
#include "runtime/proposal.h"
#include "runtime/proposal_worth.h"

namespace lmmdsl {

class ProposalWarmup {
 public:
  explicit ProposalWarmup(std::uint64_t sweeps) : sweeps_(sweeps) {}

  bool includes(std::uint64_t sweep) const { return sweep <= sweeps_; }
  bool ends_with(std::uint64_t sweep) const { return sweep == sweeps_; }
  /// Of a long warm-up not every sweep is recorded.
  bool records(std::uint64_t sweep) const { return includes(sweep) && sweep % stride() == 0; }

  /// A recorded sweep begins where other steps, which draw the same scales, have left the chain.
  void begin(const Eigen::VectorXd& here);
  /// Logarithms of density over proposal at the chain's point and at what is proposed; the density
  /// is the same, up to a constant, in all sweeps.
  void add_ratios(double here, double there) { ratios_.add(here, there); }
  /// Whether the points of the next proposal are wanted: of a few in a sweep.
  bool wants_points();
  /// With log densities without the volume element, and the chance that the chain goes there.
  void add_points(const Eigen::VectorXd& here, double log_here, const Eigen::VectorXd& there,
                  double log_there, double chance);
  /// After the proposals of a sweep.
  void end(std::uint64_t sweep, const Eigen::VectorXd& here, int proposals, std::uint64_t accepted);

  bool decides(std::uint64_t sweep) const;
  struct Decision {
    double rate;      ///< share of the proposals, since the last decision, that were accepted
    int count;        ///< proposals in a sweep that are worth their cost
    bool not_needed;  ///< other steps give more for what they cost
  };
  /// A sweep without proposals costs `others`.
  Decision decide(const ProposalCost& cost, double others) const;
  /// The same where other steps draw all that is proposed, and may do so one after the other, not
  /// as well as all together: proposals must be worth `margin` times as much as these.
  Decision decide_beside(const ProposalCost& cost, double others, double margin) const;
  void forget();  ///< what was recorded since the last decision
  /// A proposal by the points; see VisitedPoints.
  bool renew(ScaleCoordinates& coordinates, Proposal& proposal) {
    return visited_.renew(coordinates, proposal, curvature);
  }

  Eigen::MatrixXd curvature;  ///< covariance by the curvature at the mode

 private:
  std::uint64_t stride() const;

  std::uint64_t sweeps_;
  VisitedPoints visited_;
  Acceptance recent_;  ///< this and what follows: since the last decision
  RatioRecord ratios_;
  LagRecord lags_;          ///< of the points before and after the other steps
  Eigen::VectorXd before_;  ///< the point before these; or empty
  int wanted_ = 0;          ///< of how many more proposals of this sweep the points are wanted
};

}  // namespace lmmdsl
