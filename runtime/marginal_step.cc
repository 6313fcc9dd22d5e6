#include "runtime/marginal_step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>

#include "runtime/mode.h"

namespace lmmdsl {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();
constexpr std::uint32_t kProposalLevel = 0xffffffff;  // apart from the streams of coefficients
/// Of so many sweeps of the warm-up at most anything is recorded; points of so many of their
/// proposals.
constexpr std::uint64_t kMostVisited = 1000;
constexpr int kMostRemembered = 2;
/// With fewer proposals accepted than this in the last quarter of the warm-up, none are made after.
constexpr double kLeastAcceptance = 0.02;
/// Where a proposal is accepted in more sweeps than this, steps of single scales may rest
/// (sweep.h).
constexpr double kOften = 0.6;
/// With fewer proposals accepted than this, interweaving steps no longer rest.
constexpr double kPoor = 0.1;

/// In one sweep of so many the chain also walks, where proposals cost more, so that there are few.
constexpr std::uint64_t kWalks = 4;
/// Standard deviation of a step of a walk, in those of the proposal, times the square root of the
/// dimension (Roberts, Gelman and Gilks 1997, Annals of Applied Probability 7: 110-120).
constexpr double kStride = 2.38;

/// With fewer proposals in a sweep they are not taken side by side.
constexpr std::size_t kFewestTogether = 2;
/// Proposals are left off where draws of single scales give so many times as much for their cost.
constexpr double kMargin = 1.1;

/// Whether a value of the plan mentions parameters other than `own`, or is a draw itself.
class Foreign {
 public:
  Foreign(const Plan& plan, std::vector<SymbolId> own) : plan_(plan), own_(std::move(own)) {}

  bool operator()(int v) {
    const auto known = known_.find(v);
    if (known != known_.end()) return known->second;
    const PlanValue& value = plan_.values[v];
    bool found = value.expr->op == Op::completed;
    if (value.parameter >= 0)
      found = std::find(own_.begin(), own_.end(), value.parameter) == own_.end();
    if (!value.constant)
      for (const int a : value.args) found |= (*this)(a);
    return known_[v] = found;
  }

 private:
  const Plan& plan_;
  std::vector<SymbolId> own_;
  std::map<int, bool> known_;
};

/// Those of `values`, in order, that `roots` are computed from.
std::vector<int> needed_for(const Plan& plan, const std::vector<int>& values,
                            std::vector<int> roots) {
  std::set<int> needed;
  while (!roots.empty()) {
    const int v = roots.back();
    roots.pop_back();
    if (!plan.values[v].constant && needed.insert(v).second)
      roots.insert(roots.end(), plan.values[v].args.begin(), plan.values[v].args.end());
  }
  std::vector<int> found;
  std::copy_if(values.begin(), values.end(), std::back_inserter(found),
               [&](int v) { return needed.count(v) > 0; });
  return found;
}

/// What the joint Normal of a step is read from.
std::vector<int> read_by_block(const Plan& plan, const PlanStep& step) {
  PlanStep block = step;
  block.proposal.reset();
  return read_values(plan, block);
}

bool is_self_contained(const Plan& plan, const PlanStep& step) {
  std::vector<SymbolId> scales, all;
  for (const int c : step.marginal) scales.push_back(plan.conditionals[c].target);
  all = scales;
  for (const int c : step.targets) all.push_back(plan.conditionals[c].target);
  Foreign beside_scales(plan, scales), beside_all(plan, all);
  for (const int v : read_by_block(plan, step))
    if (beside_scales(v)) return false;
  for (const int v : step.proposal->log_densities)
    if (beside_all(v)) return false;
  return true;
}

/// With less work on the elements, the density of a proposal takes most of its time on everything
/// else: then eight side by side take less than three one after the other.
constexpr double kSmall = 200;

}  // namespace

