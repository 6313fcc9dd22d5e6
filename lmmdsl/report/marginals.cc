#include "lmmdsl/report/marginals.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/derive/inline.h"
#include "runtime/bind.h"
#include "runtime/bound_plan.h"
#include "runtime/draw_kind.h"
#include "runtime/machine.h"

namespace lmmdsl {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kDraws = 200;
constexpr std::size_t kMostRowVisits = 4'000'000;  // of long tables fewer draws are looked at
constexpr std::size_t kMostElements = 60;          // of a plate

DensityFunction normal_density(double mean, double variance) {
  if (!(variance > 0) || !std::isfinite(mean)) return nullptr;
  return [=](double x) {
    const double z = (x - mean) * (x - mean) / variance;
    return std::exp(-0.5 * z) / std::sqrt(2 * M_PI * variance);
  };
}

/// What a Normal density is between two bounds. Its mass there is a difference of tails, of those on
/// the side where they are small.
DensityFunction cut_off_normal_density(double mean, double variance, double lower, double upper) {
  const DensityFunction whole = normal_density(mean, variance);
  if (!whole) return nullptr;
  const double sign = lower > mean ? 1 : -1;
  const auto tail = [&](double x) {
    return 0.5 * std::erfc(sign * (x - mean) / std::sqrt(2 * variance));
  };
  const double mass = sign * (tail(lower) - tail(upper));
  if (!(mass > 0)) return nullptr;
  return [=](double x) { return x < lower || x > upper ? 0.0 : whole(x) / mass; };
}

/// Of q = x^power where q is inverse gamma (or, with `gamma`, gamma): the density of x.
DensityFunction positive_density(bool gamma, double shape, double scale, double power) {
  if (!(shape > 0) || !(scale > 0)) return nullptr;
  const double norm = shape * std::log(scale) - std::lgamma(shape);
  return [=](double x) {
    if (!(x > 0)) return 0.0;
    const double q = std::pow(x, power);
    const double log_density =
        gamma ? (shape - 1) * std::log(q) - scale * q : -(shape + 1) * std::log(q) - scale / q;
    return std::exp(norm + log_density) * std::fabs(power) * q / x;
  };
}

/// The average of densities.
DensityFunction mixture(std::vector<DensityFunction> parts) {
  for (const DensityFunction& part : parts)
    if (!part) return nullptr;
  if (parts.empty()) return nullptr;
  return [parts = std::move(parts)](double x) {
    double sum = 0;
    for (const DensityFunction& part : parts) sum += part(x);
    return sum / static_cast<double>(parts.size());
  };
}

/// Columns of one unknown: csv_name of the element and component, and of its square.
std::string entry_name(const Symbol& s, const char* tail, std::size_t element, bool plate,
                       const std::vector<int>& component) {
  std::string name = s.name + tail;
  if (plate) name += "." + std::to_string(element + 1);
  if (!s.shape.is_scalar())
    for (const int k : component) name += "." + std::to_string(k + 1);
  return name;
}

}  // namespace

std::map<std::string, DensityFunction> prior_densities(const Posterior& p) {
  std::map<std::string, DensityFunction> result;
  const Model& model = p.model();
  const std::vector<State> some = p.states(1);
  for (const SymbolId id : model.parameters()) {
    const Symbol& s = model[id];
    const Density& prior = stated_prior(model, id);
    bool constant = prior.plate.once();
    std::vector<MatrixXd> args;
    for (const Expr& a : prior.args) {
      constant = constant && a->plate.once() && is_constant(model, a);
      if (constant) args.push_back(p.evaluator().evaluate(a, some[0], 0));
    }
    if (!constant || args.size() < 2 || prior.ordered) continue;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const auto bound = [&](const Expr& e, double none) {
      return e ? p.evaluator().evaluate(e, some[0], 0)(0) : none;
    };
    const double lower = bound(prior.lower, -kInfinity), upper = bound(prior.upper, kInfinity);
    const bool cut_off = prior.lower || prior.upper;
    const Expr& quantity = prior.value;
    // The quantity of a positive scalar is a power of it: sigma^2, 1/sigma^2.
    double power = 1;
    if (quantity->op == Op::power && quantity->args[1]->op == Op::number)
      power = quantity->args[1]->number;
    const auto add = [&](const std::string& name, DensityFunction f) {
      if (f) result[name] = std::move(f);
    };
    if (prior.family == FamilyId::normal && quantity->op == Op::symbol) {
      const Eigen::Index n =
          s.shape.is_scalar() ? 1 : p.evaluator().evaluate(quantity, some[0], 0).size();
      for (Eigen::Index k = 0; k < n; ++k)
        add(entry_name(s, "", 0, false, {static_cast<int>(k)}),
            cut_off_normal_density(
                args[0].size() == n ? args[0](k) : args[0](0),
                args[1].rows() == n && args[1].cols() == n ? args[1](k, k) : args[1](0), lower,
                upper));
    } else if (s.shape.is_scalar() && !cut_off &&
               (prior.family == FamilyId::inverse_gamma || prior.family == FamilyId::gamma ||
                prior.family == FamilyId::scaled_inverse_chi_square)) {
      const bool gamma = prior.family == FamilyId::gamma;
      const bool chi = prior.family == FamilyId::scaled_inverse_chi_square;
      const double a = chi ? args[0](0) / 2 : args[0](0);
      const double b = chi ? args[0](0) * args[1](0) / 2 : args[1](0);
      add(entry_name(s, "", 0, false, {}), positive_density(gamma, a, b, power));
      add(entry_name(s, "^2", 0, false, {}), positive_density(gamma, a, b, power / 2));
    } else if (prior.family == FamilyId::inverse_wishart || prior.family == FamilyId::wishart) {
      // A variance in an inverse Wishart is inverse gamma ((df - p + 1) / 2, S_kk / 2).
      const bool of_inverse = quantity->op == Op::inverse;
      const bool wishart = prior.family == FamilyId::wishart;
      if (wishart != of_inverse) continue;
      const MatrixXd S = wishart ? MatrixXd(args[1].inverse()) : args[1];
      const double d = static_cast<double>(S.rows());
      for (Eigen::Index k = 0; k < S.rows(); ++k)
        add(entry_name(s, "", 0, false, {static_cast<int>(k), static_cast<int>(k)}),
            positive_density(false, (args[0](0) - d + 1) / 2, S(k, k) / 2, 1));
    }
  }
  return result;
}

