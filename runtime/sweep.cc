#include "runtime/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/team.h"

namespace lmmdsl {

namespace {

/// In which sweeps no step rests: each of so many.
constexpr std::uint64_t kFullSweeps = 4;
/// Interweaving as a fallback: in one sweep of so many for each coordinate of the scale, which is
/// an evaluation of the density in two sweeps. It ends long rejections, which come from the heavy
/// tails of a variance that few elements tell about: with many it is taken more seldom.
constexpr std::uint64_t kSeldom = 16, kMoreSeldom = 128;
constexpr std::size_t kManyElements = 100;

}  // namespace

Sweep::Sweep(const BoundPlan& bound, Machine& machine, std::uint64_t warmup)
    : bound_(bound), machine_(machine) {
  for (const PlanStep& step : bound.plan->steps) {
    if (step.joint) {
      steps_.push_back(
          {.step = &step, .joint = std::make_unique<MarginalStep>(bound, machine, step, warmup)});
      continue;
    }
    if (step.collapsed) {
      steps_.push_back(
          {.step = &step,
           .collapsed = std::make_unique<CollapsedStep>(bound, machine, step, warmup)});
      collapsed_ = steps_.back().collapsed.get();
      continue;
    }
    const Conditional& c = bound.plan->conditionals[step.conditional()];
    const DrawKind kind = draw_kind(bound, step.conditional());
    const std::size_t block = kind.block();
    steps_.push_back(
        {&step, nullptr, &c, kind, machine.parameter(c.target), block,
         machine.state().values[c.target].size() / block, StepReader(bound, step.conditional()),
         step.cuts.empty() ? nullptr : std::make_unique<CutStep>(bound, step),
         step.moved ? nullptr : NormalStep::make(bound, step),
         step.moved ? std::make_unique<InterweaveStep>(bound, machine, step) : nullptr});
  }
}

void Sweep::stop_at(const std::atomic<bool>* stop) {
  stop_ = stop;
  for (Step& s : steps_) {
    if (s.joint) s.joint->stop_at(stop);
    if (s.collapsed) s.collapsed->stop_at(stop);
  }
}

std::string Sweep::operator()(StreamAddress address) {
  machine_.draw_from(address);
  bool left_out = false;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = steps_[s];
    if (left_out && step.step->spare) continue;
    address.step = static_cast<std::uint32_t>(s);
    if (draw_step(step, address)) continue;
    if (!may_be_left_out(step)) return describe_failure(step, address);
    left_out = true;
    collapsed_->count_left_out(address.sweep);
  }
  return {};
}

std::vector<Acceptance> Sweep::acceptance() const {
  std::vector<Acceptance> found;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    if (!steps_[s].step->proposal) continue;
    found.push_back(steps_[s].collapsed ? steps_[s].collapsed->acceptance()
                                        : steps_[s].joint->acceptance());
    found.back().collapsed = steps_[s].collapsed != nullptr;
    found.back().step = static_cast<int>(s);
  }
  return found;
}

bool Sweep::looks_ahead() const {
  return std::any_of(steps_.begin(), steps_.end(),
                     [](const Step& s) { return s.joint && s.joint->looks_ahead(); });
}

int Sweep::proposed_dimension(std::size_t step) const {
  const Step& s = steps_[step];
  if (s.collapsed) return s.collapsed->dimension();
  return s.joint ? s.joint->dimension() : 0;
}

const Proposal* Sweep::proposal(std::size_t step) const {
  const Step& s = steps_[step];
  if (s.collapsed) return s.collapsed->proposal();
  return s.step->proposal ? s.joint->proposal() : nullptr;
}

void Sweep::set_proposal(std::size_t step, const Proposal& proposal, bool others_rest) {
  if (steps_[step].collapsed) steps_[step].collapsed->set_proposal(proposal, others_rest);
  else steps_[step].joint->set_proposal(proposal, others_rest);
}

const MarginalStep* Sweep::marginal_of(int conditional) const {
  for (const Step& step : steps_) {
    if (!step.joint) continue;
    const std::vector<int>& drawn = step.step->marginal;
    if (std::find(drawn.begin(), drawn.end(), conditional) != drawn.end()) return step.joint.get();
  }
  return nullptr;
}

bool Sweep::may_be_left_out(const Step& step) const {
  return step.step->spare && collapsed_ && collapsed_->proposes() && step.conditional &&
         step.conditional->family == UpdateFamily::rejected_normals;
}

