#include "lmmdsl/new_effects.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "compiler/model/elementwise.h"
#include "lmmdsl/report/scalar_arguments.h"
#include "runtime/draw_family.h"
#include "runtime/solve.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr std::uint32_t kEffectStep = 0xD000;  // streams apart from those of the sampler
constexpr int kMost = 1'000'000;               // draws until one lies between the bounds of a prior

}  // namespace

NewEffects::NewEffects(const Model& model, const Data& old, const NewRows& rows, const Needs& needs,
                       Groups groups)
    : model_(model), old_(old), rows_(rows), evaluator_(*rows.model, *rows.data) {
  const Model& held = *rows.model;
  state_.values.resize(held.symbols.size());
  fresh_rows_.assign(rows.count, false);
  std::vector<SymbolId> parameters;
  for (const SymbolId p : model.parameters()) {
    if (needs.symbols.count(p) == 0) continue;
    parameters.push_back(p);
    Parameter& parameter = parameters_[p];
    const Plate& plate = held[p].plate;
    if (plate.once()) continue;
    const Density& prior = held.densities[static_cast<std::size_t>(held[p].prior)];
    const bool population = std::any_of(prior.args.begin(), prior.args.end(),
                                        [&](const Expr& a) { return !is_constant(held, a); });
    std::map<std::vector<std::string>, std::size_t> known;
    const PlateElements& before = old.plate(plate);
    for (std::size_t e = 0; e < before.size; ++e) known[before.labels[e]] = e;
    const PlateElements& now = rows.data->plate(plate);
    parameter.from.assign(now.size, -1);
    for (std::size_t e = 0; e < now.size; ++e)
      if (const auto found = known.find(now.labels[e]); found != known.end())
        parameter.from[e] = static_cast<std::int64_t>(found->second);
    for (std::size_t row = 0; row < rows.count; ++row) {
      const auto e = static_cast<std::size_t>(now.of_row[rows.canonical[row]]);
      if (groups == Groups::fresh && population) parameter.from[e] = -1;
      if (parameter.from[e] >= 0) continue;
      if (parameter.fresh.count(e) == 0) parameter.fresh[e] = row;
      fresh_rows_[row] = true;
    }
  }
  sort(parameters);
}

bool NewEffects::set(const State& draw, StreamAddress address) {
  for (const SymbolId p : order_) {
    const auto id = static_cast<std::size_t>(p);
    const Parameter& parameter = parameters_.at(p);
    std::vector<double>& values = state_.values[id];
    if (parameter.from.empty()) {
      values = draw.values[id];
      continue;
    }
    const std::size_t block = draw.values[id].size() / old_.plate(model_[p].plate).size;
    values.assign(parameter.from.size() * block, 0.0);
    for (std::size_t e = 0; e < parameter.from.size(); ++e)
      if (parameter.from[e] >= 0)
        std::copy_n(
            draw.values[id].begin() +
                static_cast<std::ptrdiff_t>(static_cast<std::size_t>(parameter.from[e]) * block),
            block, values.begin() + static_cast<std::ptrdiff_t>(e * block));
    address.step = kEffectStep + static_cast<std::uint32_t>(p);
    for (const auto& [element, row] : parameter.fresh)
      if (!draw_prior(p, element, block, address)) return false;
  }
  return true;
}

/// Parents before those whose priors mention them.
void NewEffects::sort(const std::vector<SymbolId>& parameters) {
  std::set<SymbolId> placed;
  while (order_.size() < parameters.size()) {
    const std::size_t before = order_.size();
    for (const SymbolId p : parameters) {
      if (placed.count(p) > 0) continue;
      const Model& held = *rows_.model;
      const Density& prior = held.densities[static_cast<std::size_t>(held[p].prior)];
      Needs needs;
      for (const Expr& a : prior.args) collect_needs(held, a, needs);
      const bool ready = std::all_of(parameters.begin(), parameters.end(), [&](SymbolId q) {
        return q == p || placed.count(q) > 0 || needs.symbols.count(q) == 0;
      });
      if (!ready) continue;
      order_.push_back(p);
      placed.insert(p);
    }
    if (order_.size() == before) throw std::logic_error("priors that depend in a circle");
  }
}

bool NewEffects::draw_prior(SymbolId p, std::size_t element, std::size_t block,
                            StreamAddress address) {
  const Model& held = *rows_.model;
  const Density& prior = held.densities[static_cast<std::size_t>(held[p].prior)];
  const auto value = [&](const Expr& e) {
    return evaluator_.evaluate(e, state_,
                               element_within(*rows_.data, prior.plate, element, e->plate));
  };
  std::vector<Matrix> args;
  for (const Expr& a : prior.args) args.push_back(value(a));
  address.level = static_cast<std::uint32_t>(element);
  Random random(address);
  const auto known = [](const Expr&) -> Matrix { throw std::logic_error("a prior of two things"); };
  const auto draw = [&] {
    return family(prior.family).elementwise && prior.value->shape.kind == ShapeKind::vector
               ? draw_components(prior.family, args, static_cast<int>(block), random)
               : draw_from(prior.family, args, random);
  };
  Matrix drawn = draw();
  const double lower = prior.lower ? value(prior.lower)(0, 0) : -HUGE_VAL,
               upper = prior.upper ? value(prior.upper)(0, 0) : HUGE_VAL;
  const auto outside = [&] {
    return drawn(0, 0) < lower || drawn(0, 0) > upper ||
           (prior.ordered && !std::is_sorted(drawn.data(), drawn.data() + drawn.size()));
  };
  for (int k = 0; k < kMost && outside(); ++k) drawn = draw();
  if (outside()) return false;
  const Matrix x = solve(held, prior.value, prior.target, drawn, known);
  if (!x.allFinite() || static_cast<std::size_t>(x.size()) != block) return false;
  std::copy_n(x.data(), block,
              state_.values[static_cast<std::size_t>(p)].begin() +
                  static_cast<std::ptrdiff_t>(element * block));
  return true;
}

}  // namespace lmmdsl
