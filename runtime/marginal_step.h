// A joint step with scales before it: these are drawn from their posterior with the coefficients of
// the block integrated out, then the coefficients given them.
//
// The marginal density comes from the candidate's identity (Besag 1989, Biometrika 76: 183): for
// any value t of the coefficients
//
//     p(s | y) is proportional to  p(s, t, y) / p(t | s, y),
//
// the numerator being the joint density and the denominator the Normal that the block is drawn
// from. It is exact, and nothing cancels where t is a likely value; where it is not, terms of both
// may be so large that their difference is rounding, and another t is drawn. Where nothing but the
// block and its scales stands in either, t is a value that a second machine keeps: then sums over
// the data do not change from sweep to sweep, and what was computed for the current scales stays
// true. Otherwise t is the current value. Proposals are accepted or rejected
// (independence_chain.h). Where these are few, a step of a random walk now and then ends long
// rejections: whether it is accepted does not depend on how much mass the proposal has where the
// chain is.
#pragma once

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>
#include <string>

#include "runtime/gaussian_states.h"
#include "runtime/independence_chain.h"

namespace lmmdsl {

class MarginalStep {
 public:
  /// `step` is joint; without a marginal part the coefficients alone are drawn. `warmup` sweeps are
  /// used to find the proposal.
  MarginalStep(const BoundPlan& bound, Machine& machine, const PlanStep& step,
               std::uint64_t warmup);

  /// One draw of everything that the step draws; its refresh list has been run. False where the
  /// precision of the coefficients has not been positive definite, to rounding, for many sweeps.
  bool operator()(StreamAddress address);

  /// The search for a mode ends where this becomes true.
  void stop_at(const std::atomic<bool>* stop) { chain_.stop = stop; }

  /// Whether the refresh list of the step must be run before it: not where nothing but the block
  /// and its scales stands in their densities, which are computed apart.
  bool needs_refresh() const { return !apart_; }

  const Acceptance& acceptance() const { return chain_.acceptance; }
  int dimension() const { return coordinates_.dimension(); }
  /// Whether the densities of a sweep's proposals are computed side by side.
  bool side_by_side() const { return trials_ != nullptr; }
  JointNormal& block() { return *block_; }
  /// Null if there is none yet, or none that is accepted; also where it is not needed.
  const Proposal* proposal() const { return chain_.found(); }
  /// Whether a proposal is accepted in most sweeps, by the last quarter of the warm-up, which is
  /// over.
  bool accepted_often() const { return chain_.often; }
  /// Whether sweeps are computed ahead (Ahead): other steps that draw the same scales should then
  /// rest in all but one sweep of kAhead.
  bool looks_ahead() const { return states_ && chain_.ready && chain_.often; }
  static constexpr std::uint64_t kAhead = Trials::kStates;
  /// Whether few were: interweaving steps then do not rest.
  bool accepted_rarely() const { return chain_.acceptance.interweaved; }
  /// Fixes the proposal; `often` as if it were accepted often, or not.
  void set_proposal(Proposal proposal, bool often = false);