bool Sweep::rests(const Step& step, const StreamAddress& address) const {
  if (step.step->spare)
    return address.sweep % kFullSweeps != 0 && collapsed_ && collapsed_->accepted_often();
  if (step.interweave) {
    if (!step.step->fallback) return false;
    const MarginalStep* marginal = marginal_of(step.step->conditional());
    if (!marginal || marginal->accepted_rarely()) return false;
    const std::uint64_t period =
        step.interweave->elements() < kManyElements ? kSeldom : kMoreSeldom;
    return address.sweep % (period * step.interweave->dimension()) != 0;
  }
  if (step.joint) return false;
  const MarginalStep* marginal = marginal_of(step.step->conditional());
  if (!marginal || !marginal->accepted_often()) return false;
  return address.sweep % (marginal->looks_ahead() ? MarginalStep::kAhead : kFullSweeps) != 0;
}

bool Sweep::draw_step(const Step& step, StreamAddress& address) {
  if (rests(step, address)) {
    if (step.interweave || step.step->spare) return true;  // nothing later counts on its values
    machine_.run(step.step->refresh);                      // what comes later reads these values
    return true;
  }
  if (step.interweave) {
    machine_.run(step.step->refresh);
    return (*step.interweave)(address);
  }
  if (step.collapsed) {
    (*step.collapsed)(address);
    return true;
  }
  if (step.cuts) {
    machine_.run(step.step->refresh);
    return (*step.cuts)(machine_, address);
  }
  if (step.normal) {
    machine_.run(step.normal->refresh());
    if ((*step.normal)(machine_, address)) return true;
    machine_.run(step.step->refresh);  // which element it is
    return draw_elements(step, address);
  }
  if (!step.joint) {
    machine_.run(step.step->refresh);
    return draw_elements(step, address);
  }
  if (step.joint->needs_refresh()) machine_.run(step.step->refresh);
  return (*step.joint)(address);
}

bool Sweep::draw_elements(const Step& step, StreamAddress& address) {
  std::atomic<std::size_t> failed{step.elements};  // the first that could not be drawn
  for_parts(step.elements, [&](std::size_t begin, std::size_t end, std::size_t) {
    StreamAddress own = address;
    for (std::size_t e = begin; e < end; ++e) {
      if (stop_ && stop_->load(std::memory_order_relaxed)) return;
      own.level = static_cast<std::uint32_t>(e);
      Random random(own);
      if (draw(step.kind, (*step.parameters)(machine_, e), random, step.out + e * step.block))
        continue;
      std::size_t first = failed;
      while (e < first && !failed.compare_exchange_weak(first, e)) {
      }
      return;
    }
  });
  if (failed == step.elements) return true;
  address.level = static_cast<std::uint32_t>(failed);
  return false;
}

std::string Sweep::describe_failure(const Step& step, const StreamAddress& address) const {
  if (step.joint) {
    std::vector<std::string> names;
    for (int c : step.step->targets)
      names.push_back(
          fmt::format("`{}`", bound_.model->symbols[bound_.plan->conditionals[c].target].spelling));
    return fmt::format(
        "the joint conditional of {} cannot be drawn from: its precision is not positive definite, "
        "to rounding",
        fmt::join(names, ", "));
  }
  const Conditional& c = *step.conditional;
  if (step.interweave)
    return fmt::format("the density of `{}` given standardised coefficients cannot be drawn from",
                       bound_.model->symbols[c.target].spelling);
  const std::string where = describe_element(*bound_.data, c.plate, address.level);
  const StepParameters at = (*step.parameters)(machine_, address.level);
  std::string parameters;
  for (int k = 0; k < step.kind.count; ++k) {
    parameters +=
        fmt::format("{}{} {:.6g}{}",
                    k == 0                     ? ""
                    : k + 1 == step.kind.count ? " and "
                                               : ", ",
                    parameter_name(c.family, k), *at[k], step.kind.shared[k] ? "" : ", ...");
  }
  const std::string& cure = info(c.family).cure;
  return fmt::format("the full conditional of `{}`{}{} cannot be drawn from: {} with {}{}",
                     bound_.model->symbols[c.target].spelling, where.empty() ? "" : " at ", where,
                     name(c.family), parameters, cure.empty() ? "" : ": " + cure);
}

}  // namespace lmmdsl
