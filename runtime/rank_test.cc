#include "runtime/rank_test.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/math/render.h"
#include "runtime/initial.h"
#include "runtime/parts.h"
#include "runtime/renewed_plan.h"
#include "runtime/simulate.h"
#include "runtime/sweep.h"

namespace lmmdsl {

namespace {

/// What is ranked, and where its value is read.
class Quantities {
 public:
  explicit Quantities(const BoundPlan& bound) {
    for (std::size_t j = 0; j < bound.sources.size(); ++j) {
      const ColumnSource& source = bound.sources[j];
      const Column& column = bound.columns[j];
      if (source.value < 0 || source.square || source.predicted >= 0 || column.auxiliary) continue;
      const SymbolId id = bound.plan->values[source.value].parameter;
      if (id < 0 || is_twin((*bound.model)[id], column)) continue;
      scalars_.push_back({source.value, source.offset});
      names_.push_back(column.name);
    }
    const auto likelihoods =
        std::count_if(bound.model->densities.begin(), bound.model->densities.end(),
                      [](const Density& d) { return d.response >= 0; });
    for (const auto& [density, value] : bound.plan->log_densities) {
      const Density& d = bound.model->densities[density];
      densities_.push_back({value, d.response >= 0, d.response < 0 || likelihoods > 1});
      if (densities_.back().shown) names_.push_back("log p(" + render(d.value, bound.model) + ")");
    }
    names_.push_back("log likelihood");
    names_.push_back("log joint");
  }

  const std::vector<std::string>& names() const { return names_; }
  std::size_t scalars() const { return scalars_.size(); }  ///< those of parameters come first

  void read(const Machine& machine, std::vector<double>& out) const {
    out.clear();
    for (const auto& [value, offset] : scalars_) out.push_back(machine.value(value)[offset]);
    double joint = 0, likelihood = 0;
    for (const DensityValue& d : densities_) {
      const double log_density = *machine.value(d.value);
      if (d.shown) out.push_back(log_density);
      joint += log_density;
      if (d.likelihood) likelihood += log_density;
    }
    out.push_back(likelihood);
    out.push_back(joint);
  }

 private:
  struct DensityValue {
    int value;
    bool likelihood;
    bool shown;  ///< by itself, besides the sums
  };

  /// The entry of a symmetric matrix that stands in the other triangle, too.
  static bool is_twin(const Symbol& symbol, const Column& column) {
    const std::size_t n = column.index.size();
    return symbol.symmetric && n >= 2 && column.index[n - 2] > column.index[n - 1];
  }

  std::vector<std::pair<int, std::size_t>> scalars_;
  std::vector<DensityValue> densities_;
  std::vector<std::string> names_;
};

/// Counts of ranks, from the replicates of one thread.
struct Tally {
  std::vector<std::vector<int>> counts;  ///< by quantity and rank
  std::vector<char> moved;               ///< by scalar
  int replicates = 0;
  std::string failure;

  Tally(std::size_t quantities, std::size_t scalars, int states)
      : counts(quantities, std::vector<int>(states, 0)), moved(scalars, 0) {}

