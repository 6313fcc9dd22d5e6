#include "runtime/proposal_warmup.h"

namespace lmmdsl {

namespace {

/// Of so many sweeps of the warm-up at most anything is recorded; points of so many of their
/// proposals.
constexpr std::uint64_t kMostVisited = 1000;
constexpr int kMostRemembered = 2;
/// Proposals are left off where draws of single scales give so many times as much for their cost.
constexpr double kMargin = 1.1;

}  // namespace

std::uint64_t ProposalWarmup::stride() const { return 1 + sweeps_ / kMostVisited; }

void ProposalWarmup::begin(const Eigen::VectorXd& here) {
  if (before_.size() > 0) lags_.add(before_, here);
}

bool ProposalWarmup::wants_points() { return wanted_ > 0 && wanted_-- > 0; }

void ProposalWarmup::add_points(const Eigen::VectorXd& here, double log_here,
                                const Eigen::VectorXd& there, double log_there, double chance) {
  visited_.add(here, log_here, 1 - chance);
  if (chance > 0) visited_.add(there, log_there, chance);
}

void ProposalWarmup::end(std::uint64_t sweep, const Eigen::VectorXd& here, int proposals,
                         std::uint64_t accepted) {
  recent_.proposals += static_cast<std::uint64_t>(proposals);
  recent_.accepted += accepted;
  before_ = here;
  // The first fifth forgets where the chain started.
  wanted_ = sweep + 1 > sweeps_ / 5 && (sweep + 1) % stride() == 0 ? kMostRemembered : 0;
}

bool ProposalWarmup::decides(std::uint64_t sweep) const {
  return sweep == sweeps_ / 2 || sweep == 3 * (sweeps_ / 4) || sweep == sweeps_;
}

ProposalWarmup::Decision ProposalWarmup::decide(const ProposalCost& cost, double others) const {
  const double rate = recent_.rate();
  const RatioRecord::Best best = ratios_.best_count(rate, cost);
  return {rate, best.count, kMargin * lags_.cost(others) < best.cost};
}

ProposalWarmup::Decision ProposalWarmup::decide_beside(const ProposalCost& cost, double others,
                                                       double margin) const {
  const double rate = recent_.rate(), time = lags_.time_of_direction();
  const RatioRecord::Best best = ratios_.best_count(rate, cost, time);
  return {rate, best.count, time * others < margin * best.cost};
}

void ProposalWarmup::forget() {
  recent_ = {};
  ratios_.clear();
  lags_.clear();
  before_.resize(0);
}

}  // namespace lmmdsl
