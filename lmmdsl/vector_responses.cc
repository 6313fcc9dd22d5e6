#include "lmmdsl/vector_responses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "compiler/math/render.h"
#include "compiler/model/elementwise.h"
#include "compiler/model/hold.h"
#include "lmmdsl/report/scalar_arguments.h"
#include "runtime/bind.h"
#include "runtime/solve.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

/// The left-hand side, with a name for it written out.
Expr left_side(const Model& model, const Density& density) {
  Expr value = density.value;
  while (value->op == Op::symbol && model[value->symbol].definition)
    value = model[value->symbol].definition;
  return value;
}

}  // namespace

Result<VectorResponse> vector_response(const Model& model, const Density& density) {
  const Expr value = left_side(model, density);
  VectorResponse found;
  if (value->op == Op::gather) {
    found.parts = {value->args[0]};
    found.over = value->symbol;
  } else if (value->op == Op::vcat) {
    found.parts = value->args;
  } else {
    return model_error(model, density.span, "the components of this response cannot be told apart",
                       "neither a bracket of columns nor one `over` a factor");
  }
  for (const Expr& part : found.parts) {
    const std::vector<SymbolId> columns = elementwise_columns(model, part);
    if (columns.size() != 1 || !is_solvable(model, part, columns[0]))
      return model_error(model, density.span,
                         fmt::format("`{}` cannot be predicted: it cannot be solved for one column",
                                     render(part, &model)),
                         "");
    found.columns.push_back(columns[0]);
  }
  return found;
}

std::vector<PartialVector> observed_vectors(const Data& data, const Evaluator& evaluator,
                                            const Density& density, const State& any) {
  std::vector<PartialVector> found;
  const std::size_t n = density.plate.once() ? 1 : data.plate(density.plate).size;
  for (std::size_t e = 0; e < n; ++e) {
    const Matrix y = evaluator.evaluate(
        density.value, any, element_within(data, density.plate, e, density.value->plate));
    PartialVector vector{e, {}};
    for (Eigen::Index k = 0; k < y.size(); ++k)
      if (!std::isnan(y(k))) vector.components.push_back(static_cast<int>(k));
    if (!vector.components.empty()) found.push_back(std::move(vector));
  }
  return found;
}

VectorArguments::VectorArguments(const Model& model, const Data& data, const Evaluator& evaluator,
                                 const Density& density, std::vector<PartialVector> vectors,
                                 const State& any)
    : data_(data), evaluator_(evaluator), density_(density), vectors_(std::move(vectors)) {
  mean_.resize(vectors_.size());
  covariance_.resize(density.args[1]->plate.once() ? 1 : vectors_.size());
  linear_ = find_terms(model, any);
}

Matrix VectorArguments::value(const Expr& e, const State& state, std::size_t vector) const {
  return evaluator_.evaluate(
      e, state, element_within(data_, density_.plate, vectors_[vector].element, e->plate));
}

/// The mean as designs times unknowns, where it is of this form.
bool VectorArguments::find_terms(const Model& model, const State& any) {
  const std::optional<LinearMean> linear = linear_mean(model, density_.args[0]);
  if (!linear) return false;
  const Eigen::Index length = data_.length(density_.args[0]->shape.rows);
  for (std::size_t i = 0; i < vectors_.size(); ++i) {
    const Matrix offset = value(linear->offset, any, i);
    if (offset.size() != 1 && offset.size() != length) return false;
    offset_.push_back(offset.size() == 1 ? Matrix::Constant(length, 1, offset(0)) : offset);
  }
  for (const MeanTerm& t : linear->terms) {
    const Plate& plate = model[t.parameter].plate;
    const std::size_t count = plate.once() ? 1 : data_.plate(plate).size;
    const std::size_t block =
        any.values[static_cast<std::size_t>(t.parameter)].size() / std::max<std::size_t>(count, 1);
    Term& term = terms_.emplace_back();
    term.parameter = t.parameter;
    for (std::size_t i = 0; i < vectors_.size(); ++i) {
      term.design.push_back(value(t.design, any, i));
      const Matrix& A = term.design.back();
      if (A.rows() != length || A.cols() != static_cast<Eigen::Index>(block)) return false;
      term.at.push_back(element_within(data_, density_.plate, vectors_[i].element, plate) * block);
    }
  }
  return true;
}

void VectorArguments::set(const State& state) {
  for (std::size_t i = 0; i < vectors_.size(); ++i) {
    if (!linear_) {
      mean_[i] = value(density_.args[0], state, i);
    } else {
      mean_[i] = offset_[i];
      for (const Term& t : terms_) {
        const Matrix& A = t.design[i];
        const double* from = state.values[static_cast<std::size_t>(t.parameter)].data() + t.at[i];
        mean_[i].reshaped() += A * Eigen::Map<const Eigen::VectorXd>(from, A.cols());
      }
    }
    if (i < covariance_.size()) covariance_[i] = value(density_.args[1], state, i);
  }
}

std::vector<Matrix> VectorArguments::at(std::size_t vector) const {
  const std::vector<int>& o = vectors_[vector].components;
  const Matrix& V = covariance_[density_.args[1]->plate.once() ? 0 : vector];
  const Matrix mean = mean_[vector].reshaped()(o), covariance = V(o, o);
  return {mean, covariance};
}

std::optional<std::size_t> VectorArguments::incomplete() const {
  for (std::size_t i = 0; i < vectors_.size(); ++i) {
    const std::vector<Matrix> args = at(i);
    if (args[0].hasNaN() || args[1].hasNaN()) return i;
  }
  return {};
}

Model with_vectors_by(const Model& model, SymbolId source) {
  const auto apart = [&](const Plate& plate) {
    return plate.rows ? plate : join(plate, factor_plate({source}));
  };
  const std::function<bool(const Expr&)> has_gather = [&](const Expr& e) {
    if (e->op == Op::gather) return true;
    if (e->op == Op::symbol && model[e->symbol].definition)
      return has_gather(model[e->symbol].definition);
    return std::any_of(e->args.begin(), e->args.end(), has_gather);
  };
  const std::function<Expr(const Expr&)> replace = [&](const Expr& e) -> Expr {
    if (e->op == Op::gather)
      return at(gather(e->args[0], reference(model, e->symbol), apart(e->plate)), e->span);
    if (e->op == Op::symbol && model[e->symbol].definition && has_gather(e))
      return rewrite(model[e->symbol].definition, replace);
    return nullptr;
  };
  Model result = model;
  for (std::vector<Density>* densities : {&result.densities, &result.stated})
    for (Density& d : *densities) {
      if (d.response < 0 || left_side(model, d)->op != Op::gather) continue;
      d.value = rewrite(d.value, replace);
      for (Expr& a : d.args) a = rewrite(a, replace);
      d.plate = apart(d.plate);
    }
  return result;
}

}  // namespace lmmdsl