  void add(const Tally& other) {
    for (std::size_t q = 0; q < counts.size(); ++q)
      for (std::size_t k = 0; k < counts[q].size(); ++k) counts[q][k] += other.counts[q][k];
    for (std::size_t q = 0; q < moved.size(); ++q) moved[q] |= other.moved[q];
    replicates += other.replicates;
    if (failure.empty()) failure = other.failure;
  }
};

/// Proposals of the marginal and collapsed steps, by step of the plan.
using Proposals = std::vector<std::optional<Proposal>>;

constexpr std::uint64_t kWarmup = 300;

/// Found on the data of the plan. `failure` says why not.
Proposals find_proposals(const BoundPlan& plan, std::uint64_t seed, std::string& failure) {
  Proposals found(plan.plan->steps.size());
  const auto proposes = [](const PlanStep& s) { return s.proposal.has_value(); };
  if (std::none_of(plan.plan->steps.begin(), plan.plan->steps.end(), proposes)) return found;
  Machine machine(plan);
  if (!start(plan, machine, seed, 0, failure)) return found;
  machine.run_all();
  Sweep sweep(plan, machine, kWarmup);
  for (std::uint64_t s = 1; s <= kWarmup && failure.empty(); ++s)
    failure = sweep({.seed = seed, .chain = 0, .sweep = s});
  for (std::size_t s = 0; s < found.size() && failure.empty(); ++s) {
    if (!proposes(plan.plan->steps[s])) continue;
    const Proposal* proposal = sweep.proposal(s);
    if (!proposal && plan.plan->steps[s].collapsed) continue;  // it is left out then
    if (!proposal) {
      failure = "a marginal step found no proposal";
      return found;
    }
    found[s] = *proposal;
    found[s]->L *= 2;
  }
  return found;
}

/// The streams of one replicate, of fewer than 2^28: by what they are for, and a number.
enum class Use : std::uint32_t {
  joint_draw,
  place,
  forward,
  backward,
  forward_data,
  backward_data
};

/// Sweeps in one order of steps.
struct Direction {
  const BoundPlan& plan;
  std::unique_ptr<RenewedPlan> renewed;  ///< with the current responses
};

class Replicates {
 public:
  Replicates(const BoundPlan& plan, const BoundPlan& backward, const Quantities& quantities,
             const Proposals& proposals, const RankSettings& settings, Progress& progress)
      : forward_{plan, nullptr},
        backward_{backward, nullptr},
        simulator_(Simulator::make(*plan.model, plan.data)),
        quantities_(quantities),
        proposals_(proposals),
        settings_(settings),
        progress_(progress),
        tally_(quantities.names().size(), quantities.scalars(), settings.states) {}

  const Tally& tally() const { return tally_; }

  void run(std::uint32_t replicate) {
    replicate_ = replicate;
    const JointDraw first = simulator_->draw(stream(Use::joint_draw, 0));
    if (!first.failure.empty()) return fail(first.failure);
    place_ = Random(stream(Use::place, 0)).bits() % static_cast<std::uint64_t>(settings_.states);
    const int before = static_cast<int>(place_);
    below_.assign(quantities_.names().size(), 0);
    equal_.assign(quantities_.names().size(), 0);
    if (!go(first, forward_, Use::forward, settings_.states - 1 - before)) return;
    if (!go(first, backward_, Use::backward, before)) return;
    Random ties(stream(Use::place, 1));
    for (std::size_t q = 0; q < below_.size(); ++q) {
      const int rank = below_[q] + static_cast<int>(ties.bits() % (equal_[q] + 1u));
      ++tally_.counts[q][rank];
    }
    ++tally_.replicates;
  }

 private:
  StreamAddress stream(Use use, std::uint64_t number) const {
    const std::uint32_t test = settings_.new_responses ? 1 : 0;
    return {.seed = settings_.seed,
            .chain = test << 31 | static_cast<std::uint32_t>(use) << 28 | replicate_,
            .sweep = number};
  }

  void fail(const std::string& what) { tally_.failure = what; }

  /// The states on one side of the first, which are compared with it.
  bool go(const JointDraw& first, Direction& direction, Use use, int states) {
    current_ = first.state;
    if (!bind(direction, first.responses, stream(Use::place, 2))) return false;
    read(start_);
    last_ = start_;
    const bool backward = use == Use::backward;
    // Counted from the first state of the chain, as some steps are not made in every sweep: which
    // they are must not depend on the place of the state that is ranked.
    const auto thin = static_cast<std::uint64_t>(settings_.thin);
    std::uint64_t transition = backward ? place_ * thin - 1 : place_ * thin;
    for (int s = 0; s < states; ++s) {
      for (int t = 0; t < settings_.thin; ++t, backward ? --transition : ++transition) {
        if (settings_.new_responses && backward &&
            !renew(direction, Use::backward_data, transition))
          return false;
        const std::string failure = (*sweep_)(stream(use, transition));
        if (!failure.empty()) return fail(failure), false;
        if (settings_.new_responses && !backward &&
            !renew(direction, Use::forward_data, transition))
          return false;
      }
      progress_.sweeps.fetch_add(static_cast<std::uint64_t>(settings_.thin),
                                 std::memory_order_relaxed);
      machine_->run_all();
      compare();
    }
    return true;
  }

