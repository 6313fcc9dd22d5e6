#include "lmmdsl/proper_priors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "grammar/one_line.h"
#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/machine.h"
#include "runtime/sweep.h"

namespace lmmdsl {

namespace {

constexpr int kShortChains = 2, kShortWarmup = 200, kShortSweeps = 300;
constexpr double kWidestPrior = 1000;  // sd of a Normal prior over the scale of the posterior

/// A number with three digits: 1970, 0.0479.
std::string three_digits(double x) {
  if (x == 0 || !std::isfinite(x)) return fmt::format("{}", x);
  const int digits = 2 - static_cast<int>(std::floor(std::log10(std::abs(x))));
  if (digits > 0) return fmt::format("{}", std::stod(fmt::format("{:.3g}", x)));
  return fmt::format("{:.0f}", std::stod(fmt::format("{:.2e}", x)));
}

/// "[1; 2; 3]", or "1" of a scalar.
std::string vector_text(const std::vector<double>& x, bool scalar) {
  if (scalar) return three_digits(x.front());
  std::string text;
  for (const double v : x) text += (text.empty() ? "[" : "; ") + three_digits(v);
  return text + "]";
}

/// "diag(1, 2, 3)", or "1" of a scalar.
std::string diagonal_text(const std::vector<double>& x, bool scalar) {
  if (scalar) return three_digits(x.front());
  std::string text;
  for (const double v : x) text += (text.empty() ? "diag(" : ", ") + three_digits(v);
  return text + ")";
}

/// Where the unknowns are, from short chains: of each number of an element, over elements and
/// draws.
struct Location {
  std::vector<double> mean, variance;
  double log_mean = 0;  ///< of the first number; of positive scalars
};

class ShortChains {
 public:
  explicit ShortChains(const Bound& bound) : bound_(bound), sums_(model().symbols.size()) {}

  /// Empty, or why the sampler cannot be run.
  std::string run(std::uint64_t seed) {
    for (std::uint32_t chain = 0; chain < kShortChains; ++chain) {
      Machine machine(*bound_.plan);
      std::string failure;
      if (!start(*bound_.plan, machine, seed, chain, failure)) return failure;
      machine.run_all();
      Sweep sweep(*bound_.plan, machine);
      for (std::uint64_t s = 1; s <= kShortWarmup + kShortSweeps; ++s) {
        failure = sweep({.seed = seed, .chain = chain, .sweep = s});
        if (!failure.empty()) return failure;
        if (s > kShortWarmup) add(machine.state());
      }
    }
    return {};
  }

  Location location(SymbolId p, std::size_t block) const {
    const Sums& s = sums_[p];
    Location result;
    result.mean.assign(block, 0);
    result.variance.assign(block, 0);
    const double n = static_cast<double>(s.draws * (s.first.size() / block));
    for (std::size_t i = 0; i < s.first.size(); ++i) {
      result.mean[i % block] += s.first[i] / n;
      result.variance[i % block] += s.second[i] / n;
      result.log_mean += s.logarithm[i] / (n * static_cast<double>(block));
    }
    for (std::size_t j = 0; j < block; ++j) {
      double& v = result.variance[j];
      v -= result.mean[j] * result.mean[j];
      if (!(v > 0)) v = 1;
    }
    return result;
  }

 private:
  struct Sums {
    std::vector<double> first, second, logarithm;
    std::size_t draws = 0;
  };

  const Model& model() const { return *bound_.program->model; }

  void add(const State& state) {
    for (const SymbolId p : model().parameters()) {
      const std::vector<double>& x = state.values[p];
      Sums& s = sums_[p];
      s.first.resize(x.size(), 0);
      s.second.resize(x.size(), 0);
      s.logarithm.resize(x.size(), 0);
      for (std::size_t i = 0; i < x.size(); ++i) {
        s.first[i] += x[i];
        s.second[i] += x[i] * x[i];
        s.logarithm[i] += x[i] > 0 ? std::log(x[i]) : 0;
      }
      ++s.draws;
    }
  }

