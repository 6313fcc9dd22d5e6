#include "runtime/independence_chain.h"

#include <algorithm>
#include <cmath>

#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

/// With fewer proposals accepted than this in the last quarter of the warm-up, none are made after.
constexpr double kLeastAcceptance = 0.02;
/// Where a proposal is accepted in more sweeps than this, other steps may rest (sweep.h).
constexpr double kOften = 0.6;
/// With fewer proposals accepted than this, interweaving steps no longer rest.
constexpr double kPoor = 0.1;

}  // namespace

void IndependenceChain::set(Proposal given, ScaleCoordinates& coordinates) {
  proposal = std::move(given);
  coordinates.use(proposal.form);
  ready = true;
}

void IndependenceChain::propose_around_mode(const ModeSearch& search, Eigen::VectorXd point) {
  ModeSearch until_stopped = search;
  until_stopped.log_density = [&](const Eigen::VectorXd& x) {
    return stop && *stop ? -kInfinity : search.log_density(x);
  };
  if (!find_mode(until_stopped, point, warmup.curvature)) return;
  const Eigen::LLT<Eigen::MatrixXd> llt(warmup.curvature);
  if (llt.info() != Eigen::Success) return;
  proposal.mean = point;
  proposal.L = llt.matrixL();
  ready = true;
}

bool IndependenceChain::often_accepted(const ProposalWarmup::Decision& found) {
  return 1 - std::pow(1 - found.rate, found.count) > kOften;
}

bool IndependenceChain::decide(std::uint64_t sweep, ScaleCoordinates& coordinates,
                               const std::function<ProposalWarmup::Decision()>& how) {
  if (asleep) return false;
  if (!ready) {
    if (warmup.ends_with(sweep)) asleep = acceptance.interweaved = true;
    return false;
  }
  if (!warmup.decides(sweep)) return false;
  const ProposalWarmup::Decision found = how();
  warmup.forget();
  proposal.count = found.count;
  if (warmup.ends_with(sweep)) {
    acceptance.given_up = found.rate < kLeastAcceptance;
    acceptance.interweaved = found.rate < kPoor;
    acceptance.not_needed = !acceptance.interweaved && found.not_needed;
    asleep = acceptance.given_up || acceptance.not_needed;
    ready = !asleep;
    often = ready && often_accepted(found);
  }
  return warmup.renew(coordinates, proposal);
}

void IndependenceChain::end(std::uint64_t sweep, const Eigen::VectorXd& here,
                            std::uint64_t accepted, bool walks, bool walked) {
  rejections_ = accepted > 0 || walked ? 0 : rejections_ + 1;
  if (warmup.includes(sweep)) {
    warmup.end(sweep, here, proposal.count, accepted);
    return;
  }
  acceptance.proposals += static_cast<std::uint64_t>(proposal.count);
  acceptance.accepted += accepted;
  acceptance.walks += walks ? 1 : 0;
  acceptance.walks_accepted += walked ? 1 : 0;
  acceptance.longest_run = std::max(acceptance.longest_run, rejections_);
}

}  // namespace lmmdsl