  /// New responses given the current parameters.
  bool renew(Direction& direction, Use use, std::uint64_t transition) {
    current_ = machine_->state();
    const JointDraw drawn = simulator_->responses(current_, stream(use, transition));
    if (!drawn.failure.empty()) return fail(drawn.failure), false;
    return bind(direction, drawn.responses, stream(use, transition));
  }

  /// The current parameters with these responses, auxiliary variables of these drawn anew.
  bool bind(Direction& direction, const ColumnValues& responses, StreamAddress address) {
    sweep_.reset();
    if (direction.renewed) direction.renewed->renew(responses);
    else direction.renewed = std::make_unique<RenewedPlan>(direction.plan, responses);
    bound_ = &direction.renewed->bound();
    machine_ = &direction.renewed->machine();
    for (const SymbolId p : bound_->model->unknowns())
      std::copy(current_.values[p].begin(), current_.values[p].end(), machine_->parameter(p));
    machine_->run_all();
    if (!draw_auxiliaries(address)) return false;
    sweep_ = std::make_unique<Sweep>(*bound_, *machine_);
    const std::vector<PlanStep>& steps = bound_->plan->steps;
    const std::vector<PlanStep>& forward = forward_.plan.plan->steps;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const auto same = std::find_if(forward.begin(), forward.end(), [&](const PlanStep& f) {
        return f.targets == steps[s].targets && f.marginal == steps[s].marginal &&
               f.collapsed == steps[s].collapsed;
      });
      const auto& proposal = proposals_[static_cast<std::size_t>(same - forward.begin())];
      if (proposal) sweep_->set_proposal(s, *proposal);
    }
    return true;
  }

  /// From their full conditionals, which are those given the parameters and the responses: one for
  /// each response.
  bool draw_auxiliaries(StreamAddress address) {
    constexpr std::uint32_t kFirstStep = 0x30000;  // streams apart from those of simulated data
    for (std::size_t c = 0; c < bound_->plan->conditionals.size(); ++c) {
      const SymbolId target = bound_->plan->conditionals[c].target;
      const auto& rewrites = bound_->model->rewrites;
      const bool has_none = std::any_of(rewrites.begin(), rewrites.end(), [&](const Rewrite& r) {
        return simulated_as_stated(*bound_->model, r) && r.auxiliaries.front() == target;
      });
      if (!has_none) continue;
      // Where a collapsed step may leave them out of a sweep (sweep.h) they may be missing here,
      // too. The ranks are then no longer exact, for this replicate alone.
      const auto& steps = bound_->plan->steps;
      const bool spare = std::any_of(steps.begin(), steps.end(), [&](const PlanStep& s) {
        return s.spare && s.targets.front() == static_cast<int>(c);
      });
      const DrawKind kind = draw_kind(*bound_, static_cast<int>(c));
      const StepReader parameters(*bound_, static_cast<int>(c));
      double* out = machine_->parameter(target);
      const std::size_t elements = machine_->state().values[target].size() / kind.block();
      address.step = kFirstStep + static_cast<std::uint32_t>(c);
      for (std::size_t e = 0; e < elements; ++e) {
        address.level = static_cast<std::uint32_t>(e);
        Random random(address);
        if (draw(kind, parameters(*machine_, e), random, out + e * kind.block()) || spare) continue;
        const Plate& plate = bound_->plan->conditionals[c].plate;
        fail("the full conditional of `" + (*bound_->model)[target].spelling + "` at " +
             describe_element(*bound_->data, plate, e) + " cannot be drawn from");
        return false;
      }
      machine_->run_all();
    }
    return true;
  }

  void read(std::vector<double>& out) const { quantities_.read(*machine_, out); }

  void compare() {
    read(now_);
    for (std::size_t q = 0; q < now_.size(); ++q) {
      below_[q] += now_[q] < start_[q];
      equal_[q] += now_[q] == start_[q];
    }
    for (std::size_t q = 0; q < tally_.moved.size(); ++q) tally_.moved[q] |= now_[q] != last_[q];
    last_.swap(now_);
  }

