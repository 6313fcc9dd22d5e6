#include "lmmdsl/response_draws.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "compiler/math/render.h"
#include "compiler/model/hold.h"
#include "lmmdsl/report/scalar_arguments.h"
#include "lmmdsl/vector_responses.h"
#include "runtime/bind.h"
#include "runtime/draw_family.h"
#include "runtime/family_mean.h"
#include "runtime/solve.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::uint32_t kObservationStep = 0xE000;  // streams apart from those of the sampler

/// What both kinds of responses have.
class Likelihood : public ResponseDraws {
 protected:
  Likelihood(const NewRows& rows, int density, const NewEffects& effects)
      : rows_(rows),
        evaluator_(effects.evaluator()),
        density_(rows.model->densities[static_cast<std::size_t>(density)]),
        step_(kObservationStep + static_cast<std::uint32_t>(density)) {}

  void add_response(SymbolId column, const Expr& part) {
    responses.push_back({(*rows_.model)[column].spelling, render(part, rows_.model.get()),
                         std::vector<std::vector<double>>(rows_.count),
                         std::vector<std::vector<double>>(rows_.count)});
  }

  /// The element of the density's plate in which a new row lies.
  std::size_t element(std::size_t row) const {
    return static_cast<std::size_t>(rows_.data->plate(density_.plate).of_row[rows_.canonical[row]]);
  }

  /// The column's value in a new row where the part of the left-hand side has the value x.
  double solved(const Expr& part, SymbolId column, double x, std::size_t row,
                const State& state) const {
    const std::size_t at = rows_.canonical[row];
    const auto known = [&](const Expr& e) {
      return evaluator_.evaluate(
          e, state,
          e->plate.once() ? 0
          : e->plate.rows ? at
                          : static_cast<std::size_t>(rows_.data->plate(e->plate).of_row[at]));
    };
    return solve(*rows_.model, part, column, Matrix::Constant(1, 1, x), known)(0, 0);
  }

  const NewRows& rows_;
  const Evaluator& evaluator_;
  const Density& density_;
  std::uint32_t step_;
};

class ScalarDraws : public Likelihood {
 public:
  ScalarDraws(const NewRows& rows, int density, const NewEffects& effects)
      : Likelihood(rows, density, effects),
        column_(response_columns(*rows.model, density_)[0][0]),
        arguments_(*rows.model, *rows.data, evaluator_, density_, elements(), effects.state()) {
    add_response(column_, density_.value);
  }

  Diagnostics check(const State&) override { return {}; }

  bool add(const State& state, StreamAddress address) override {
    arguments_.set(state);
    address.step = step_;
    std::vector<double> args(arguments_.count());
    for (std::size_t row = 0; row < rows_.count; ++row) {
      for (std::size_t k = 0; k < args.size(); ++k) args[k] = arguments_.at(row, k);
      address.level = static_cast<std::uint32_t>(row);
      Random random(address);
      const double x = draw_from(density_.family, args, random);
      if (!std::isfinite(x)) return false;
      responses[0].expected[row].push_back(family_mean(density_.family, args));
      responses[0].observed[row].push_back(solved(density_.value, column_, x, row, state));
    }
    return true;
  }

 private:
  std::vector<std::size_t> elements() const {
    std::vector<std::size_t> found;
    for (std::size_t row = 0; row < rows_.count; ++row) found.push_back(element(row));
    return found;
  }

  SymbolId column_;
  ScalarArguments arguments_;
};

class VectorDraws : public Likelihood {
 public:
  VectorDraws(const NewRows& rows, int density, const NewEffects& effects)
      : Likelihood(rows, density, effects),
        response_(*vector_response(*rows.model, density_)),
        arguments_(*rows.model, *rows.data, evaluator_, density_, vectors(), effects.state()) {
    for (std::size_t k = 0; k < response_.parts.size(); ++k)
      add_response(response_.columns[k], response_.parts[k]);
  }

  Diagnostics check(const State& state) override {
    arguments_.set(state);
    const std::optional<std::size_t> found = arguments_.incomplete();
    if (!found) return {};
    Diagnostic d =
        model_error(*rows_.model, density_.span,
                    fmt::format("row {} cannot be predicted without the other rows of its vector",
                                places_[*found][0].row + 1),
                    "its mean or its covariance matrix mixes components");
    d.hint = "give a row for each component";
    return {d};
  }

  bool add(const State& state, StreamAddress address) override {
    arguments_.set(state);
    address.step = step_;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const std::vector<Matrix> args = arguments_.at(i);
      address.level = static_cast<std::uint32_t>(places_[i][0].row);
      Random random(address);
      const Matrix x = draw_from(density_.family, args, random);
      if (!x.allFinite()) return false;
      for (std::size_t k = 0; k < places_[i].size(); ++k) {
        const auto [row, part] = places_[i][k];
        const auto at = static_cast<Eigen::Index>(k);
        responses[part].expected[row].push_back(args[0](at));
        responses[part].observed[row].push_back(
            solved(response_.parts[part], response_.columns[part], x(at), row, state));
      }
    }
    return true;
  }

 private:
  /// Where a component goes.
  struct Place {
    std::size_t row, part;
  };

  std::vector<PartialVector> vectors() {
    std::vector<PartialVector> found;
    if (response_.over < 0) {
      for (std::size_t row = 0; row < rows_.count; ++row) {
        found.push_back({element(row), {}});
        places_.emplace_back();
        for (std::size_t k = 0; k < response_.parts.size(); ++k) {
          found.back().components.push_back(static_cast<int>(k));
          places_.back().push_back({row, k});
        }
      }
      return found;
    }
    const Factor& factor = rows_.data->factors[static_cast<std::size_t>(response_.over)];
    std::map<std::size_t, std::size_t> known;
    for (std::size_t row = 0; row < rows_.count; ++row) {
      const auto [entry, is_new] = known.try_emplace(element(row), found.size());
      if (is_new) {
        found.push_back({entry->first, {}});
        places_.emplace_back();
      }
      found[entry->second].components.push_back(factor.codes[rows_.canonical[row]]);
      places_[entry->second].push_back({row, 0});
    }
    return found;
  }

  VectorResponse response_;
  std::vector<std::vector<Place>> places_;  ///< of the components of each vector
  VectorArguments arguments_;
};

}  // namespace

std::unique_ptr<ResponseDraws> response_draws(const NewRows& rows, int density,
                                              const NewEffects& effects) {
  const Density& d = rows.model->densities[static_cast<std::size_t>(density)];
  if (d.value->shape.is_scalar()) return std::make_unique<ScalarDraws>(rows, density, effects);
  return std::make_unique<VectorDraws>(rows, density, effects);
}

}  // namespace lmmdsl
