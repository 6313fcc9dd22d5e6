#include "runtime/initial.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>

#include "runtime/draw_kind.h"
#include "runtime/draw_step.h"

namespace lmmdsl {

namespace {

constexpr std::uint32_t kStartStep = 0xff00;  // streams of the start, apart from those of sweeps

class Start {
 public:
  Start(const BoundPlan& bound, Machine& machine, std::uint64_t seed, std::uint32_t chain)
      : bound_(bound), model_(*bound.model), machine_(machine), seed_(seed), chain_(chain) {
    read_pilots();
  }

  bool run(std::string& failed) {
    const auto& conditionals = bound_.plan->conditionals;
    for (const Conditional& c : conditionals) {
      if (c.family != UpdateFamily::normal) start_scale(c);
      if (c.family == UpdateFamily::normal) {
        std::fill_n(machine_.parameter(c.target), size(c.target), 0.0);
      }
    }
    // Coefficients that the data reach directly first, then the levels above, then the rest.
    std::vector<const Conditional*> order;
    for (const Conditional& c : conditionals) {
      if (c.family == UpdateFamily::normal && reached_.count(c.target)) order.push_back(&c);
    }
    for (const Conditional& c : conditionals) {
      if (c.family == UpdateFamily::normal && !reached_.count(c.target)) order.push_back(&c);
    }
    for (auto c = conditionals.rbegin(); c != conditionals.rend(); ++c) {
      if (c->family != UpdateFamily::normal && !scaled_.count(c->target)) order.push_back(&*c);
    }
    for (const Conditional* c : order) {
      if (!from_conditional(*c)) {
        failed = model_[c->target].name;
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

  /// Residual variance and, for each coefficient, that variance over the column's mean square.
  void read_pilots() {
    for (const Pilot& pilot : bound_.plan->pilots) {
      const ValueSize& size = bound_.sizes[pilot.triangle];
      const int k = size.rows;
      const double* T = bound_.constants[pilot.triangle].data();
      const double n = std::max<double>(
          1, static_cast<double>(bound_.data->plate(model_.densities[pilot.density].plate).size));
      const double residual = T[k * k - 1] * T[k * k - 1];
      double total = 0;
      for (int i = 0; i < k; ++i) total += T[i + (k - 1) * k] * T[i + (k - 1) * k];
      double variance = residual / std::max(1.0, n - (k - 1));
      // An exact fit leaves rounding errors only.
      if (!(variance > 1e-12 * total / n)) variance = total > 0 ? total / n : 1;
      variance_[pilot.density] = variance;
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

  /// The variance at which the components of a location are expected to vary.
  std::vector<double> location_scale(SymbolId location, int depth = 0) const {
    const auto found = reached_.find(location);
    if (found != reached_.end()) return found->second;
    const std::size_t p = bound_.data->length(model_[location].shape.rows);
    for (const Conditional& c : bound_.plan->conditionals) {
      if (c.target != location || depth > 20) continue;
      for (const Contribution& l : c.likelihood) {
        const SymbolId child = model_.densities[l.density].target;
        if (child < 0) continue;
        std::vector<double> scale = location_scale(child, depth + 1);
        if (scale.size() == p) return scale;
      }
    }
    return std::vector<double>(p, variance_.empty() ? 1.0 : variance_.begin()->second);
  }

  void start_scale(const Conditional& c) {
    for (const Contribution& l : c.likelihood) {
      const Density& density = model_.densities[l.density];
      if (density.family != FamilyId::normal) continue;
      std::vector<double> variance;
      if (variance_.count(l.density)) {
        variance = {variance_.at(l.density)};
      } else if (density.target >= 0) {
        variance = location_scale(density.target);
      } else {
        continue;
      }
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
      scaled_.insert({c.target, true});
      return;
    }
  }

  bool from_conditional(const Conditional& c) {
    machine_.run_all();
    const auto& steps = bound_.plan->steps;
    const auto step = std::find_if(steps.begin(), steps.end(), [&](const PlanStep& s) {
      return bound_.plan->conditionals[s.conditional].target == c.target;
    });
    const DrawKind kind = draw_kind(bound_, c);
    const auto [first, second] = natural_parameters(bound_, *step);
    double* out = machine_.parameter(c.target);
    const std::size_t block = bound_.sizes[step->parameters[1]].block();
    const std::size_t out_block = kind.family == UpdateFamily::normal ? kind.p : block;
    const std::size_t elements = size(c.target) / out_block;
    for (std::size_t e = 0; e < elements; ++e) {
      Random random = stream(c.target, static_cast<std::uint32_t>(e));
      const double* a = first(machine_, e);
      const double* b = second(machine_, e);
      if (kind.family != UpdateFamily::normal) {
        if (!draw(kind, a, b, random, out + e * out_block)) return false;
        continue;
      }
      if (!overdispersed(kind.p, a, b, random, out + e * out_block)) return false;
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
  std::map<int, double> variance_;                   // residual variance by likelihood
  std::map<SymbolId, std::vector<double>> reached_;  // locations in a pilot fit: their scales
  std::map<SymbolId, bool> scaled_;                  // variances that have a start
};

}  // namespace

bool start(const BoundPlan& bound, Machine& machine, std::uint64_t seed, std::uint32_t chain,
           std::string& failed) {
  return Start(bound, machine, seed, chain).run(failed);
}

}  // namespace lmmdsl
