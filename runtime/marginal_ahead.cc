// Steps of several sweeps side by side, of a marginal step whose scales nothing else draws
// meanwhile.
#include <cmath>

#include "runtime/marginal_step.h"
#include "runtime/random_block.h"

namespace lmmdsl {

bool MarginalStep::look_ahead(StreamAddress address) {
  const std::uint64_t last = (address.sweep + kAhead - 1) / kAhead * kAhead;
  const bool begun = ahead_.last == last;
  if (begun && coordinates_.same(machine_, known_)) return true;
  const std::size_t from = static_cast<std::size_t>(address.sweep + kAhead - 1 - last);
  if (begun) known_.clear();  // here_ is where the block would have ended
  ahead_.last = 0;
  if (!know_here()) return false;
  address.sweep = last;
  address.level = kAheadLevel;
  Random random(address);
  walk_ahead(from, random);

  const auto inside = coordinates_.write(ahead_.chosen.data(), *trials_);
  ahead_.drawn = true;
  for (std::size_t k = 0; k < kAhead; ++k) {
    if (ahead_.moved[k]) ahead_.drawn = ahead_.drawn && inside[k] == 1;
    else coordinates_.copy(machine_, *trials_, k);  // as they are, to the last bit
  }
  trials_->run();
  address.level = kAfterAheadLevel;
  Random noise(address);
  ahead_.z.resize(states_->size());
  ahead_.coefficients.resize(states_->size());
  normals(noise, states_->size(), ahead_.z.data());
  ahead_.drawn =
      ahead_.drawn && states_->draw(*trials_, ahead_.z.data(), ahead_.coefficients.data());
  ahead_.last = last;
  return true;
}

void MarginalStep::walk_ahead(std::size_t from, Random& random) {
  const std::size_t count = static_cast<std::size_t>(chain_.proposal.count);
  const std::size_t d = static_cast<std::size_t>(coordinates_.dimension());
  ahead_.points.resize(count);
  ahead_.log_densities.resize(count);
  for (std::size_t j = 0; j < count; ++j) {
    proposed_points_.draw(chain_.proposal, kAhead, random);
    if (!know_trials()) {
      for (std::size_t k = 0; k < kAhead; ++k) {
        proposed_points_.read(k, there_);
        log_there_[k] = log_marginal_at(there_, *proposed_);
      }
    }
    ahead_.points[j] = proposed_points_;
    ahead_.log_densities[j] = log_there_;
  }
  ahead_.chosen.resize(d * kAhead);
  bool moved = false;
  for (std::size_t k = 0; k < kAhead; ++k) {
    ahead_.accepted[k] = 0;
    for (std::size_t j = 0; k >= from && j < count; ++j) {
      const ProposedPoints& proposed = ahead_.points[j];
      const double log_there = ahead_.log_densities[j][k];
      const double log_ratio =
          log_there - log_here_ + log_proposal_here_ - proposed.log_proposals[k];
      if (!(log_ratio >= 0 || std::log(proposed.uniforms[k]) < log_ratio)) continue;
      proposed.read(k, here_);
      log_here_ = log_there;
      log_proposal_here_ = proposed.log_proposals[k];
      ++ahead_.accepted[k];
      moved = true;
    }
    ahead_.moved[k] = moved;
    for (std::size_t i = 0; i < d; ++i)
      ahead_.chosen[i * kAhead + k] = here_[static_cast<Eigen::Index>(i)];
  }
}

bool MarginalStep::take_ahead(const StreamAddress& address) {
  const std::size_t k = static_cast<std::size_t>(address.sweep + kAhead - 1 - ahead_.last);
  if (ahead_.drawn) {
    coordinates_.copy(*trials_, k, machine_);
  } else {
    coordinates_.copy(machine_, *apart_);
    for (std::size_t i = 0; i < static_cast<std::size_t>(there_.size()); ++i)
      there_[static_cast<Eigen::Index>(i)] = ahead_.chosen[i * kAhead + k];
    if (ahead_.moved[k] && !coordinates_.write(there_.data(), *apart_)) return false;
    apart_->run(read_by_block_);
    if (!block_->factor(*apart_, *current_)) return false;
    coordinates_.copy(*apart_, machine_);
  }
  coordinates_.values(machine_, known_);
  chain_.end(address.sweep, here_, ahead_.accepted[k]);
  if (ahead_.drawn) states_->write(ahead_.coefficients.data(), k, machine_);
  return true;
}

}  // namespace lmmdsl
