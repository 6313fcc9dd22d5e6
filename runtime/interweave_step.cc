#include "runtime/interweave_step.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/either_way.h"
#include "runtime/not_a_number.h"
#include "runtime/slice.h"

namespace lmmdsl {

InterweaveStep::InterweaveStep(const BoundPlan& bound, Machine& machine, const PlanStep& step)
    : machine_(machine),
      step_(step),
      coordinates_(bound, step.targets, {}),
      point_(static_cast<std::size_t>(coordinates_.dimension())) {
  for (const MovedValues::Coefficient& c : step.moved->coefficients) {
    const Conditional& conditional = bound.plan->conditionals[c.conditional];
    const Shape& shape = (*bound.model)[conditional.target].shape;
    const int p = bound.data->length(shape.rows);
    const std::size_t elements = bound.data->plate(conditional.plate).size;
    coefficients_.push_back({conditional.target, elements, p,
                             ParameterReader(bound, c.mean, conditional.plate),
                             ParameterReader(bound, c.variance, conditional.plate),
                             std::vector<double>(elements * static_cast<std::size_t>(p))});
    L_.resize(std::max(L_.size(), static_cast<std::size_t>(p * p)));
  }
}

std::size_t InterweaveStep::elements() const {
  std::size_t most = 0;
  for (const Coefficient& c : coefficients_) most = std::max(most, c.elements);
  return most;
}

double InterweaveStep::factor(const Coefficient& c, std::size_t element) {
  const double* V = c.variance(machine_, element);
  const int p = c.p;
  double log_det = 0;
  const bool same = c.variance.block() == 1;
  for (int j = 0; j < p; ++j) {
    double pivot = same ? *V : V[j * (p + 1)];
    for (int k = 0; k < j && !same; ++k) pivot -= L_[j + k * p] * L_[j + k * p];
    if (!(pivot > 0) || !std::isfinite(pivot)) return kNan;
    const double root = L_[j * (p + 1)] = std::sqrt(pivot);
    log_det += std::log(root);
    for (int i = j + 1; i < p; ++i) {
      double x = same ? 0 : V[i + j * p];
      for (int k = 0; k < j && !same; ++k) x -= L_[i + k * p] * L_[j + k * p];
      L_[i + j * p] = x / root;
    }
  }
  return log_det;
}

bool InterweaveStep::standardise() {
  if (!coordinates_.read(machine_, point_.data())) return false;
  for (Coefficient& c : coefficients_) {
    const std::vector<double>& t = machine_.state().values[c.parameter];
    for (std::size_t e = 0; e < c.elements; ++e) {
      if ((e == 0 || !c.variance.same_for_all()) && std::isnan(factor(c, e))) return false;
      const double* mean = c.mean(machine_, e);
      double* z = c.z.data() + e * static_cast<std::size_t>(c.p);
      for (int i = 0; i < c.p; ++i) {
        double x = t[e * static_cast<std::size_t>(c.p) + static_cast<std::size_t>(i)] -
                   mean[c.mean.block() == 1 ? 0 : i];
        for (int j = 0; j < i; ++j) x -= L_[i + j * c.p] * z[j];
        z[i] = x / L_[i * (c.p + 1)];
      }
    }
  }
  return true;
}

double InterweaveStep::move(const Coefficient& c) {
  double* t = machine_.parameter(c.parameter);
  double log_det = 0, sum = 0;
  for (std::size_t e = 0; e < c.elements; ++e, t += c.p) {
    if (e == 0 || !c.variance.same_for_all()) log_det = factor(c, e);
    if (std::isnan(log_det)) return kNan;
    sum += log_det;
    const double* mean = c.mean(machine_, e);
    const double* z = c.z.data() + e * static_cast<std::size_t>(c.p);
    for (int i = 0; i < c.p; ++i) {
      t[i] = mean[c.mean.block() == 1 ? 0 : i];
      for (int j = 0; j <= i; ++j) t[i] += L_[i + j * c.p] * z[j];
    }
  }
  return sum;
}

double InterweaveStep::log_density(const std::vector<double>& point) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  if (!coordinates_.write(point.data(), machine_)) return kNever;
  machine_.run(step_.moved->refresh_priors);
  double sum = coordinates_.log_jacobian(point.data());
  for (const Coefficient& c : coefficients_) {
    sum += move(c);
    if (std::isnan(sum)) return kNever;
  }
  machine_.run(step_.moved->refresh);
  for (const int v : step_.moved->log_densities) sum += *machine_.value(v);
  return std::isnan(sum) ? kNever : sum;
}

void InterweaveStep::restore() {
  coordinates_.restore(scales_, machine_);
  machine_.run(step_.moved->refresh_priors);
  for (const Coefficient& c : coefficients_) move(c);
  machine_.run(step_.moved->refresh);
}

bool InterweaveStep::operator()(StreamAddress address) {
  coordinates_.values(machine_, scales_);
  // A scale from which no step can be made for rounding, as a covariance that is nearly singular,
  // is left where it is, and is not stepped to: that leaves the target as it is.
  if (!standardise()) return true;
  double current = log_density(point_);
  if (!std::isfinite(current)) {
    restore();
    return true;
  }
  address.level = 0;
  Random random(address);
  const int d = coordinates_.dimension();
  const EitherWay order(d, random);
  for (int k = 0; k < d; ++k) {
    const int j = order[k];
    double& x = point_[static_cast<std::size_t>(j)];
    const auto along = [&](double at) {
      x = at;
      return current = log_density(point_);
    };
    constexpr double kFar = std::numeric_limits<double>::infinity();
    x = slice(along, x, current, coordinates_.width(j, point_.data()), -kFar, kFar, random);
    if (std::isnan(x)) return false;
  }
  return true;
}

}  // namespace lmmdsl
