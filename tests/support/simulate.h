// Draws from the joint law of a model: parameters from their priors, parents first, and responses
// from their likelihoods. Arguments come from the reference evaluator, so that nothing of the
// compiler's derivations or of the plan is used.
#pragma once

#include <cmath>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "lmmdsl/lmmdsl.h"
#include "runtime/evaluate.h"
#include "runtime/random.h"

namespace lmmdsl::testing {

class Simulator {
 public:
  /// Both must outlive it. No prior may be flat.
  Simulator(const Model& model, const Data& data)
      : model_(model), data_(data), oracle_(model, data) {}

  State parameters(Random& random) const {
    State state;
    state.values.resize(model_.symbols.size());
    std::set<SymbolId> drawn;
    for (const SymbolId p : model_.parameters()) draw_parameter(p, state, drawn, random);
    return state;
  }

  /// A response for each row of the data that has one; others stay NaN.
  ColumnValues responses(const State& state, Random& random) const {
    ColumnValues drawn;
    for (const Density& density : model_.densities) {
      if (density.target >= 0) continue;
      if (density.value->op == Op::vcat) {
        vectors(density, state, random, drawn);
        continue;
      }
      if (density.value->op != Op::symbol) throw std::logic_error("the response is no column");
      std::vector<double>& column = drawn[density.response];
      column.assign(data_.rows(), std::nan(""));
      const std::vector<std::int32_t>& element = data_.plate(density.plate).of_row;
      for (std::size_t row = 0; row < data_.rows(); ++row) {
        if (element[row] < 0) continue;
        column[row] = one(density, arguments(density, state, row), random)(0, 0);
      }
    }
    return drawn;
  }

  const Evaluator& oracle() const { return oracle_; }

 private:
  using Matrix = Eigen::MatrixXd;

  /// A bracket of columns; those that the table lacks in a row stay NaN.
  void vectors(const Density& density, const State& state, Random& random,
               ColumnValues& drawn) const {
    for (const Expr& part : density.value->args)
      drawn[part->symbol].assign(data_.rows(), std::nan(""));
    for (std::size_t row = 0; row < data_.rows(); ++row) {
      const Matrix y = one(density, arguments(density, state, row), random);
      for (std::size_t k = 0; k < density.value->args.size(); ++k) {
        const SymbolId column = density.value->args[k]->symbol;
        if (!data_.is_missing(column, row)) drawn[column][row] = y(static_cast<Eigen::Index>(k), 0);
      }
    }
  }

  void draw_parameter(SymbolId p, State& state, std::set<SymbolId>& drawn, Random& random) const {
    if (!drawn.insert(p).second) return;
    const Density& prior = model_.densities[static_cast<std::size_t>(model_[p].prior)];
    for (const Expr& a : prior.args) draw_parents(a, state, drawn, random);
    std::vector<double>& values = state.values[static_cast<std::size_t>(p)];
    for (const std::int32_t row : data_.plate(prior.plate).representative) {
      const auto at = static_cast<std::size_t>(row);
      const Matrix x = solved(prior.value, one(prior, arguments(prior, state, at), random));
      values.insert(values.end(), x.data(), x.data() + x.size());
    }
  }

  void draw_parents(const Expr& e, State& state, std::set<SymbolId>& drawn, Random& random) const {
    for (const SymbolId s : e->symbols) {
      if (model_[s].role == Role::parameter) draw_parameter(s, state, drawn, random);
      if (model_[s].role == Role::derived) draw_parents(model_[s].definition, state, drawn, random);
    }
  }

  /// The arguments of the density's element in which a row lies.
  std::vector<Matrix> arguments(const Density& density, const State& state, std::size_t row) const {
    std::vector<Matrix> values;
    for (const Expr& a : density.args) {
      const PlateElements& plate = data_.plate(a->plate);
      values.push_back(oracle_.evaluate(
          a, state, plate.of_row.empty() ? 0 : static_cast<std::size_t>(plate.of_row[row])));
    }
    return values;
  }

  /// The parameter itself, where `lhs` (sigma^2, 1/sigma^2, inv(Sigma), ...) has the value x.
  static Matrix solved(const Expr& lhs, const Matrix& x) {
    switch (lhs->op) {
      case Op::symbol:
        return x;
      case Op::inverse:
        return x.inverse();
      case Op::power:
        return Matrix::Constant(1, 1, std::pow(x(0, 0), 1 / lhs->args[1]->number));
      default:
        throw std::logic_error("a left-hand side that the simulator does not know");
    }
  }

  static Matrix one(const Density& density, const std::vector<Matrix>& a, Random& random) {
    const int p = static_cast<int>(density.value->shape.is_scalar() ? 1 : a.back().rows());
    const auto number = [&](std::size_t slot) { return a[slot](0, 0); };
    switch (density.family) {
      case FamilyId::normal:
        return normal_vector(density.value->shape, a[0], a[1], random);
      case FamilyId::inverse_gamma:
        return Matrix::Constant(1, 1, inverse_gamma_variate(random, number(0), number(1)));
      case FamilyId::gamma:
        return Matrix::Constant(1, 1, gamma_variate(random, number(0), number(1)));
      case FamilyId::scaled_inverse_chi_square:
        return Matrix::Constant(
            1, 1, inverse_gamma_variate(random, number(0) / 2, number(0) * number(1) / 2));
      case FamilyId::inverse_wishart: {
        Matrix x(p, p);
        inverse_wishart_variate(random, p, number(0), a[1].data(), x.data());
        return x;
      }
      case FamilyId::wishart: {
        Matrix x(p, p);
        const Matrix inverse_scale = a[1].inverse();
        wishart_variate(random, p, number(0), inverse_scale.data(), x.data());
        return x;
      }
      default:
        throw std::logic_error("a prior that cannot be drawn from");
    }
  }

  /// A scalar mean or variance of a vector stands for a constant mean, or for v * I.
  static Matrix normal_vector(const Shape& shape, const Matrix& mean, const Matrix& variance,
                              Random& random) {
    if (shape.is_scalar())
      return Matrix::Constant(1, 1, mean(0, 0) + std::sqrt(variance(0, 0)) * normal(random));
    const int p = shape.rows.n;
    const Matrix m = mean.size() == 1 ? Matrix::Constant(p, 1, mean(0, 0)) : mean;
    const Matrix V =
        variance.size() == 1 ? Matrix(variance(0, 0) * Matrix::Identity(p, p)) : variance;
    Matrix x(p, 1);
    normal_by_covariance(random, p, m.data(), V.data(), x.data());
    return x;
  }

  const Model& model_;
  const Data& data_;
  Evaluator oracle_;
};

}  // namespace lmmdsl::testing
