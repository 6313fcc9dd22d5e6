// Few coefficients, and the scales beside them, with the auxiliary variables of their responses and
// priors integrated out: proposed together, and accepted by the densities as they were stated,
// which have none (partially collapsed Gibbs; van Dyk and Park 2008, J. Am. Stat. Assoc. 103:
// 790-796). Given auxiliary variables coefficients move as far as these allow, which is little
// where they say more than the data; here they move as far as the data allow.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "runtime/draw_kind.h"
#include "runtime/independence_chain.h"

namespace lmmdsl {

class CollapsedStep {
 public:
  /// `warmup` sweeps are used to find the proposal.
  CollapsedStep(const BoundPlan& bound, Machine& machine, const PlanStep& step,
                std::uint64_t warmup);

  /// The search for a mode ends where this becomes true.
  void stop_at(const std::atomic<bool>* stop) { chain_.stop = stop; }

  /// One draw, if there is a proposal.
  void operator()(StreamAddress address);

  const Acceptance& acceptance() const { return chain_.acceptance; }
  const Proposal* proposal() const { return chain_.found(); }
  /// Fixes it; others rest as if it were accepted often, or not at all.
  void set_proposal(Proposal proposal, bool others_rest) {
    chain_.set(std::move(proposal), coordinates_);
    chain_.often = others_rest;
  }
  bool accepted_often() const { return chain_.often; }
  /// Whether proposals are made.
  bool proposes() const { return chain_.ready; }
  /// Steps that it makes spare were left out of a sweep, since a draw was not possible.
  void count_left_out(std::uint64_t sweep) {
    if (!chain_.warmup.includes(sweep)) ++chain_.acceptance.left_out;
  }
  int dimension() const { return coordinates_.dimension(); }

  // What it is made of, for tests.

  ScaleCoordinates& coordinates() { return coordinates_; }
  /// Log of the density in the coordinates at a point, to which the machine is set, up to a
  /// constant. Minus infinity outside the support.
  double log_density_at(const Eigen::VectorXd& point);

 private:
  /// The same at a point where the machine stands.
  double log_density(const Eigen::VectorXd& point) const;
  /// The density where the machine stands.
  double log_density_here();
  void keep_density(double log_density);
  void propose_around_mode();
  /// The proposals of a sweep; values_ are then those of the last that was accepted.
  void propose(StreamAddress address);
  /// After a sweep of the warm-up.
  void decide(std::uint64_t sweep);
  /// How far each coordinate may be expected to vary, given the others: coefficients by the
  /// precision of their full conditionals.
  Eigen::VectorXd widths() const;

  const BoundPlan& bound_;
  Machine& machine_;
  const PlanStep& step_;
  IndependenceChain chain_;
  bool others_rest_;
  ScaleCoordinates coordinates_;
  ProposedPoints proposed_;
  Eigen::VectorXd here_, there_;
  std::vector<double> values_;  ///< of the parameters at here_
  // Where nothing has changed since the step was made, which is so while others rest, the density
  // is known.
  std::vector<SymbolId> read_;              ///< parameters that it mentions
  std::vector<std::vector<double>> known_;  ///< their values then
  double log_known_ = 0;
  ScaleForm known_form_ = ScaleForm::covariance;
};

}  // namespace lmmdsl
