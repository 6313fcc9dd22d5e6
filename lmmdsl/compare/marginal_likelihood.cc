#include "lmmdsl/compare/marginal_likelihood.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "compiler/derive/inline.h"
#include "compiler/math/render.h"
#include "compiler/model/elementwise.h"
#include "compiler/model/hold.h"
#include "lmmdsl/compare/integrable.h"
#include "lmmdsl/compare/integrated.h"
#include "lmmdsl/compare/normalised.h"
#include "runtime/bound_plan.h"
#include "runtime/draw_kind.h"
#include "runtime/machine.h"
#include "runtime/psis.h"
#include "runtime/sizes.h"
#include "runtime/sweep.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::uint32_t kChain = 0x40000000;  // streams apart from those of the chains
constexpr std::uint64_t kWarmup = 500;
constexpr std::size_t kMostCoefficients = 3000;  // their precision is factored as one dense matrix

/// The power of the target that an expression is: sigma^2, 1/sigma^2, inv(Sigma).
std::optional<double> exponent_of(const Expr& e) {
  if (e->op == Op::symbol) return 1;
  if (e->op == Op::power && e->args[0]->op == Op::symbol && e->args[1]->op == Op::number)
    return e->args[1]->number;
  if (e->op == Op::inverse && e->args[0]->op == Op::symbol) return -1;
  return {};
}

/// log |d target^e / d target| at a scalar, or at a covariance matrix (e = -1).
double log_jacobian(double exponent, const Matrix& target) {
  if (exponent == 1) return 0;
  const double log_det = std::log(target.determinant());
  if (target.size() == 1) return std::log(std::abs(exponent)) + (exponent - 1) * log_det;
  return -static_cast<double>(target.rows() + 1) * log_det;
}

/// The parameters that stay, in blocks of which no member's full conditional mentions another.
class Ordinate {
 public:
  Ordinate(const Posterior& p, const std::vector<SymbolId>& parameters, Progress& progress)
      : p_(p),
        progress_(progress),
        model_(p.model()),
        conditionals_(p.bound().program->conditionals) {
    for (const SymbolId s : parameters) {
      const int c = conditional_of(s);
      const auto free = std::find_if(blocks_.begin(), blocks_.end(), [&](const auto& block) {
        return std::none_of(block.begin(), block.end(), [&](int other) {
          return mentions_target(c, other) || mentions_target(other, c);
        });
      });
      if (free == blocks_.end()) blocks_.push_back({c});
      else free->push_back(c);
    }
  }

  /// Empty, or why the conditionals cannot be evaluated.
  std::string refused() const {
    for (const auto& block : blocks_)
      for (const int c : block) {
        const DrawKind kind = draw_kind(*p_.bound().plan, c);
        const Conditional& conditional = conditionals_[static_cast<std::size_t>(c)];
        const std::string name = model_[conditional.target].spelling;
        if (!is_normalised(kind))
          return fmt::format("the normalising constant of the full conditional of {} is not known",
                             name);
        const Density& prior =
            model_.densities[static_cast<std::size_t>(model_[conditional.target].prior)];
        if (!exponent_of(prior.value))
          return fmt::format("the prior of {} is on a scale that is not a power of it", name);
      }
    return {};
  }