  const Bound& bound_;
  std::vector<Sums> sums_;
};

class ProperPriors {
 public:
  ProperPriors(const Bound& bound, std::uint64_t seed)
      : bound_(bound),
        model_(*bound.program->model),
        oracle_(model_, *bound.data),
        chains_(bound),
        seed_(seed) {}

  Result<ProperModel> run() {
    std::vector<std::pair<Span, std::string>> changes;
    ProperModel result;
    const std::string failure = chains_.run(seed_);
    if (!failure.empty())
      return plain_error(ExitCode::numerical, "the sampler stops on these data: " + failure);
    for (const Conditional& c : bound_.program->conditionals) {
      const Density& prior = model_.densities[model_[c.target].prior];
      Result<std::string> statement = replacement(c, prior);
      if (!statement) return statement.diagnostics;
      if (statement->empty()) continue;
      changes.emplace_back(prior.span, *statement);
      result.replaced.push_back({one_line(model_.source->slice(prior.span)), *statement});
    }
    std::string text(model_.source->text());
    std::sort(changes.begin(), changes.end(),
              [](const auto& a, const auto& b) { return a.first.begin > b.first.begin; });
    for (const auto& [span, statement] : changes)
      text.replace(span.begin, span.end - span.begin, statement);
    result.source = std::make_shared<const Source>(model_.source->name(), std::move(text));
    return result;
  }

 private:
  bool scalar(const Conditional& c) const { return model_[c.target].shape.is_scalar(); }

  int rows(const Conditional& c) const {
    return scalar(c) ? 1 : bound_.data->length(model_[c.target].shape.rows);
  }

  Location location(const Conditional& c) const {
    const bool matrix = model_[c.target].shape.kind == ShapeKind::matrix;
    const auto p = static_cast<std::size_t>(rows(c));
    return chains_.location(c.target, matrix ? p * p : p);
  }

  /// The constant value of an argument in its first element; nothing where it has none.
  std::optional<Eigen::MatrixXd> constant(const Expr& e) const {
    if (!is_constant(model_, e)) return std::nullopt;
    return oracle_.evaluate(e, State{}, 0);
  }

  /// What the prior is on, as the text has it: sigma^2, 1/tau[g], inv(Sigma).
  std::optional<std::string> left_side(const Conditional& c) const {
    std::string name = model_[c.target].spelling;
    const char* separator = "[";
    for (const SymbolId f : model_[c.target].plate.factors) {
      name += separator + model_[f].spelling;
      separator = ", ";
    }
    if (!model_[c.target].plate.factors.empty()) name += "]";
    if (c.exponent == 1) return name;
    if (!scalar(c)) return "inv(" + name + ")";
    if (c.exponent == 2) return name + "^2";
    if (c.exponent == -1) return "1/" + name;
    if (c.exponent == -2) return "1/" + name + "^2";
    return std::nullopt;
  }

  std::string text_of(const Expr& e) const { return std::string(model_.source->slice(e->span)); }

  /// ", lower = 0, upper = 1": where a prior is cut off.
  std::string bounds_text(const Density& prior) const {
    std::string text;
    if (prior.lower) text += ", lower = " + text_of(prior.lower);
    if (prior.upper) text += ", upper = " + text_of(prior.upper);
    return text;
  }

