#include "runtime/collapsed_step.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

/// The parameters that values mention, in any way.
std::vector<SymbolId> parameters_of(const Plan& plan, std::vector<int> values) {
  std::vector<SymbolId> found;
  std::set<int> seen;
  while (!values.empty()) {
    const int v = values.back();
    values.pop_back();
    const PlanValue& value = plan.values[static_cast<std::size_t>(v)];
    if (value.constant || !seen.insert(v).second) continue;
    if (value.parameter >= 0) found.push_back(value.parameter);
    values.insert(values.end(), value.args.begin(), value.args.end());
    if (value.definition >= 0) values.push_back(value.definition);
  }
  return found;
}

constexpr double kNever = -kInfinity;

/// The other steps of a sweep, which draw an auxiliary variable for each row, take about as long as
/// so many proposals, from one (a logit of a binary response) to ten; where they rest, a quarter.
constexpr double kOthers = kOneByOne.others;
constexpr ProposalCost kWhereOthersRest = {0, 1, kOthers / 4};
/// Proposals are made where they are worth so many times as much as these steps; the second where
/// there are coefficients that they do not reach, for which a sweep only takes longer.
constexpr double kMargin = 0.9, kMarginOfPart = 1.5;

}  // namespace

CollapsedStep::CollapsedStep(const BoundPlan& bound, Machine& machine, const PlanStep& step,
                             std::uint64_t warmup)
    : bound_(bound),
      machine_(machine),
      step_(step),
      chain_(warmup),
      others_rest_(std::ranges::any_of(bound.plan->steps, &PlanStep::spare)),
      coordinates_(bound, step.targets, step.integrated, step.shifted),
      here_(coordinates_.dimension()),
      read_(parameters_of(*bound.plan, step.proposal->log_densities)) {}

double CollapsedStep::log_density(const Eigen::VectorXd& point) const {
  double sum = coordinates_.log_jacobian(point.data());
  for (const int v : step_.proposal->log_densities) sum += *machine_.value(v);
  return std::isnan(sum) ? kNever : sum;
}

double CollapsedStep::log_density_at(const Eigen::VectorXd& point) {
  if (!coordinates_.write(point.data(), machine_)) return kNever;
  machine_.run(step_.proposal->refresh);
  return log_density(point);
}

Eigen::VectorXd CollapsedStep::widths() const {
  Eigen::VectorXd found(here_.size());
  Eigen::Index at = 0;
  for (const int c : step_.targets) {
    const Conditional& conditional = bound_.plan->conditionals[static_cast<std::size_t>(c)];
    const std::size_t size = machine_.state().values[conditional.target].size();
    if (conditional.family != UpdateFamily::normal &&
        conditional.family != UpdateFamily::ordered_normal) {
      const bool scalar = (*bound_.model)[conditional.target].shape.is_scalar();
      const std::size_t p = scalar ? 1 : static_cast<std::size_t>(std::lround(std::sqrt(size)));
      for (std::size_t i = 0; i < p * (p + 1) / 2; ++i, ++at)
        found[at] = coordinates_.width(static_cast<int>(at), here_.data());
      continue;
    }
    const ParameterReader precision(
        bound_, bound_.plan->natural[static_cast<std::size_t>(c)].front(), conditional.plate);
    // A matrix for an element, its diagonal, or one number for all components.
    const std::size_t n = bound_.data->plate(conditional.plate).size, p = size / n;
    const std::size_t step = precision.block() == 1 ? 0 : precision.block() == p ? 1 : p + 1;
    const auto of = [&](std::size_t e, std::size_t i) { return precision(machine_, e)[i * step]; };
    const bool mean =
        std::find(step_.shifted.begin(), step_.shifted.end(), c) != step_.shifted.end();
    if (!mean)
      for (std::size_t i = 0; i < size; ++i) found[at++] = 1 / std::sqrt(of(i / p, i % p));
    for (std::size_t i = 0; mean && i < p; ++i) {
      double sum = 0;
      for (std::size_t e = 0; e < n; ++e) sum += of(e, i);
      found[at++] = 1 / std::sqrt(sum);
    }
  }
  return found;
}