  /// A place of high posterior density: medians, and harmonic means of matrices. Medians of
  /// probabilities are made to add up to 1.
  State centre(const std::vector<State>& draws) const {
    State result = draws.front();
    for (const auto& block : blocks_)
      for (const int c : block) {
        const SymbolId s = conditionals_[static_cast<std::size_t>(c)].target;
        std::vector<double>& out = result.values[static_cast<std::size_t>(s)];
        const bool matrix = model_[s].shape.kind == ShapeKind::matrix;
        const auto p = static_cast<Eigen::Index>(draw_kind(*p_.bound().plan, c).p);
        if (!matrix) {
          for (std::size_t i = 0; i < out.size(); ++i) {
            std::vector<double> v;
            for (const State& d : draws) v.push_back(d.values[static_cast<std::size_t>(s)][i]);
            std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2),
                             v.end());
            out[i] = v[v.size() / 2];
          }
          const DrawKind kind = draw_kind(*p_.bound().plan, c);
          if (kind.family == UpdateFamily::dirichlet)
            for (std::size_t e = 0; e < out.size(); e += kind.block()) {
              Eigen::Map<Eigen::VectorXd> shares(out.data() + e, kind.p);
              shares /= shares.sum();
            }
          continue;
        }
        const auto block_size = static_cast<std::size_t>(p * p);
        for (std::size_t e = 0; e < out.size() / block_size; ++e) {
          Matrix sum = Matrix::Zero(p, p);
          for (const State& d : draws)
            sum += Eigen::Map<const Matrix>(
                       d.values[static_cast<std::size_t>(s)].data() + e * block_size, p, p)
                       .inverse();
          const Matrix m = (sum / static_cast<double>(draws.size())).inverse();
          Eigen::Map<Matrix>(out.data() + e * block_size, p, p) = 0.5 * (m + m.transpose());
        }
      }
    return result;
  }

  /// log p(s* | y) on the scales of the priors; with its error and tail shape into `result`. The
  /// draws are `chains` runs of equal length, one after the other.
  bool log_posterior(const std::vector<State>& draws, std::size_t chains, const State& at,
                     MarginalLikelihood& result, double& sum) {
    sum = 0;
    double variance = 0;
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      std::vector<double> terms;
      std::size_t runs = 1;
      if (b == 0) {
        Machine machine(*p_.bound().plan);
        for (const State& d : draws) {
          if (progress_.stop) break;
          terms.push_back(log_terms(machine, d, at, b));
          ++progress_.sweeps;
        }
        runs = chains;
      } else if (!held_run(draws, at, b, terms)) {
        result.refused = "a run with some parameters held fixed failed";
        return false;
      }
      if (progress_.stop) {
        result.refused = "it was stopped";
        return false;
      }
      if (!std::all_of(terms.begin(), terms.end(), [](double x) { return std::isfinite(x); })) {
        result.refused = "a full conditional could not be evaluated at some draws";
        return false;
      }
      const double most = *std::max_element(terms.begin(), terms.end());
      std::vector<double> scaled;
      for (const double x : terms) scaled.push_back(std::exp(x - most));
      const std::size_t length = scaled.size() / runs;
      Chains parts;
      for (std::size_t r = 0; r < runs; ++r) parts.emplace_back(scaled.data() + r * length, length);
      const double average = mean(parts);
      const double error = mcse_mean(parts) / average;
      sum += most + std::log(average);
      if (std::isfinite(error)) variance += error * error;
      double efficiency = ess_mean(parts) / static_cast<double>(scaled.size());
      if (!(efficiency > 0)) efficiency = 1;
      // A single draw that makes the average shows as a heavy tail.
      if (std::isfinite(error)) result.k = std::max(result.k, smooth_weights(terms, efficiency).k);
    }
    result.error = std::sqrt(variance);
    // From the scales of the conditionals to those of the priors.
    for (const auto& block : blocks_)
      for (const int c : block) {
        const Conditional& conditional = conditionals_[static_cast<std::size_t>(c)];
        const Symbol& s = model_[conditional.target];
        const double written =
            *exponent_of(model_.densities[static_cast<std::size_t>(s.prior)].value);
        if (written == conditional.exponent) continue;
        const auto& values = at.values[static_cast<std::size_t>(conditional.target)];
        const Eigen::Index p =
            s.shape.kind == ShapeKind::matrix ? draw_kind(*p_.bound().plan, c).p : 1;
        for (std::size_t i = 0; i < values.size(); i += static_cast<std::size_t>(p * p)) {
          const Matrix T = Eigen::Map<const Matrix>(values.data() + i, p, p);
          sum += log_jacobian(conditional.exponent, T) - log_jacobian(written, T);
        }
      }
    return true;
  }

  std::size_t blocks() const { return blocks_.size(); }

 private:
  int conditional_of(SymbolId s) const {
    for (std::size_t c = 0; c < conditionals_.size(); ++c)
      if (conditionals_[c].target == s) return static_cast<int>(c);
    throw std::logic_error("a parameter without a conditional");
  }

  bool mentions_target(int c, int other) const {
    const SymbolId target = conditionals_[static_cast<std::size_t>(other)].target;
    const auto& parameters = conditionals_[static_cast<std::size_t>(c)].parameters;
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const Expr& e) { return mentions(inline_derived(model_, e), target); });
  }

  /// Log densities of the block at s*, given all else as in a draw.
  double log_terms(Machine& machine, const State& draw, const State& at, std::size_t block) const {
    for (std::size_t v = 0; v < draw.values.size(); ++v)
      std::copy(draw.values[v].begin(), draw.values[v].end(), machine.state().values[v].begin());
    machine.run_all();
    return read_terms(machine, *p_.bound().plan, at, block);
  }

  double read_terms(const Machine& machine, const BoundPlan& plan, const State& at,
                    std::size_t block) const {
    double sum = 0;
    for (const int c : blocks_[block]) {
      const Conditional& conditional = conditionals_[static_cast<std::size_t>(c)];
      const DrawKind kind = draw_kind(plan, c);
      const StepReader read(plan, c);
      const double* target = at.values[static_cast<std::size_t>(conditional.target)].data();
      const std::size_t n = conditional.plate.once() ? 1 : p_.data().plate(conditional.plate).size;
      for (std::size_t e = 0; e < n; ++e)
        sum += normalised_log_density(kind, read(machine, e), target + e * kind.block());
    }
    return sum;
  }

  /// A run in which the blocks before this one are held at s*.
  bool held_run(const std::vector<State>& draws, const State& at, std::size_t block,
                std::vector<double>& terms) const {
    const Program& program = *p_.bound().program;
    std::vector<int> held;
    for (std::size_t b = 0; b < block; ++b)
      held.insert(held.end(), blocks_[b].begin(), blocks_[b].end());
    Schedule schedule = blocked(model_, conditionals_, find_sizes(conditionals_, p_.data()));
    std::erase_if(schedule.steps, [&](const Step& s) {
      return std::find(held.begin(), held.end(), s.targets.front()) != held.end();
    });
    const Plan plan = lower(model_, program.conditionals, schedule);
    const auto bound = bind_plan(model_, plan, p_.bound().data);
    if (!bound) return false;
    Machine machine(**bound);
    State start = draws.back();
    for (const int c : held) {
      const auto s = static_cast<std::size_t>(conditionals_[static_cast<std::size_t>(c)].target);
      start.values[s] = at.values[s];
    }
    for (std::size_t v = 0; v < start.values.size(); ++v)
      std::copy(start.values[v].begin(), start.values[v].end(), machine.state().values[v].begin());
    machine.run_all();
    Sweep sweep(**bound, machine);
    const std::uint64_t sweeps = kWarmup + draws.size();
    for (std::uint64_t t = 1; t <= sweeps && !progress_.stop; ++t, ++progress_.sweeps) {
      if (!sweep({.seed = p_.record().settings.seed,
                  .chain = kChain + static_cast<std::uint32_t>(block),
                  .sweep = t})
               .empty())
        return false;
      if (t <= kWarmup) continue;
      machine.run_all();
      terms.push_back(read_terms(machine, **bound, at, block));
    }
    return true;
  }

  const Posterior& p_;
  Progress& progress_;
  const Model& model_;
  const std::vector<Conditional>& conditionals_;
  std::vector<std::vector<int>> blocks_;
};

