#include "runtime/cut_step.h"

#include <algorithm>
#include <cmath>

#include "runtime/either_way.h"
#include "runtime/slice.h"

namespace lmmdsl {

namespace {

double cdf(double z) { return 0.5 * std::erfc(-z * M_SQRT1_2); }

/// log(Phi(u) - Phi(l)), by the tail that keeps the digits.
double log_between(double l, double u) {
  return std::log(l > 0 ? cdf(-l) - cdf(-u) : cdf(u) - cdf(l));
}

}  // namespace

CutStep::CutStep(const BoundPlan& bound, const PlanStep& step)
    : target_(bound.plan->conditionals[step.conditional()].target),
      cuts_(draw_kind(bound, step.conditional()).p),
      elements_(bound.data->plate(bound.plan->conditionals[step.conditional()].plate).size),
      precision_(bound, bound.plan->natural[step.conditional()][0],
                 bound.plan->conditionals[step.conditional()].plate),
      shift_(bound, bound.plan->natural[step.conditional()][1],
             bound.plan->conditionals[step.conditional()].plate),
      rows_(elements_ * static_cast<std::size_t>(cuts_ + 1)) {
  const Plate& plate = bound.plan->conditionals[step.conditional()].plate;
  for (const CutResponse& r : step.cuts) {
    const Plate& own = bound.model->stated[r.density].plate;
    const ParameterReader category(bound, r.category, own);
    const std::vector<double>& categories = bound.constants[r.category];
    for (std::size_t i = 0; i < bound.data->plate(own).size; ++i) {
      const std::size_t e =
          plate.once() ? 0 : static_cast<std::size_t>(bound.data->map(own, plate)[i]);
      const auto k = static_cast<std::size_t>(*category.at(categories.data(), i));
      rows_[e * static_cast<std::size_t>(cuts_ + 1) + k - 1].push_back({etas_.size(), i});
    }
    etas_.emplace_back(bound, r.eta, own);
  }
}

bool CutStep::operator()(Machine& machine, StreamAddress& address) const {
  double* cuts = machine.parameter(target_);
  for (std::size_t e = 0; e < elements_; ++e, cuts += cuts_) {
    address.level = static_cast<std::uint32_t>(e);
    Random random(address);
    const EitherWay order(cuts_, random);
    for (int k = 0; k < cuts_; ++k)
      if (!draw_cut(machine, e, order[k], random, cuts)) return false;
  }
  return true;
}

bool CutStep::draw_cut(const Machine& machine, std::size_t element, int j, Random& random,
                       double* cuts) const {
  const double* P = precision_(machine, element);
  double shift = shift_(machine, element)[j];
  for (int i = 0; i < cuts_; ++i)
    if (i != j) shift -= P[j + i * cuts_] * cuts[i];
  const double precision = P[j * (cuts_ + 1)];
  const double lower = j > 0 ? cuts[j - 1] : -HUGE_VAL;
  const double upper = j + 1 < cuts_ ? cuts[j + 1] : HUGE_VAL;
  std::vector<double> below, above;  // linear predictors of the two categories
  const auto read = [&](int category, std::vector<double>& eta) {
    for (const Row& r : rows(element, category))
      eta.push_back(*etas_[r.response](machine, r.element));
  };
  read(j + 1, below);
  read(j + 2, above);
  const auto log_density = [&](double c) {
    double sum = c * (shift - 0.5 * precision * c);
    for (const double eta : below) sum += log_between(lower - eta, c - eta);
    for (const double eta : above) sum += log_between(c - eta, upper - eta);
    return sum;
  };
  // About twice the standard deviation: each row has an information of order 1.
  const double information = precision + static_cast<double>(below.size() + above.size());
  const double width = 4 / std::sqrt(std::max(1.0, information));
  const double current = log_density(cuts[j]);
  const double drawn = slice(log_density, cuts[j], current, width, lower, upper, random);
  if (std::isnan(drawn)) return false;
  cuts[j] = drawn;
  return true;
}

}  // namespace lmmdsl
