#include "runtime/marginal_step.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/not_a_number.h"
#include "runtime/self_contained.h"

namespace lmmdsl {

namespace {

constexpr double kNever = -kInfinity;
/// In one sweep of so many the chain also walks, where proposals cost more, so that there are few.
constexpr std::uint64_t kWalks = 4;
/// Standard deviation of a step of a walk, in those of the proposal, times the square root of the
/// dimension (Roberts, Gelman and Gilks 1997, Annals of Applied Probability 7: 110-120).
constexpr double kStride = 2.38;

/// Rounding of a sum of log densities, for the size of the largest, and how much of it is none. A
/// point so much less likely than the current one is rejected whatever the rounding.
constexpr double kRounding = 0x1p-50, kMostRounding = 1e-6, kHopeless = 60;

/// Where the scales are such that the precision of the coefficients cannot be factored, the step is
/// left out: scales and coefficients stay, which depends on the scales alone and so leaves their law
/// as it is, and other steps go on. If that happens in more sweeps in a row, it is a failure; where
/// these steps rest for twice as long, in twice as many.
constexpr int kMostLeftOut = 100;

/// With fewer proposals in a sweep they are not taken side by side.
constexpr std::size_t kFewestTogether = 2;
}  // namespace

MarginalStep::MarginalStep(const BoundPlan& bound, Machine& machine, const PlanStep& step,
                           std::uint64_t warmup)
    : plan_(*bound.plan),
      machine_(machine),
      step_(step),
      chain_(warmup),
      block_(JointNormal::make(bound, step)),
      coordinates_(bound, step.marginal, step.integrated),
      t_(block_->make_values()),
      current_(std::make_unique<GaussianFactor>(block_->make_factor())) {
  if (!step.marginal.empty()) proposed_ = std::make_unique<GaussianFactor>(block_->make_factor());
  if (step.proposal)
    counted_.insert(step.proposal->log_densities.begin(), step.proposal->log_densities.end());
  if (!step.proposal || !is_self_contained(*bound.plan, step)) return;
  apart_ = std::make_unique<Machine>(bound);
  if (!block_->small()) return;
  trials_ = Trials::make(bound, *apart_, coordinates_.parameters(), step.proposal->refresh);
  if (trials_) states_ = block_->make_states(*trials_);
  if (!states_) trials_.reset();
  read_by_block_ = refreshed_for_block(*bound.plan, step);
}

void MarginalStep::set_proposal(Proposal proposal, bool often) {
  chain_.set(std::move(proposal), coordinates_);
  chain_.often = often;
  known_.clear();
}

bool MarginalStep::operator()(StreamAddress address) {
  const bool ahead = looks_ahead() && !chain_.warmup.includes(address.sweep) && look_ahead(address);
  const bool factored = ahead ? take_ahead(address) : factor_current(address);
  if (chain_.warmup.includes(address.sweep)) decide(address.sweep);
  if (!factored) {
    known_.clear();
    if (++left_out_ > kMostLeftOut * (looks_ahead() ? 2 : 1)) return false;
    if (!chain_.warmup.includes(address.sweep)) ++chain_.acceptance.left_out;
    return true;
  }
  left_out_ = 0;
  return (ahead && ahead_.drawn) || block_->draw(machine_, *current_, address);
}

bool MarginalStep::factor_current(const StreamAddress& address) {
  if (!step_.marginal.empty() && !chain_.asleep) return draw_scales(address);
  if (apart_) machine_.run(step_.proposal->refresh);
  return block_->factor(machine_, *current_);
}

void MarginalStep::set_candidate() {
  if (apart_) {
    for (std::size_t s = 0; s < machine_.state().values.size(); ++s) {
      const std::vector<double>& from = machine_.state().values[s];
      std::copy(from.begin(), from.end(), apart_->state().values[s].begin());
    }
    apart_->run_all();
    if (trials_) trials_->read_machine();
    known_.clear();
  }
  block_->read(machine_, t_);
}

double MarginalStep::log_marginal(const Eigen::VectorXd& point, GaussianFactor& factor) {
  double log_density = 0;
  if (!block_->factor(candidate(), factor, t_, log_density)) return kNever;
  LargeSum sum;
  sum.add(coordinates_.log_jacobian(point.data()));
  sum.add(-log_density);
  for (int v : step_.proposal->log_densities) sum.add(*candidate().value(v));
  if (std::isnan(sum.value)) return kNever;
  return cancels(sum) ? log_marginal_elsewhere(point, factor) : sum.value;
}

bool MarginalStep::cancels(const LargeSum& sum) const {
  const double rounding = kRounding * sum.largest;
  return rounding > kMostRounding && !(sum.value + rounding < log_here_ - kHopeless);
}

double MarginalStep::log_marginal_elsewhere(const Eigen::VectorXd& point, GaussianFactor& factor) {
  Machine& machine = candidate();
  const auto log_densities = [&] {
    double sum = 0;
    for (const auto& [density, v] : plan_.log_densities)
      if (!counted_.contains(v)) sum += *machine.value(v);
    return sum;
  };
  const double before = log_densities();
  std::vector<std::vector<double>> kept;
  for (const int c : step_.targets)
    kept.push_back(machine.state().values[static_cast<std::size_t>(plan_.conditionals[c].target)]);
  double found = kNever, log_density = 0;
  if (block_->draw(machine, factor, {.seed = 1})) {
    machine.run_all();
    GaussianValues values = block_->make_values();
    block_->read(machine, values);
    if (block_->factor(machine, factor, values, log_density)) {
      found = coordinates_.log_jacobian(point.data()) - log_density + log_densities() - before;
      for (int v : step_.proposal->log_densities) found += *machine.value(v);
    }
  }
  for (std::size_t k = 0; k < kept.size(); ++k)
    std::copy(kept[k].begin(), kept[k].end(),
              machine.parameter(plan_.conditionals[step_.targets[k]].target));
  machine.run_all();
  return std::isnan(found) ? kNever : found;
}

double MarginalStep::log_marginal_at(const Eigen::VectorXd& point, GaussianFactor& factor) {
  if (!coordinates_.write(point.data(), candidate())) return kNever;
  candidate().run(step_.proposal->refresh);
  return log_marginal(point, factor);
}

bool MarginalStep::know_here() {
  if (apart_ && coordinates_.same(machine_, known_)) return log_here_ != kNever;
  if (apart_) {
    if (t_known_) {
      coordinates_.copy(machine_, *apart_);
      apart_->run(step_.proposal->refresh);
    } else {
      set_candidate();
      t_known_ = true;
    }
  } else {
    block_->read(machine_, t_);
  }
  here_.resize(coordinates_.dimension());
  log_here_ = kNever;  // not known
  if (!coordinates_.read(machine_, here_.data())) return false;
  log_here_ = log_marginal(here_, *current_);
  if (chain_.ready) log_proposal_here_ = chain_.proposal.log_density(here_);
  if (apart_) coordinates_.values(machine_, known_);
  return log_here_ != kNever;
}

bool MarginalStep::draw_scales(StreamAddress address) {
  const bool warm = chain_.warmup.includes(address.sweep);
  if (!know_here()) return false;
  if (!chain_.ready && warm) {
    propose_around_mode();
    // The values that depend on the scales, as they were.
    coordinates_.copy(machine_, candidate());
    if (!apart_) coordinates_.write(here_.data(), machine_);
    candidate().run(step_.proposal->refresh);
    log_here_ = log_marginal(here_, *current_);
    if (chain_.ready) log_proposal_here_ = chain_.proposal.log_density(here_);
  }
  if (!chain_.ready) return true;
  const bool recorded = chain_.warmup.records(address.sweep);
  if (recorded) chain_.warmup.begin(here_);
  address.level = kProposalLevel;
  Random random(address);
  proposed_points_.draw(chain_.proposal, chain_.proposal.count, random);
  // Before the proposals or after them, by chance: so the step is reversible.
  const bool walks = !block_->small() && address.sweep % kWalks == 0;
  const bool walks_first = walks && random.uniform() < 0.5;
  bool walked = walks_first && walk(random);
  const bool together = know_trials();
  std::uint64_t accepted = 0;
  std::size_t last = 0;
  for (std::size_t k = 0; k < proposed_points_.count; ++k) {
    if (!accept(k, together, recorded)) continue;
    ++accepted;
    last = k;
  }
  if (together && accepted > 0) {
    coordinates_.copy(*trials_, last, *apart_);
    apart_->run(read_by_block_);
    if (!block_->factor(*apart_, *current_)) return false;
    coordinates_.copy(*apart_, machine_);
    coordinates_.values(machine_, known_);
  }
  if (walks && !walks_first) walked = walk(random);
  chain_.end(address.sweep, here_, accepted, walks, walked);
  return true;
}

bool MarginalStep::walk(Random& random) {
  const Eigen::Index d = here_.size();
  Eigen::VectorXd z(d);
  for (double& x : z) x = normal(random);
  const Eigen::VectorXd step = chain_.proposal.L.triangularView<Eigen::Lower>() * z;
  there_ = here_ + kStride / std::sqrt(static_cast<double>(d)) * step;
  const double log_there = log_marginal_at(there_, *proposed_);
  const double log_ratio = log_there - log_here_;
  if (!(log_ratio >= 0 || std::log(random.uniform()) < log_ratio)) {
    stay();
    return false;
  }
  here_ = there_;
  log_here_ = log_there;
  log_proposal_here_ = chain_.proposal.log_density(here_);
  go();
  return true;
}

void MarginalStep::go() {
  std::swap(current_, proposed_);
  if (!apart_) return;
  coordinates_.copy(*apart_, machine_);
  coordinates_.values(machine_, known_);
}

void MarginalStep::stay() {
  if (!apart_) coordinates_.write(here_.data(), machine_);
}

bool MarginalStep::know_trials() {
  const std::size_t count = proposed_points_.count;
  if (!trials_ || count < kFewestTogether) return false;
  const double* points = proposed_points_.coordinates.data();
  const auto inside = coordinates_.write(points, *trials_);
  trials_->run();
  std::array<double, Trials::kStates> log_densities;
  if (!states_->log_densities(*trials_, t_, log_densities.data())) return false;
  const auto log_jacobians = coordinates_.log_jacobians(points, trials_->lanes());
  for (std::size_t k = 0; k < count; ++k) {
    LargeSum sum;
    sum.add(log_jacobians[k]);
    sum.add(-log_densities[k]);
    for (const int v : step_.proposal->log_densities) {
      const double* at = trials_->value(v);
      sum.add(at ? at[k] : *apart_->value(v));
    }
    log_there_[k] = inside[k] == 1 && !std::isnan(sum.value) ? sum.value : kNever;
    if (log_there_[k] != kNever && cancels(sum)) return false;
  }
  return true;
}

bool MarginalStep::accept(std::size_t k, bool together, bool recorded) {
  if (!together || recorded) proposed_points_.read(k, there_);
  if (!together) log_there_[k] = log_marginal_at(there_, *proposed_);
  const double log_there = log_there_[k];
  const double log_proposal_there = proposed_points_.log_proposals[k];
  const double log_ratio = log_there - log_here_ + log_proposal_here_ - log_proposal_there;
  if (recorded && apart_)
    chain_.warmup.add_ratios(log_here_ - log_proposal_here_, log_there - log_proposal_there);
  if (recorded && chain_.warmup.wants_points())
    chain_.warmup.add_points(here_, log_here_ - coordinates_.log_jacobian(here_.data()), there_,
                             log_there - coordinates_.log_jacobian(there_.data()),
                             std::exp(std::min(0.0, log_ratio)));
  const bool accepted = log_ratio >= 0 || std::log(proposed_points_.uniforms[k]) < log_ratio;
  if (accepted) {
    proposed_points_.read(k, here_);
    log_here_ = log_there;
    log_proposal_here_ = log_proposal_there;
  }
  if (together) return accepted;
  if (accepted) go();
  else stay();
  return accepted;
}

void MarginalStep::propose_around_mode() {
  const ModeSearch search = {
      [this](const Eigen::VectorXd& x) { return log_marginal_at(x, *proposed_); },
      [this](int i, const Eigen::VectorXd& x) { return coordinates_.width(i, x.data()); }};
  chain_.propose_around_mode(search, here_);
}

void MarginalStep::decide(std::uint64_t sweep) {
  if (step_.marginal.empty()) return;
  const auto how = [&] {
    const ProposalWarmup& warmup = chain_.warmup;
    const ProposalCost& alone = trials_ ? kTogether : block_->proposal_cost();
    const ProposalWarmup::Decision ahead = warmup.decide(kAheadCost, alone.others);
    if (trials_ && warmup.ends_with(sweep) && IndependenceChain::often_accepted(ahead))
      return ahead;
    return warmup.decide(alone, alone.others);
  };
  if (!chain_.decide(sweep, coordinates_, how)) return;
  known_.clear();
  t_known_ = false;  // a likelier value by now
}

}  // namespace lmmdsl