/// Why there is none, as far as the model says; empty: there may be.
std::string refused_by_model(const Posterior& p) {
  const Model& model = p.model();
  if (!p.sampled_model().rewrites.empty())
    return fmt::format(
        "{} is sampled with auxiliary variables, of which no draws are kept",
        render(
            model.densities[static_cast<std::size_t>(p.sampled_model().rewrites[0].stated)].value,
            &model));
  for (const Density& d : model.densities) {
    if (d.target >= 0 && is_improper(d.family))
      return fmt::format("the prior of {} is improper", model[d.target].spelling);
    if (d.observed) return "components of a vector response are missing";
  }
  return {};
}

/// Draws used of each chain.
std::size_t draws_of_each(const Posterior& p, std::size_t most) {
  const auto chains = static_cast<std::size_t>(p.draws().chains);
  return std::max<std::size_t>(1, std::min(p.length(), most / chains));
}

}  // namespace

std::uint64_t marginal_steps(const Posterior& p, std::size_t most) {
  if (!refused_by_model(p).empty()) return 0;
  Progress none;
  const Ordinate ordinate(p, integrable(p.model(), p.model().parameters()).others, none);
  if (!ordinate.refused().empty()) return 0;
  const std::uint64_t draws = draws_of_each(p, most) * static_cast<std::size_t>(p.draws().chains);
  const std::uint64_t further = std::max<std::size_t>(1, ordinate.blocks()) - 1;
  return draws + further * (kWarmup + draws);
}

MarginalLikelihood marginal_likelihood(const Posterior& p, std::size_t most, Progress& progress) {
  MarginalLikelihood result;
  const Model& model = p.model();
  result.refused = refused_by_model(p);
  if (!result.refused.empty() || progress.stop) return result;
  const Held held = hold_functions_of_responses(model);
  if (!held.constants.empty())
    result.notes.push_back(
        fmt::format("{} in its priors: computed from the responses, which are so used twice",
                    fmt::join(held.constants, ", ")));
  // Evenly from the chains, as many from each.
  const auto chains = static_cast<std::size_t>(p.draws().chains);
  const std::size_t each = draws_of_each(p, most);
  std::vector<State> draws;
  for (std::size_t c = 0; c < chains; ++c)
    for (std::size_t t = 0; t < each; ++t)
      draws.push_back(p.state_at(static_cast<int>(c), t * p.length() / each));

  Integrable split = integrable(model, model.parameters());
  Ordinate ordinate(p, split.others, progress);
  result.refused = ordinate.refused();
  if (!result.refused.empty()) return result;
  std::size_t coefficients = 0;
  for (const SymbolId c : split.coefficients)
    coefficients += draws.front().values[static_cast<std::size_t>(c)].size();
  if (coefficients > kMostCoefficients) {
    result.refused =
        fmt::format("{} coefficients are too many to be integrated out at once", coefficients);
    return result;
  }
  State at = ordinate.centre(draws);
  IntegratedLikelihood all(model, p.data(), p.evaluator(), split.coefficients, -1, at);
  const IntegratedLikelihood::Mode mode = all.mode(at, 0);
  if (!mode.valid) {
    result.refused = "the coefficients could not be integrated out";
    return result;
  }
  double posterior = 0;
  if (!ordinate.log_posterior(draws, chains, at, result, posterior)) return result;
  result.log_value = p.evaluator().log_joint(at) - mode.half_log_det - posterior;
  if (!std::isfinite(result.log_value)) result.refused = "it could not be computed";
  return result;
}

}  // namespace lmmdsl
