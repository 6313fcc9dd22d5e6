#include "lmmdsl/compare/row_likelihood.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace lmmdsl {

DensityAt density_at(const Data& data, const Evaluator& evaluator, const Density& density,
                     const State& state, std::size_t element) {
  const auto value = [&](const Expr& e) {
    return evaluator.evaluate(e, state, element_within(data, density.plate, element, e->plate));
  };
  DensityAt at{value(density.value), {}};
  for (const Expr& a : density.args) at.args.push_back(value(a));
  if (!density.observed) return at;
  std::vector<int> o;
  for (Eigen::Index k = 0; k < at.value.size(); ++k)
    if (!std::isnan(at.value(k))) o.push_back(static_cast<int>(k));
  if (o.empty()) return {at.value, {}};
  const Eigen::MatrixXd x = at.value(o, Eigen::all), m = at.args[0](o, Eigen::all),
                        V = at.args[1](o, o);
  return {x, {m, V}};
}

RowLikelihood::RowLikelihood(const Model& model, const Data& data, const Evaluator& evaluator,
                             const State& any)
    : data_(data), evaluator_(evaluator) {
  std::map<std::string, std::size_t> known;
  std::vector<std::size_t> key;  // of each unit: the row of the file
  for (const Density& density : model.densities) {
    if (density.response < 0) continue;
    Part& part = parts_.emplace_back();
    part.density = &density;
    const std::size_t n = density.plate.once() ? 1 : data.plate(density.plate).size;
    // Elements of a row plate stand in the order of its rows; units are named by the file's.
    std::vector<std::size_t> row_of(n, 0);
    if (density.plate.rows) {
      const std::vector<std::int32_t>& element = data.plate(density.plate).of_row;
      for (std::size_t row = 0; row < data.rows(); ++row)
        if (element[row] >= 0) row_of[static_cast<std::size_t>(element[row])] = row;
    }
    const bool scalar = density.value->shape.is_scalar() && !density.plate.once();
    for (std::size_t e = 0; e < n; ++e) {
      const std::string name = density.plate.rows
                                   ? fmt::format("row {}", data.row_number[row_of[e]] + 1)
                                   : describe_element(data, density.plate, e);
      const auto [entry, is_new] = known.try_emplace(name, units_.size());
      if (is_new) {
        units_.push_back({name, {}});
        key.push_back(density.plate.rows ? data.row_number[row_of[e]] : data.rows());
      }
      part.unit.push_back(entry->second);
      const DensityAt at = density_at(data, evaluator, density, any, e);
      units_[entry->second].observed.insert(units_[entry->second].observed.end(), at.value.data(),
                                            at.value.data() + at.value.size());
      if (scalar) part.observed.push_back(at.value(0));
    }
    if (scalar)
      part.scalars =
          std::make_unique<ScalarArguments>(model, data, evaluator, density, all_elements(n), any);
  }
  // In the order of the file, which is the same for all models.
  std::vector<std::size_t> order = all_elements(units_.size()), place(units_.size());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key[a] < key[b]; });
  std::vector<Unit> sorted;
  for (std::size_t k = 0; k < order.size(); ++k) {
    place[order[k]] = k;
    sorted.push_back(std::move(units_[order[k]]));
  }
  units_ = std::move(sorted);
  for (Part& part : parts_)
    for (std::size_t& unit : part.unit) unit = place[unit];
}

void RowLikelihood::evaluate(const State& state, std::vector<double>& out) {
  out.assign(units_.size(), 0.0);
  Eigen::MatrixXd value(1, 1);
  for (Part& part : parts_) {
    if (!part.scalars) {
      for (std::size_t e = 0; e < part.unit.size(); ++e) {
        const DensityAt at = density_at(data_, evaluator_, *part.density, state, e);
        if (!at.args.empty())
          out[part.unit[e]] += reference_log_density(part.density->family, at.value, at.args);
      }
      continue;
    }
    part.scalars->set(state);
    std::vector<Eigen::MatrixXd> args(part.scalars->count(), Eigen::MatrixXd(1, 1));
    for (std::size_t e = 0; e < part.unit.size(); ++e) {
      value(0, 0) = part.observed[e];
      for (std::size_t k = 0; k < args.size(); ++k) args[k](0, 0) = part.scalars->at(e, k);
      out[part.unit[e]] += reference_log_density(part.density->family, value, args);
    }
  }
}

}  // namespace lmmdsl
