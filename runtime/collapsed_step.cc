#include "runtime/collapsed_step.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

constexpr double kNever = -kInfinity;

/// A proposal takes the stated densities once; the other steps of a sweep, which draw an auxiliary
/// variable for each row, several times as much.
constexpr ProposalCost kOneOfRows = {0, 1, 8};

}  // namespace

CollapsedStep::CollapsedStep(const BoundPlan& bound, Machine& machine, const PlanStep& step,
                             std::uint64_t warmup)
    : bound_(bound),
      machine_(machine),
      step_(step),
      chain_(warmup),
      coordinates_(bound, step.targets, step.integrated),
      here_(coordinates_.dimension()) {}

void CollapsedStep::set_proposal(Proposal proposal) {
  chain_.set(std::move(proposal), coordinates_);
  chain_.often = true;
}

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
    for (std::size_t i = 0; i < size; ++i)
      found[at++] = 1 / std::sqrt(precision(machine_, i / p)[i % p * step]);
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
    if (warm) chain_.decide(address.sweep, kOneOfRows, coordinates_);
    return;
  }
  if (!coordinates_.read(machine_, here_.data())) return;
  coordinates_.values(machine_, values_);
  if (!chain_.ready) propose_around_mode();
  if (chain_.ready) propose(address);
  coordinates_.restore(values_, machine_);
  if (warm) chain_.decide(address.sweep, kOneOfRows, coordinates_);
}

void CollapsedStep::propose(StreamAddress address) {
  coordinates_.restore(values_, machine_);
  machine_.run(step_.refresh);
  double log_here = log_density(here_), log_proposal_here = chain_.proposal.log_density(here_);
  if (log_here == kNever) return;
  ProposalWarmup& warmup = chain_.warmup;
  const bool recorded = warmup.records(address.sweep);
  if (recorded) warmup.begin(here_);
  address.level = kProposalLevel;
  Random random(address);
  proposed_.draw(chain_.proposal, random);
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
}

}  // namespace lmmdsl