MarginalStep::MarginalStep(const BoundPlan& bound, Machine& machine, const PlanStep& step,
                           std::uint64_t warmup)
    : machine_(machine),
      step_(step),
      warmup_(warmup),
      block_(JointNormal::make(bound, step)),
      coordinates_(bound, step.marginal, step.integrated),
      t_(block_->make_values()),
      current_(std::make_unique<GaussianFactor>(block_->make_factor())) {
  const auto* nested = dynamic_cast<const GaussianBlock*>(block_.get());
  small_ = nested && nested->work() <= kSmall;
  if (!step.marginal.empty()) proposed_ = std::make_unique<GaussianFactor>(block_->make_factor());
  if (!step.proposal || !is_self_contained(*bound.plan, step)) return;
  apart_ = std::make_unique<Machine>(bound);
  if (!small_) return;
  trials_ = Trials::make(bound, *apart_, coordinates_.parameters(), step.proposal->refresh);
  if (trials_) states_ = GaussianStates::make(*nested, *trials_);
  if (!states_) trials_.reset();
  read_by_block_ =
      needed_for(*bound.plan, step.proposal->refresh, read_by_block(*bound.plan, step));
}

void MarginalStep::set_proposal(Proposal proposal) {
  proposal_ = std::move(proposal);
  coordinates_.use(proposal_.form);
  ready_ = true;
  known_.clear();
}

bool MarginalStep::operator()(StreamAddress address) {
  if (step_.marginal.empty() || asleep_) {
    if (apart_) machine_.run(step_.proposal->refresh);
    if (!block_->factor(machine_, *current_)) return false;
  } else if (!draw_scales(address)) {
    return false;
  }
  return block_->draw(machine_, *current_, address);
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
  double sum = coordinates_.log_jacobian(point.data()) - log_density;
  for (int v : step_.proposal->log_densities) sum += *candidate().value(v);
  return std::isnan(sum) ? kNever : sum;
}

double MarginalStep::log_marginal_at(const Eigen::VectorXd& point, GaussianFactor& factor) {
  if (!coordinates_.write(point.data(), candidate())) return kNever;
  candidate().run(step_.proposal->refresh);
  return log_marginal(point, factor);
}

bool MarginalStep::know_here() {
  if (apart_ && !known_.empty() && coordinates_.same(machine_, known_)) return true;
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
  if (!coordinates_.read(machine_, here_.data())) return false;
  log_here_ = log_marginal(here_, *current_);
  if (ready_) log_proposal_here_ = proposal_.log_density(here_);
  if (apart_) coordinates_.values(machine_, known_);
  return log_here_ != kNever;
}

bool MarginalStep::draw_scales(StreamAddress address) {
  const bool warm = address.sweep <= warmup_;
  if (!know_here()) return false;
  if (!ready_ && warm) {
    propose_around_mode();
    // The values that depend on the scales, as they were.
    coordinates_.copy(machine_, candidate());
    if (!apart_) coordinates_.write(here_.data(), machine_);
    candidate().run(step_.proposal->refresh);
    log_here_ = log_marginal(here_, *current_);
    if (ready_) log_proposal_here_ = proposal_.log_density(here_);
  }
  if (!ready_) {
    if (address.sweep == warmup_) asleep_ = acceptance_.interweaved = true;
    return true;
  }
  const bool recorded = warm && address.sweep % stride() == 0;
  if (recorded && before_.size() > 0) lags_.add(before_, here_);
  address.level = kProposalLevel;
  Random random(address);
  proposed_points_.draw(proposal_, random);
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
  const bool walks = !small_ && address.sweep % kWalks == 0;
  const bool walked = walks && walk(random);
  rejections_ = accepted > 0 || walked ? 0 : rejections_ + 1;
  if (warm) {
    adapt(address.sweep, accepted);
  } else {
    acceptance_.proposals += static_cast<std::uint64_t>(proposal_.count);
    acceptance_.accepted += accepted;
    acceptance_.walks += walks ? 1 : 0;
    acceptance_.walks_accepted += walked ? 1 : 0;
    acceptance_.longest_run = std::max(acceptance_.longest_run, rejections_);
  }
  return true;
}

