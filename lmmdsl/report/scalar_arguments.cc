#include "lmmdsl/report/scalar_arguments.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace lmmdsl {

std::vector<std::size_t> all_elements(std::size_t n) {
  std::vector<std::size_t> all(n);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::size_t element_within(const Data& data, const Plate& fine, std::size_t element,
                           const Plate& coarse) {
  if (coarse.once()) return 0;
  if (coarse == fine) return element;
  return static_cast<std::size_t>(data.map(fine, coarse)[element]);
}

ScalarArguments::ScalarArguments(const Model& model, const Data& data, const Evaluator& evaluator,
                                 const Density& density, std::vector<std::size_t> elements,
                                 const State& any)
    : evaluator_(evaluator), elements_(std::move(elements)) {
  const auto value = [&](const Expr& e, std::size_t element) {
    return evaluator.evaluate(e, any, element_within(data, density.plate, element, e->plate));
  };
  std::vector<Expr> scalars;
  for (const Expr& e : density.args) {
    if (e->shape.is_scalar()) scalars.push_back(e);
    else
      for (int j = 1; j <= data.length(e->shape.rows); ++j) scalars.push_back(component(e, {j}));
  }
  for (const Expr& e : scalars) {
    Argument& a = arguments_.emplace_back();
    a.expr = e;
    a.once = e->plate.once();
    a.values.assign(a.once ? 1 : elements_.size(), 0.0);
    if (a.once) continue;
    const std::optional<LinearMean> linear = linear_mean(model, e);
    a.linear = linear.has_value();
    for (const std::size_t element : elements_) {
      if (linear) a.offset.push_back(value(linear->offset, element)(0, 0));
      else a.element.push_back(element_within(data, density.plate, element, e->plate));
    }
    if (!linear) continue;
    for (const MeanTerm& t : linear->terms) {
      const Plate& plate = model[t.parameter].plate;
      const std::size_t count = plate.once() ? 1 : data.plate(plate).size;
      Term& term = a.terms.emplace_back();
      term.parameter = t.parameter;
      term.block = any.values[static_cast<std::size_t>(t.parameter)].size() /
                   std::max<std::size_t>(count, 1);
      for (const std::size_t element : elements_) {
        const Eigen::MatrixXd A = value(t.design, element);
        term.design.insert(term.design.end(), A.data(), A.data() + A.size());
        term.at.push_back(element_within(data, density.plate, element, plate) * term.block);
      }
    }
  }
}

void ScalarArguments::set(const State& state) {
  for (Argument& a : arguments_) {
    if (a.once) {
      a.values[0] = evaluator_.evaluate(a.expr, state, 0)(0, 0);
    } else if (a.linear) {
      a.values = a.offset;
      for (const Term& t : a.terms) {
        const std::vector<double>& from = state.values[static_cast<std::size_t>(t.parameter)];
        const double* design = t.design.data();
        for (std::size_t i = 0; i < a.values.size(); ++i)
          for (std::size_t k = 0; k < t.block; ++k) a.values[i] += *design++ * from[t.at[i] + k];
      }
    } else {
      std::map<std::size_t, double> known;  // elements of the plate come again and again
      for (std::size_t i = 0; i < a.values.size(); ++i) {
        const auto [entry, is_new] = known.try_emplace(a.element[i], 0.0);
        if (is_new) entry->second = evaluator_.evaluate(a.expr, state, a.element[i])(0, 0);
        a.values[i] = entry->second;
      }
    }
  }
}

bool ScalarArguments::fast() const {
  return std::all_of(arguments_.begin(), arguments_.end(),
                     [](const Argument& a) { return a.once || a.linear || !a.expr->plate.rows; });
}

}  // namespace lmmdsl
