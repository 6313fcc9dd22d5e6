#include "runtime/initial.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "compiler/derive/inline.h"
#include "compiler/rules/update_families.h"
#include "runtime/draw_kind.h"
#include "runtime/draw_step.h"
#include "runtime/evaluate.h"

namespace lmmdsl {

namespace {

constexpr std::uint32_t kStartStep = 0xff00;  // streams of the start, apart from those of sweeps

class Start {
 public:
  Start(const BoundPlan& bound, Machine& machine, std::uint64_t seed, std::uint32_t chain,
        const std::atomic<bool>* stop)
      : bound_(bound),
        model_(*bound.model),
        machine_(machine),
        seed_(seed),
        chain_(chain),
        stop_(stop) {
    read_pilots();
  }

  bool run(std::string& failure) {
    const auto& conditionals = bound_.plan->conditionals;
    for (const Conditional& c : conditionals) {
      if (c.family == UpdateFamily::rejected_normals)  // none so far
        std::fill_n(machine_.parameter(c.target), size(c.target), 0.0);
      if (model_[c.target].auxiliary) continue;  // 1, until it is drawn
      if (model_[c.target].levels > 0) start_levels(c);
      if (of_positive_scalars(c.family) || is_matrix(c)) start_scale(c);
      if (c.family == UpdateFamily::ordered_normal) start_ordered(c);
      if (c.family == UpdateFamily::normal || c.family == UpdateFamily::spike_slab) {
        std::fill_n(machine_.parameter(c.target), size(c.target), 0.0);
      }
    }
    for (const Pilot& pilot : bound_.plan->pilots) start_top(pilot);
    // From the top of the hierarchy down: a prior mean then has its start before it is used.
    std::vector<const Conditional*> order;
    std::set<SymbolId> waiting;
    for (const Conditional& c : conditionals) {
      const bool location = c.family == UpdateFamily::normal && !model_[c.target].auxiliary;
      if (location && !started_.count(c.target)) waiting.insert(c.target);
    }
    while (!waiting.empty()) {
      const std::size_t before = waiting.size();
      for (const Conditional& c : conditionals) {
        if (!waiting.count(c.target) || has_waiting_parent(c, waiting)) continue;
        order.push_back(&c);
        waiting.erase(c.target);
      }
      if (waiting.size() == before) break;  // cannot be: priors form no circle
    }
    for (const Conditional* c : order) at_prior_mean(*c);
    // Latent variables on the whole line come first, other auxiliary variables last.
    std::vector<const Conditional*> latent;
    const auto is_latent = [&](const Conditional& c) {
      return model_[c.target].auxiliary && !model_[c.target].positive &&
             c.family != UpdateFamily::rejected_normals;
    };
    for (const Conditional& c : conditionals)
      if (is_latent(c)) latent.push_back(&c);
    order.insert(order.begin(), latent.begin(), latent.end());
    for (const bool auxiliary : {false, true}) {
      for (auto c = conditionals.rbegin(); c != conditionals.rend(); ++c) {
        const Symbol& s = model_[c->target];
        const bool done = c->family == UpdateFamily::normal || scaled_.count(c->target) ||
                          s.levels > 0 || is_latent(*c);
        if (!done && s.auxiliary == auxiliary) order.push_back(&*c);
      }
    }
    for (const Conditional* c : order) {
      if (!from_conditional(*c)) {
        const std::string& cure = info(c->family).cure;
        failure = fmt::format("no starting value for `{}` could be computed{}",
                              model_[c->target].name, cure.empty() ? "" : ": " + cure);
        return false;
      }
    }
    return true;
  }

 private:
  std::size_t size(SymbolId p) const { return machine_.state().values[p].size(); }

  Random stream(SymbolId p, std::uint32_t level) const {
    return Random({seed_, chain_, 0, kStartStep + static_cast<std::uint32_t>(p % 0xff), level});
  }

  static bool is_matrix(const Conditional& c) {
    return c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
  }

  bool has_waiting_parent(const Conditional& c, const std::set<SymbolId>& waiting) const {
    const Density& prior = model_.densities[model_[c.target].prior];
    return std::any_of(prior.args.begin(), prior.args.end(), [&](const Expr& a) {
      const Expr plain = inline_derived(model_, a);
      return std::any_of(plain->symbols.begin(), plain->symbols.end(),
                         [&](SymbolId s) { return waiting.count(s) > 0; });
    });
  }