  Direction forward_, backward_;
  const Result<Simulator> simulator_;
  const Quantities& quantities_;
  const Proposals& proposals_;  ///< by step of the plan
  const RankSettings& settings_;
  Progress& progress_;
  Tally tally_;
  std::uint32_t replicate_ = 0;
  std::uint64_t place_ = 0;  ///< of the state that is ranked, in the chain
  State current_;
  const BoundPlan* bound_ = nullptr;  ///< of the current direction
  Machine* machine_ = nullptr;
  std::unique_ptr<Sweep> sweep_;
  std::vector<double> start_, now_, last_;
  std::vector<int> below_, equal_;  ///< states less than, and equal to, the first
};

/// The bound on P(D > d), D from cumulated counts against the cumulated law.
double bound_on_p(double distance, double n) {
  return std::min(1.0, 2 * std::exp(-2 * n * distance * distance));
}

}  // namespace

double rank_p_value(const std::vector<int>& counts) {
  const std::size_t states = counts.size();
  double n = 0;
  for (const int c : counts) n += c;
  if (n == 0) return 1;
  double sum = 0, distance = 0;
  for (std::size_t k = 0; k < states; ++k) {
    sum += counts[k];
    distance = std::max(distance, std::abs(sum / n - static_cast<double>(k + 1) / states));
  }
  // From both ends inwards: the law of the distance from the middle.
  double outer = 0, folded = 0;
  for (std::size_t k = 0; 2 * k + 1 < states; ++k) {
    outer += counts[k] + counts[states - 1 - k];
    folded = std::max(folded, std::abs(outer / n - 2 * static_cast<double>(k + 1) / states));
  }
  return std::min(1.0, 2 * std::min(bound_on_p(distance, n), bound_on_p(folded, n)));
}

std::uint64_t sweeps_of(const RankSettings& s) {
  return static_cast<std::uint64_t>(s.replicates) * static_cast<std::uint64_t>(s.states - 1) *
         static_cast<std::uint64_t>(s.thin);
}

Result<RankResult> rank_test(const BoundPlan& plan, const BoundPlan& backward,
                             const RankSettings& settings, Progress& progress) {
  const Result<Simulator> possible = Simulator::make(*plan.model, plan.data);
  if (!possible) return possible.diagnostics;
  const Quantities quantities(plan);
  std::string no_proposal;
  const Proposals proposals = find_proposals(plan, settings.seed, no_proposal);
  if (!no_proposal.empty())
    return plain_error(ExitCode::numerical, "on these data, " + no_proposal,
                       "--schedule blocked has no marginal steps");
  std::vector<std::unique_ptr<Replicates>> by_thread(
      static_cast<std::size_t>(std::max(1, settings.threads)));
  std::atomic<bool> failed{false};
  for_each_part(static_cast<std::size_t>(settings.replicates), static_cast<int>(by_thread.size()),
                [&](std::size_t r, std::size_t thread) {
                  if (progress.stop || failed) return;
                  std::unique_ptr<Replicates>& own = by_thread[thread];
                  if (!own)
                    own = std::make_unique<Replicates>(plan, backward, quantities, proposals,
                                                       settings, progress);
                  own->run(static_cast<std::uint32_t>(r));
                  if (!own->tally().failure.empty()) failed = true;
                });
  Tally total(quantities.names().size(), quantities.scalars(), settings.states);
  for (const auto& own : by_thread)
    if (own) total.add(own->tally());
  RankResult result;
  result.replicates = total.replicates;
  result.interrupted = progress.stop;
  if (!total.failure.empty()) {
    result.failure = plain_error(ExitCode::numerical, "with simulated data, " + total.failure,
                                 "priors with a narrower range of values simulate reasonable data");
  }
  for (std::size_t q = 0; q < quantities.names().size(); ++q) {
    result.quantities.push_back(
        {quantities.names()[q], total.counts[q], rank_p_value(total.counts[q]),
         q >= quantities.scalars() || total.moved[q] || total.replicates == 0});
  }
  return result;
}

}  // namespace lmmdsl