std::map<std::string, DensityFunction> posterior_densities(const Posterior& p) {
  const BoundPlan& bound = *p.bound().plan;
  const Model& model = p.model();
  if (bound.missing_responses > 0) return {};  // drawn values of theirs are not in the draws
  const std::size_t most =
      std::min(kDraws, kMostRowVisits / std::max<std::size_t>(p.data().rows(), 1));
  if (most < 20) return {};
  std::map<std::string, std::vector<DensityFunction>> parts;
  Machine machine(bound);
  for (const State& state : p.states(most)) {
    for (std::size_t v = 0; v < state.values.size(); ++v)
      if (!state.values[v].empty())
        std::copy(state.values[v].begin(), state.values[v].end(),
                  machine.parameter(static_cast<SymbolId>(v)));
    machine.run_all();
    for (std::size_t k = 0; k < bound.plan->conditionals.size(); ++k) {
      const Conditional& c = bound.plan->conditionals[k];
      if (reads_auxiliary(p.sampled_model(), c)) continue;
      const int number = static_cast<int>(k);
      const DrawKind kind = draw_kind(bound, number);
      if (kind.truncated) continue;
      const Symbol& s = model[c.target];
      const StepReader read(bound, number);
      const std::size_t elements = c.plate.once() ? 1 : p.data().plate(c.plate).size;
      const bool plate = !c.plate.once();
      for (std::size_t e = 0; e < std::min(elements, kMostElements); ++e) {
        const StepParameters at = read(machine, e);
        const int d = kind.p;
        if (c.family == UpdateFamily::normal) {
          const Eigen::Map<const MatrixXd> P(at[0], d, d);
          const Eigen::Map<const VectorXd> h(at[1], d);
          const MatrixXd V = P.inverse();
          const VectorXd mean = V * h;
          for (int k = 0; k < d; ++k)
            parts[entry_name(s, "", e, plate, {k})].push_back(normal_density(mean(k), V(k, k)));
        } else if (kind.scalar &&
                   (c.family == UpdateFamily::inverse_gamma || c.family == UpdateFamily::gamma)) {
          const bool gamma = c.family == UpdateFamily::gamma;
          parts[entry_name(s, "", e, plate, {})].push_back(
              positive_density(gamma, *at[0], *at[1], c.exponent));
          parts[entry_name(s, "^2", e, plate, {})].push_back(
              positive_density(gamma, *at[0], *at[1], c.exponent / 2));
        } else if ((c.family == UpdateFamily::inverse_wishart && c.exponent == 1) ||
                   (c.family == UpdateFamily::wishart && c.exponent == -1)) {
          const Eigen::Map<const MatrixXd> S(at[1], d, d);
          for (int k = 0; k < d; ++k)
            parts[entry_name(s, "", e, plate, {k, k})].push_back(
                positive_density(false, (*at[0] - d + 1) / 2, S(k, k) / 2, 1));
        }
      }
    }
  }
  std::map<std::string, DensityFunction> result;
  for (auto& [name, densities] : parts)
    if (DensityFunction f = mixture(std::move(densities))) result[name] = std::move(f);
  return result;
}

}  // namespace lmmdsl