  /// Every level starts from what the levels above say, so that none is drawn towards a child that
  /// has no value yet.
  void at_prior_mean(const Conditional& c) {
    const Density& prior = model_.densities[model_[c.target].prior];
    if (prior.family != FamilyId::normal) return;
    const Evaluator oracle(model_, *bound_.data);
    double* out = machine_.parameter(c.target);
    const std::size_t elements = bound_.data->plate(c.plate).size;
    const Expr mean = inline_derived(model_, prior.args[0]);
    const bool once = mean->plate.once();
    const auto* map =
        once || mean->plate == c.plate ? nullptr : &bound_.data->map(c.plate, mean->plate);
    for (std::size_t e = 0; e < elements; ++e) {
      const std::size_t at = once ? 0 : map ? static_cast<std::size_t>((*map)[e]) : e;
      const Eigen::MatrixXd m = oracle.evaluate(mean, machine_.state(), at);
      std::copy(m.data(), m.data() + m.size(), out + e * static_cast<std::size_t>(m.size()));
    }
  }

  /// Ridge fit of a response on the coefficients at the top: (T'T + small) x = T'z, plus noise of
  /// twice the standard errors.
  void start_top(const Pilot& pilot) {
    if (pilot.top_triangle < 0) return;
    const int k = bound_.sizes[pilot.top_triangle].rows;
    const Eigen::Map<const Eigen::MatrixXd> T(bound_.constants[pilot.top_triangle].data(), k, k);
    const Eigen::MatrixXd R = T.topLeftCorner(k, k - 1);
    Eigen::MatrixXd P = R.transpose() * R / variance_.at(pilot.density).front();
    Eigen::VectorXd h = R.transpose() * T.col(k - 1) / variance_.at(pilot.density).front();
    for (int i = 0; i < k - 1; ++i) P(i, i) += 1e-8 * (P(i, i) > 0 ? P(i, i) : 1);
    std::vector<double> x(static_cast<std::size_t>(k - 1));
    Random random = stream(pilot.top.front().first, 0);
    if (!overdispersed(k - 1, P.data(), h.data(), random, x.data())) return;
    std::size_t at = 0;
    for (const auto& [target, columns] : pilot.top) {
      const std::size_t p = static_cast<std::size_t>(bound_.data->length(columns));
      if (started_.insert(target).second) std::copy_n(x.data() + at, p, machine_.parameter(target));
      at += p;
    }
  }

  /// Residual variance and, for each coefficient, that variance over the column's mean square.
  void read_pilots() {
    for (const Pilot& pilot : bound_.plan->pilots) {
      const ValueSize& size = bound_.sizes[pilot.triangle];
      const int k = size.rows;
      const double* T = bound_.constants[pilot.triangle].data();
      const double n = std::max<double>(
          1, static_cast<double>(bound_.data->plate(model_.densities[pilot.density].plate).size));
      if (!model_.densities[pilot.density].value->shape.is_scalar()) {
        read_vector_pilot(pilot, T, k, n);
        continue;
      }
      const double residual = T[k * k - 1] * T[k * k - 1];
      double total = 0;
      for (int i = 0; i < k; ++i) total += T[i + (k - 1) * k] * T[i + (k - 1) * k];
      double variance = residual / std::max(1.0, n - (k - 1));
      // An exact fit leaves rounding errors only.
      if (!(variance > 1e-12 * total / n)) variance = total > 0 ? total / n : 1;
      variance_[pilot.density] = {variance};
      int column = 0;
      for (const auto& [target, columns] : pilot.coefficients) {
        std::vector<double> scales;
        const int p = bound_.data->length(columns);
        for (int j = 0; j < p; ++j, ++column) {
          double square = 0;
          for (int i = 0; i <= column; ++i) square += T[i + column * k] * T[i + column * k];
          scales.push_back(square > 0 ? variance * n / square : variance);
        }
        reached_.emplace(target, scales);
      }
    }
  }

  /// Variances of the components of a vector response about their means.
  void read_vector_pilot(const Pilot& pilot, const double* T, int k, double n) {
    std::vector<double>& variances = variance_[pilot.density];
    for (int j = 1; j < k; ++j) {
      double sum = 0;
      for (int i = 1; i <= j; ++i) sum += T[i + j * k] * T[i + j * k];
      variances.push_back(sum > 0 ? sum / n : 1);
    }
  }

