// The log density of a statement and of the whole model, by the reference evaluator: values of the
// arguments at each element, and the formulas of reference_density.cc.
#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/careful_sum.h"
#include "runtime/evaluate.h"
#include "runtime/log_gamma.h"

namespace lmmdsl {

double Evaluator::log_density(const Density& density, const State& state) const {
  CarefulSum sum;
  for (std::size_t i = 0; i < data_.plate(density.plate).size; ++i) {
    std::vector<Matrix> args;
    for (const Expr& a : density.args) args.push_back(evaluate_at(a, state, density.plate, i));
    Matrix value = evaluate_at(density.value, state, density.plate, i);
    if (density.observed) {
      // The components that are there, whatever the pattern says.
      std::vector<int> o;
      for (Eigen::Index k = 0; k < value.size(); ++k)
        if (!std::isnan(value(k))) o.push_back(static_cast<int>(k));
      if (o.empty()) continue;
      const Matrix mean = args[0](o, Eigen::all), V = args[1](o, o);
      value = value(o, Eigen::all).eval();
      args = {mean, V};
    }
    sum.add(reference_log_density(density.family, value, args));
    const auto beyond = [&](const Expr& bound, double sign) {
      return bound && sign * (value(0, 0) - evaluate_at(bound, state, density.plate, i)(0, 0)) < 0;
    };
    if (beyond(density.lower, 1) || beyond(density.upper, -1) ||
        (density.ordered && !std::is_sorted(value.data(), value.data() + value.size())))
      return -std::numeric_limits<double>::infinity();
  }
  return sum.value();
}

double Evaluator::log_of_bounds(const Density& prior) const {
  if (prior.ordered) {
    // Of components that are alike each order is as likely.
    const Matrix mean =
        prior.family == FamilyId::normal ? evaluate(prior.args[0], {}, 0) : Matrix();
    if (mean.size() == 0) return 0;
    const Matrix variance = evaluate(prior.args[1], {}, 0);
    const int n = data_.length(prior.value->shape.rows);
    const Matrix alike = Matrix::Identity(variance.rows(), variance.cols()) * variance(0, 0);
    if (mean.minCoeff() != mean.maxCoeff() || variance != alike) return 0;
    return static_cast<double>(data_.plate(prior.plate).size) * log_gamma(n + 1.0);
  }
  if (!prior.lower && !prior.upper) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < data_.plate(prior.plate).size; ++i) {
    const auto known = [&](const Expr& e) { return evaluate_at(e, {}, prior.plate, i); };
    const auto bound = [&](const Expr& e, double none) { return e ? known(e)(0, 0) : none; };
    double left = 0.5;  // cut off at its mean, a Normal density may have an unknown variance
    const Expr& only = prior.lower ? prior.lower : prior.upper;
    const bool half = prior.family == FamilyId::normal && !(prior.lower && prior.upper) &&
                      same(prior.args[0], only);
    if (!half) {
      std::vector<Matrix> args;
      for (const Expr& a : prior.args) args.push_back(known(a));
      left = reference_probability(prior.family, bound(prior.lower, -HUGE_VAL),
                                   bound(prior.upper, HUGE_VAL), args);
    }
    if (left > 0) sum -= std::log(left);
  }
  return sum;
}

double Evaluator::log_of_bounds() const {
  double sum = 0;
  for (const Density& d : model_.stated)
    if (d.target >= 0) sum += log_of_bounds(d);
  return sum;
}

double Evaluator::log_joint(const State& state, const std::vector<SymbolId>& integrated) const {
  double sum = log_of_bounds();
  std::vector<bool> replaced(model_.densities.size(), false);
  for (const Rewrite& r : model_.rewrites) {
    const bool out = std::any_of(integrated.begin(), integrated.end(), [&](SymbolId s) {
      return std::find(r.auxiliaries.begin(), r.auxiliaries.end(), s) != r.auxiliaries.end();
    });
    if (!out) continue;
    if (r.density >= 0) replaced[r.density] = true;
    for (SymbolId a : r.auxiliaries) replaced[model_[a].prior] = true;
    sum += log_density(model_.stated[r.stated], state);
  }
  for (std::size_t d = 0; d < replaced.size(); ++d)
    if (!replaced[d]) sum += log_density(model_.densities[d], state);
  return sum;
}

}  // namespace lmmdsl