 private:
  /// Log of the marginal density of the scales where the machine stands; the values that depend on
  /// them must be up to date. Minus infinity outside the support.
  double log_marginal(const Eigen::VectorXd& point, GaussianFactor& factor);
  /// The same by a value of the coefficients that is likely at these scales: where t is so far from
  /// that that what is added up is large and cancels.
  double log_marginal_elsewhere(const Eigen::VectorXd& point, GaussianFactor& factor);
  struct LargeSum {
    double value = 0, largest = 0;
    void add(double x) {
      value += x;
      largest = std::max(largest, std::abs(x));
    }
  };
  bool cancels(const LargeSum& sum) const;
  /// The same at another point, to which the machine's scales are set.
  double log_marginal_at(const Eigen::VectorXd& point, GaussianFactor& factor);
  /// The scales are drawn, if there are any, and the precision of the coefficients is factored.
  /// False where it is not positive definite; nothing has then changed.
  bool factor_current(const StreamAddress& address);
  /// The machine on which densities are computed.
  Machine& candidate() { return apart_ ? *apart_ : machine_; }
  /// Sets t to the current value of the coefficients, or all of the second machine to the first's.
  void set_candidate();
  /// The coordinates and density of the current scales, unless they are known.
  bool know_here();
  bool draw_scales(StreamAddress address);
  /// The marginal densities of all proposals of a sweep, side by side. False where that of one
  /// must be found by itself.
  bool know_trials();
  /// The step of sweeps from that of `address` to the next that kAhead divides. False where the
  /// density of the current scales cannot be computed.
  bool look_ahead(StreamAddress address);
  /// The chain of scales of these sweeps, from the current ones, by proposals drawn from `random`.
  void walk_ahead(std::size_t from, Random& random);
  /// What look_ahead has found for this sweep: the scales, and the coefficients or the factor of
  /// their precision. False where that is not positive definite.
  bool take_ahead(const StreamAddress& address);
  /// The chain goes to a proposal, or stays: whether it went.
  bool accept(std::size_t k, bool together, bool recorded);
  /// A step of a random walk from the current point: whether it was taken.
  bool walk(Random& random);
  /// The chain is at what was proposed last, of which the factor is known; or where it was.
  void go();
  void stay();
  /// The first proposal, by the mode and the curvature there.
  void propose_around_mode();
  /// After a sweep of the warm-up: what is proposed from now on, and whether anything is.
  void decide(std::uint64_t sweep);

  const Plan& plan_;
  Machine& machine_;
  const PlanStep& step_;
  std::set<int> counted_;  ///< the log densities of the step
  IndependenceChain chain_;
  std::unique_ptr<JointNormal> block_;
  ScaleCoordinates coordinates_;
  std::unique_ptr<Machine> apart_;  ///< null unless self-contained
  std::vector<int> read_by_block_;  ///< of its refresh list, what the block reads
  GaussianValues t_;                ///< the candidate
  bool t_known_ = false;            ///< of the second machine
  std::unique_ptr<GaussianFactor> current_, proposed_;  ///< of the current and the proposed scales
  std::unique_ptr<Trials> trials_;                      ///< null: proposals are not side by side
  std::unique_ptr<GaussianStates> states_;
  Eigen::VectorXd here_;  ///< coordinates of the current scales
  ProposedPoints proposed_points_;
  std::array<double, ProposedPoints::kMost> log_there_ = {};  ///< their log marginal densities
  Eigen::VectorXd there_;                                     ///< one of them
  double log_here_ = 0;                                       ///< log marginal density
  double log_proposal_here_ = 0;
  std::vector<double> known_;  ///< the scales that here_ and log_here_ belong to; or empty
  int left_out_ = 0;           ///< sweeps in a row in which the step was left out

  /// While nothing else draws the scales, the chain of these goes on by itself, whatever the
  /// coefficients are. Steps of several sweeps are then computed side by side (trials.h), those of
  /// a block of sweeps that ends with one that kAhead divides; by streams of random numbers of the
  /// block, which no sweep by itself has.
  struct Ahead {
    std::uint64_t last = 0;  ///< the sweep with which the block ends; 0: nothing is known
    std::vector<ProposedPoints> points = {};  ///< the k-th of each are for the k-th sweep
    std::vector<std::array<double, kAhead>> log_densities = {};
    std::vector<double> chosen = {};  ///< a point for each sweep, side by side
    std::array<std::uint64_t, kAhead> accepted = {};
    std::array<bool, kAhead> moved = {};  ///< whether one was, in this sweep or before it
    std::vector<double> z = {}, coefficients = {};
    bool drawn = false;  ///< the coefficients; otherwise they are, one sweep at a time
  };
  Ahead ahead_;
};

}  // namespace lmmdsl