  /// The variance at which the components of a location are expected to vary.
  std::vector<double> location_scale(SymbolId location, int depth = 0) const {
    const auto found = reached_.find(location);
    if (found != reached_.end()) return found->second;
    const std::size_t p = bound_.data->length(model_[location].shape.rows);
    for (const Conditional& c : bound_.plan->conditionals) {
      if (c.target != location || depth > 20) continue;
      for (const Contribution& l : c.likelihood) {
        const SymbolId child = density_at(model_, l.density).target;
        if (child < 0) continue;
        std::vector<double> scale = location_scale(child, depth + 1);
        if (scale.size() == p) return scale;
      }
    }
    return std::vector<double>(p, variance_.empty() ? 1.0 : variance_.begin()->second.front());
  }

  void start_scale(const Conditional& c) {
    for (const Contribution& l : c.likelihood) {
      const Density& density = density_at(model_, l.density);
      const bool variance_of_it =
          l.dependence == "proportional" || l.dependence == "inversely proportional";
      if (density.family != FamilyId::normal || !variance_of_it) continue;
      std::vector<double> variance;
      if (variance_.count(l.density)) {
        variance = variance_.at(l.density);
      } else if (density.target >= 0) {
        variance = location_scale(density.target);
      } else {
        continue;
      }
      if (l.component > 0) variance = {variance.at(static_cast<std::size_t>(l.component) - 1)};
      const bool scalar = model_[c.target].shape.is_scalar();
      // variance = c t^k with k the exponent of the quantity, or its opposite.
      const double k = l.dependence == "proportional" ? c.exponent : -c.exponent;
      const int p = scalar ? 1 : bound_.data->length(model_[c.target].shape.rows);
      double* out = machine_.parameter(c.target);
      const std::size_t elements = size(c.target) / (scalar ? 1 : p * p);
      for (std::size_t e = 0; e < elements; ++e) {
        Random random = stream(c.target, static_cast<std::uint32_t>(e));
        for (int i = 0; i < p; ++i) {
          const double base = variance[std::min<std::size_t>(i, variance.size() - 1)];
          const double v = base * std::exp(normal(random));
          if (scalar) {
            out[e] = std::pow(v, 1 / k);
          } else {
            for (int j = 0; j < p; ++j) out[e * p * p + i * p + j] = 0;
            out[e * p * p + i * (p + 1)] = k > 0 ? v : 1 / v;
          }
        }
      }
      if (c.lower) keep_within(c);
      scaled_.insert({c.target, true});
      return;
    }
  }

  /// About as many rows in each level, in the order of the first response that depends on it, but
  /// by chance, too: levels then stand for much the same in all chains.
  void start_levels(const Conditional& c) {
    const Evaluator oracle(model_, *bound_.data);
    double* out = machine_.parameter(c.target);
    const std::size_t n = size(c.target);
    std::vector<std::pair<double, std::size_t>> order;
    for (std::size_t row = 0; row < n; ++row) order.emplace_back(0.0, row);
    if (!c.likelihood.empty()) {
      const Expr& value = density_at(model_, c.likelihood.front().density).value;
      for (auto& [x, row] : order) {
        x = oracle.evaluate_at(value, machine_.state(), row_plate(), row)(0, 0);
        if (std::isnan(x)) x = 0;
      }
      std::sort(order.begin(), order.end());
    }
    for (std::size_t rank = 0; rank < n; ++rank) {
      Random random = stream(c.target, static_cast<std::uint32_t>(order[rank].second));
      order[rank].first = static_cast<double>(rank) / static_cast<double>(n) + random.uniform() / 2;
    }
    std::sort(order.begin(), order.end());
    for (std::size_t rank = 0; rank < n; ++rank)
      out[order[rank].second] = 1 + std::floor(static_cast<double>(rank * model_[c.target].levels) /
                                               static_cast<double>(n));
  }