void CollapsedStep::propose_around_mode() {
  machine_.run_all();
  const Eigen::VectorXd width = widths();
  const ModeSearch search = {[this](const Eigen::VectorXd& x) { return log_density_at(x); },
                             [&](int i, const Eigen::VectorXd&) { return width[i]; }};
  chain_.propose_around_mode(search, here_);
}

void CollapsedStep::operator()(StreamAddress address) {
  const bool warm = chain_.warmup.includes(address.sweep);
  const bool searches = warm && std::has_single_bit(address.sweep);
  if (chain_.asleep || (!chain_.ready && !searches)) {
    if (warm) decide(address.sweep);
    return;
  }
  if (!coordinates_.read(machine_, here_.data())) return;
  coordinates_.values(machine_, values_);
  if (!chain_.ready) propose_around_mode();
  if (chain_.ready) propose(address);
  coordinates_.restore(values_, machine_);
  if (warm) decide(address.sweep);
}

void CollapsedStep::decide(std::uint64_t sweep) {
  chain_.decide(sweep, coordinates_, [this] {
    return chain_.warmup.decide_beside(others_rest_ ? kWhereOthersRest : kOneByOne, kOthers,
                                       step_.shifted.empty() ? kMargin : kMarginOfPart);
  });
}

void CollapsedStep::propose(StreamAddress address) {
  coordinates_.restore(values_, machine_);
  double log_here = log_density_here(), log_proposal_here = chain_.proposal.log_density(here_);
  if (log_here == kNever) return;
  ProposalWarmup& warmup = chain_.warmup;
  const bool recorded = warmup.records(address.sweep);
  if (recorded) warmup.begin(here_);
  address.level = kProposalLevel;
  Random random(address);
  proposed_.draw(chain_.proposal, chain_.proposal.count, random);
  std::uint64_t accepted = 0;
  for (std::size_t k = 0; k < proposed_.count; ++k) {
    proposed_.read(k, there_);
    const double log_there = log_density_at(there_);
    const double log_proposal_there = proposed_.log_proposals[k];
    const double log_ratio = log_there - log_here + log_proposal_here - log_proposal_there;
    if (recorded) warmup.add_ratios(log_here - log_proposal_here, log_there - log_proposal_there);
    if (recorded && warmup.wants_points())
      warmup.add_points(here_, log_here - coordinates_.log_jacobian(here_.data()), there_,
                        log_there - coordinates_.log_jacobian(there_.data()),
                        std::exp(std::min(0.0, log_ratio)));
    if (!(log_ratio >= 0 || std::log(proposed_.uniforms[k]) < log_ratio)) continue;
    ++accepted;
    here_ = there_;
    log_here = log_there;
    log_proposal_here = log_proposal_there;
    coordinates_.values(machine_, values_);
  }
  chain_.end(address.sweep, here_, accepted);
  coordinates_.restore(values_, machine_);
  keep_density(log_here);
}

double CollapsedStep::log_density_here() {
  bool same = known_form_ == coordinates_.form() && known_.size() == read_.size();
  for (std::size_t i = 0; same && i < read_.size(); ++i)
    same = machine_.state().values[static_cast<std::size_t>(read_[i])] == known_[i];
  if (same) return log_known_;
  machine_.run(step_.refresh);
  return log_density(here_);
}

void CollapsedStep::keep_density(double log_density) {
  known_.resize(read_.size());
  for (std::size_t i = 0; i < read_.size(); ++i)
    known_[i] = machine_.state().values[static_cast<std::size_t>(read_[i])];
  known_form_ = coordinates_.form();
  log_known_ = log_density;
}

}  // namespace lmmdsl