  /// The statement to put in place of a prior; empty to leave it.
  Result<std::string> replacement(const Conditional& c, const Density& prior) const {
    const bool improper = is_improper(prior.family);
    if (!improper && !nearly_improper(c, prior)) return std::string();
    // Within its family a prior keeps its left side, and what the unknowns above it say.
    const std::string own_left = text_of(prior.value);
    const std::optional<std::string> left = improper ? left_side(c) : own_left;
    const Location at = location(c);
    const std::string scale =
        !improper && !constant(prior.args.back()) ? text_of(prior.args.back()) : "";
    const double center = std::exp(c.exponent * at.log_mean);  // of the quantity
    const auto statement = [&](const char* family, const auto& first, const std::string& second) {
      return fmt::format("{} ~ {}({}, {}{})", *left, family, first, second, bounds_text(prior));
    };
    switch (left ? (improper ? c.family : family_of(prior)) : UpdateFamily::normal) {
      case UpdateFamily::normal:
      case UpdateFamily::ordered_normal: {
        const bool location =
            c.family == UpdateFamily::normal || c.family == UpdateFamily::ordered_normal;
        if (!left || !location) break;
        std::vector<double> variance = at.variance;
        for (double& v : variance) v *= 4;
        const std::string mean = !improper && !constant(prior.args[0])
                                     ? text_of(prior.args[0])
                                     : vector_text(at.mean, scalar(c));
        return statement("Normal", mean, diagonal_text(variance, scalar(c)));
      }
      case UpdateFamily::inverse_gamma:
        if (prior.family == FamilyId::scaled_inverse_chi_square && !scale.empty())
          return statement("ScaledInverseChiSquare", 6, scale);
        return statement("InverseGamma", 3, scale.empty() ? three_digits(3 * center) : scale);
      case UpdateFamily::gamma:
        return statement("Gamma", 3, scale.empty() ? three_digits(3 / center) : scale);
      case UpdateFamily::inverse_wishart:
      case UpdateFamily::wishart: {
        const int p = rows(c), df = p + 4;
        const bool wishart = (improper ? c.family : family_of(prior)) == UpdateFamily::wishart;
        // Of the unknown itself; its inverse has about the inverse diagonal.
        std::vector<double> diagonal;
        for (int i = 0; i < p; ++i) {
          const double v = at.mean[static_cast<std::size_t>(i * (p + 1))];
          const double q = c.exponent > 0 ? v : 1 / v;
          diagonal.push_back(wishart ? q / df : q * 3);
        }
        return statement(wishart ? "Wishart" : "InverseWishart", df,
                         scale.empty() ? diagonal_text(diagonal, false) : scale);
      }
      default:
        break;
    }
    Diagnostic d;
    d.source = model_.source;
    d.span = prior.span;
    d.message = fmt::format(
        "no data can be simulated: the prior of `{}` is "
        "{}improper, and no proper one is known for it",
        model_[c.target].spelling, improper ? "" : "nearly ");
    return d;
  }

  static UpdateFamily family_of(const Density& prior) {
    switch (prior.family) {
      case FamilyId::gamma:
        return UpdateFamily::gamma;
      case FamilyId::inverse_gamma:
      case FamilyId::scaled_inverse_chi_square:
        return UpdateFamily::inverse_gamma;
      case FamilyId::wishart:
        return UpdateFamily::wishart;
      case FamilyId::inverse_wishart:
        return UpdateFamily::inverse_wishart;
      default:
        return UpdateFamily::normal;
    }
  }

  bool nearly_improper(const Conditional& c, const Density& prior) const {
    const auto first = prior.args.empty() ? std::nullopt : constant(prior.args.front());
    switch (prior.family) {
      case FamilyId::gamma:
      case FamilyId::inverse_gamma:
        return first && (*first)(0, 0) < 0.5;
      case FamilyId::scaled_inverse_chi_square:
        return first && (*first)(0, 0) < 1;
      case FamilyId::wishart:
      case FamilyId::inverse_wishart:
        return first && (*first)(0, 0) < rows(c);
      case FamilyId::normal: {
        const auto variance = constant(prior.args[1]);
        if (!variance) return false;
        const Location at = location(c);
        for (Eigen::Index i = 0; i < variance->rows(); ++i) {
          const auto j = static_cast<std::size_t>(i);
          const double scale = std::abs(at.mean[j]) + std::sqrt(at.variance[j]);
          if ((*variance)(i, i) > kWidestPrior * kWidestPrior * scale * scale) return true;
        }
        return false;
      }
      default:
        return false;
    }
  }

  const Bound& bound_;
  const Model& model_;
  Evaluator oracle_;
  ShortChains chains_;
  std::uint64_t seed_;
};

}  // namespace

Result<ProperModel> with_proper_priors(const Bound& bound, std::uint64_t seed) {
  return ProperPriors(bound, seed).run();
}

}  // namespace lmmdsl
