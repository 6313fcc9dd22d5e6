// One sweep: every step of the plan draws its parameters, given everything else as it is now.
//
//   Machine machine(bound);            // parameters set by start(), or by hand; then run_all()
//   Sweep sweep(bound, machine);
//   std::string failure = sweep({.seed = 1, .chain = 0, .sweep = 1});
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/collapsed_step.h"
#include "runtime/cut_step.h"
#include "runtime/draw_kind.h"
#include "runtime/interweave_step.h"
#include "runtime/machine.h"
#include "runtime/marginal_step.h"
#include "runtime/normal_step.h"
#include "runtime/random.h"

namespace lmmdsl {

class Sweep {
 public:
  /// Both must outlive it. Marginal steps find their proposals in the first `warmup` sweeps;
  /// without any they draw the coefficients alone.
  Sweep(const BoundPlan& bound, Machine& machine, std::uint64_t warmup = 0);

  /// Draws each parameter, in the order of the schedule. The streams are those of `address`, whose
  /// step and level are set here. Empty, or what could not be drawn from, where.
  std::string operator()(StreamAddress address);

  /// Draws of long plates, and the search for what to propose, end where this becomes true; what
  /// the sweep has made is then worthless.
  void stop_at(const std::atomic<bool>* stop);

  /// Of the marginal and collapsed steps, in order.
  std::vector<Acceptance> acceptance() const;

  /// Whether a marginal step computes several sweeps at once.
  bool looks_ahead() const;

  /// Coordinates of what a step proposes; 0 where it proposes nothing.
  int proposed_dimension(std::size_t step) const;
  /// What a marginal or a collapsed step proposes; null if it has found none, or is another step.
  const Proposal* proposal(std::size_t step) const;
  /// Fixes it. Other steps rest beside it only if asked to.
  void set_proposal(std::size_t step, const Proposal& proposal, bool others_rest = false);

 private:
  struct Step {
    const PlanStep* step;
    std::unique_ptr<MarginalStep> joint = {};  ///< of a joint step; the rest is then unused
    const Conditional* conditional = nullptr;
    DrawKind kind = {};
    double* out = nullptr;  ///< the first element of the target
    std::size_t block = 0;  ///< numbers in one element
    std::size_t elements = 0;
    std::optional<StepReader> parameters = {};
    std::unique_ptr<CutStep> cuts = {};       ///< null: no latent variables are integrated out
    std::unique_ptr<NormalStep> normal = {};  ///< all elements together; null: one by one
    std::unique_ptr<InterweaveStep> interweave = {};  ///< null: no coefficients move
    std::unique_ptr<CollapsedStep> collapsed = {};    ///< the rest is then unused
  };

  /// The marginal step that draws a parameter; null if there is none.
  const MarginalStep* marginal_of(int conditional) const;
  /// Whether a step is left out of this sweep. Scales that a marginal step draws have a step of
  /// their own, which ends long rejections. Where proposals are accepted often, it does so as well
  /// in one sweep of four, or with which a block of those computed ahead ends; and in one of four
  /// so do steps that a collapsed step makes spare. A fallback is taken seldom, unless they are
  /// accepted rarely.
  bool rests(const Step& step, const StreamAddress& address) const;
  /// Whether a sweep can do without a step that could not be made, and those after it that are
  /// spare: there were too many rejected draws for it, and a collapsed step proposes. That there
  /// are as many is an event of what the step draws alone: given that it has not happened, the
  /// steps after it leave the law of everything as it is.
  bool may_be_left_out(const Step& step) const;
  bool draw_step(const Step& step, StreamAddress& address);
  bool draw_elements(const Step& step, StreamAddress& address);
  std::string describe_failure(const Step& step, const StreamAddress& address) const;

  const BoundPlan& bound_;
  Machine& machine_;
  std::vector<Step> steps_;
  CollapsedStep* collapsed_ = nullptr;  ///< the one that makes others spare
  const std::atomic<bool>* stop_ = nullptr;
};

}  // namespace lmmdsl