bool MarginalStep::walk(Random& random) {
  const Eigen::Index d = here_.size();
  Eigen::VectorXd z(d);
  for (double& x : z) x = normal(random);
  const Eigen::VectorXd step = proposal_.L.triangularView<Eigen::Lower>() * z;
  there_ = here_ + kStride / std::sqrt(static_cast<double>(d)) * step;
  const double log_there = log_marginal_at(there_, *proposed_);
  const double log_ratio = log_there - log_here_;
  if (!(log_ratio >= 0 || std::log(random.uniform()) < log_ratio)) {
    stay();
    return false;
  }
  here_ = there_;
  log_here_ = log_there;
  log_proposal_here_ = proposal_.log_density(here_);
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

std::uint64_t MarginalStep::stride() const { return 1 + warmup_ / kMostVisited; }

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
    double sum = log_jacobians[k] - log_densities[k];
    for (const int v : step_.proposal->log_densities) {
      const double* at = trials_->value(v);
      sum += at ? at[k] : *apart_->value(v);
    }
    log_there_[k] = inside[k] == 1 && !std::isnan(sum) ? sum : kNever;
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
    ratios_.add(log_here_ - log_proposal_here_, log_there - log_proposal_there);
  if (recorded && remembers_ > 0) {
    --remembers_;
    const double chance = std::exp(std::min(0.0, log_ratio));
    visited_.add(here_, log_here_ - coordinates_.log_jacobian(here_.data()), 1 - chance);
    if (chance > 0)
      visited_.add(there_, log_there - coordinates_.log_jacobian(there_.data()), chance);
  }
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
  Eigen::VectorXd point = here_;
  const ModeSearch search = {
      [this](const Eigen::VectorXd& x) { return log_marginal_at(x, *proposed_); },
      [this](int i, const Eigen::VectorXd& x) { return coordinates_.width(i, x.data()); }};
  if (!find_mode(search, point, curvature_)) return;
  const Eigen::LLT<Eigen::MatrixXd> llt(curvature_);
  if (llt.info() != Eigen::Success) return;
  proposal_.mean = point;
  proposal_.L = llt.matrixL();
  ready_ = true;
}

void MarginalStep::adapt(std::uint64_t sweep, std::uint64_t accepted) {
  recent_.proposals += static_cast<std::uint64_t>(proposal_.count);
  recent_.accepted += accepted;
  // The first fifth forgets where the chain started.
  const std::uint64_t stride = 1 + warmup_ / kMostVisited;
  before_ = here_;
  remembers_ = sweep + 1 > warmup_ / 5 && (sweep + 1) % stride == 0 ? kMostRemembered : 0;
  const std::uint64_t quarter = warmup_ / 4;
  const bool half = sweep == warmup_ / 2, later = sweep == 3 * quarter, last = sweep == warmup_;
  if (!half && !later && !last) return;
  const double rate = recent_.rate();
  const ProposalCost cost = trials_ ? kTogether : block_->proposal_cost();
  const RatioRecord::Best best = ratios_.best_count(rate, cost);
  proposal_.count = best.count;
  if (last) {
    acceptance_.given_up = rate < kLeastAcceptance;
    acceptance_.interweaved = rate < kPoor;
    acceptance_.not_needed = !acceptance_.interweaved && kMargin * lags_.cost(cost) < best.cost;
    asleep_ = acceptance_.given_up || acceptance_.not_needed;
    ready_ = !asleep_;
    often_ = ready_ && 1 - std::pow(1 - rate, proposal_.count) > kOften;
  }
  recent_ = {};
  ratios_.clear();
  lags_.clear();
  before_.resize(0);
  if (!visited_.renew(coordinates_, proposal_, curvature_)) return;
  known_.clear();
  t_known_ = false;  // a likelier value by now
}

}  // namespace lmmdsl