  /// Components about 0, one apart on average.
  void start_ordered(const Conditional& c) {
    double* out = machine_.parameter(c.target);
    const int p = bound_.data->length(model_[c.target].shape.rows);
    const std::size_t elements = size(c.target) / static_cast<std::size_t>(p);
    for (std::size_t e = 0; e < elements; ++e, out += p) {
      Random random = stream(c.target, static_cast<std::uint32_t>(e));
      for (int j = 0; j < p; ++j)
        out[j] = (j > 0 ? out[j - 1] : 0) + std::exp(normal(random) - 0.5);
      const double middle = 0.5 * (out[0] + out[p - 1]) + normal(random);
      for (int j = 0; j < p; ++j) out[j] -= middle;
    }
  }

  /// What starts outside its bounds is put inside.
  void keep_within(const Conditional& c) {
    const int index = static_cast<int>(&c - bound_.plan->conditionals.data());
    const DrawKind kind = draw_kind(bound_, index);
    const StepReader parameters(bound_, index);
    double* out = machine_.parameter(c.target);
    for (std::size_t e = 0; e < size(c.target); ++e) {
      const StepParameters at = parameters(machine_, e);
      const double lower = *at[kind.count], upper = *at[kind.count + 1];
      if (out[e] > lower && out[e] < upper) continue;
      out[e] = std::isfinite(upper) ? 0.5 * (lower + upper) : 1.5 * lower;
    }
  }

  bool from_conditional(const Conditional& c) {
    machine_.run_all();
    const int index = static_cast<int>(&c - bound_.plan->conditionals.data());
    const DrawKind kind = draw_kind(bound_, index);
    const StepReader parameters(bound_, index);
    double* out = machine_.parameter(c.target);
    const std::size_t elements = size(c.target) / kind.block();
    for (std::size_t e = 0; e < elements; ++e) {
      if (stop_ && stop_->load(std::memory_order_relaxed)) return true;
      Random random = stream(c.target, static_cast<std::uint32_t>(e));
      const StepParameters at = parameters(machine_, e);
      double* element = out + e * kind.block();
      if (kind.family != UpdateFamily::normal || kind.truncated) {
        if (!draw(kind, at, random, element)) return false;
        continue;
      }
      if (!overdispersed(kind.p, at[0], at[1], random, element)) return false;
    }
    return true;
  }

  /// mean + 2 L'^-1 z, with a ridge added to a precision that is singular.
  static bool overdispersed(int p, const double* precision, const double* shift, Random& random,
                            double* out) {
    Eigen::MatrixXd P = Eigen::Map<const Eigen::MatrixXd>(precision, p, p);
    Eigen::VectorXd h = Eigen::Map<const Eigen::VectorXd>(shift, p);
    Eigen::VectorXd z(p);
    for (int i = 0; i < p; ++i) z[i] = normal(random);
    double ridge = 0;
    for (int attempt = 0; attempt < 12; ++attempt) {
      Eigen::MatrixXd ridged = P;
      for (int i = 0; i < p; ++i) ridged(i, i) += ridge * (P(i, i) > 0 ? P(i, i) : 1);
      Eigen::LLT<Eigen::MatrixXd> cholesky(ridged);
      if (cholesky.info() == Eigen::Success) {
        Eigen::VectorXd x = cholesky.solve(h) + cholesky.matrixU().solve(2 * z);
        if (x.allFinite()) {
          std::copy(x.data(), x.data() + p, out);
          return true;
        }
      }
      ridge = ridge == 0 ? 1e-10 : ridge * 10;
    }
    return false;
  }

  const BoundPlan& bound_;
  const Model& model_;
  Machine& machine_;
  std::uint64_t seed_;
  std::uint32_t chain_;
  const std::atomic<bool>* stop_;
  std::map<int, std::vector<double>> variance_;      // of residuals, by likelihood
  std::set<SymbolId> started_;                       // locations that a pilot fit has started
  std::map<SymbolId, std::vector<double>> reached_;  // locations in a pilot fit: their scales
  std::map<SymbolId, bool> scaled_;                  // variances that have a start
};

}  // namespace

bool start(const BoundPlan& bound, Machine& machine, std::uint64_t seed, std::uint32_t chain,
           std::string& failure, const std::atomic<bool>* stop) {
  return Start(bound, machine, seed, chain, stop).run(failure);
}

Diagnostic cannot_be_sampled(const std::string& failure) {
  return plain_error(
      ExitCode::numerical, failure,
      "priors that are nearly improper, or data on scales far from 1, are the usual causes");
}

}  // namespace lmmdsl
