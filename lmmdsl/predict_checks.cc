#include "lmmdsl/predict_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "lmmdsl/display_width.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

Diagnostic refuse_rows(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::refused, std::move(message), std::move(hint));
}

/// The cell of a factor in a new row, if the table has its column.
void point_at_cell(Diagnostic& d, const Model& model, SymbolId factor, const NewRowsInput& input,
                   std::size_t row) {
  const BindOptions options{.headers = input.headers};
  const Symbol& symbol = model[factor];
  if (const auto column = find_column(input.rows, symbol, mapped_header(symbol, options))) {
    d.source = input.rows.source();
    d.span = input.rows.cell(row, *column).span;
  }
}

Diagnostics check_complete(const Model& model, const NewRows& rows,
                           const std::vector<PredictedLikelihood>& likelihoods,
                           const PredictionNeeds& needed, const NewRowsInput& input) {
  for (std::size_t row = 0; row < rows.count; ++row) {
    const auto lacks = [&](const Plate& plate) {
      return !plate.once() && rows.data->plate(plate).of_row[rows.canonical[row]] < 0;
    };
    bool incomplete = false;
    for (const PredictedLikelihood& l : likelihoods)
      incomplete =
          incomplete || lacks(rows.model->densities[static_cast<std::size_t>(l.density)].plate);
    for (const SymbolId p : model.parameters())
      incomplete = incomplete || (needed.needs.symbols.count(p) > 0 && lacks(model[p].plate));
    if (incomplete)
      return {refuse_rows(fmt::format("row {} of `{}` lacks a value that the prediction needs",
                                      row + 1, printable(input.rows.source()->name())))};
  }
  return {};
}

/// Factors of which columns of a design are made, in some expressions and what they mention.
std::set<SymbolId> coded_factors(const Model& model, const std::vector<Expr>& used) {
  std::set<SymbolId> coded;
  std::set<SymbolId> entered;
  std::function<void(const Expr&)> visit = [&](const Expr& e) {
    if (e->op == Op::coding)
      for (const Expr& part : e->args)
        if (part->op == Op::symbol) coded.insert(part->symbol);
    if (e->op == Op::symbol && model[e->symbol].definition && entered.insert(e->symbol).second)
      visit(model[e->symbol].definition);
    for (const Expr& a : e->args) visit(a);
  };
  for (const Expr& e : used) visit(e);
  return coded;
}

/// Of each of these factors the first level that the run has not seen.
Diagnostics check_codings(const Model& model, const Data& old, const NewRows& rows,
                          const std::vector<Expr>& used, const NewRowsInput& input) {
  Diagnostics errors;
  for (const SymbolId f : coded_factors(model, used)) {
    const auto id = static_cast<std::size_t>(f);
    const std::vector<std::string>& known = old.factors[id].levels;
    const Factor& now = rows.data->factors[id];
    if (known.empty() || now.levels == known) continue;
    for (std::size_t row = 0; row < rows.count; ++row) {
      const std::int32_t code = now.codes[rows.canonical[row]];
      const std::string& level = now.levels[static_cast<std::size_t>(code)];
      if (std::find(known.begin(), known.end(), level) != known.end()) continue;
      Diagnostic d = refuse_rows(fmt::format("{} `{}` is not among the data of the run",
                                             model[f].spelling, printable(level)));
      d.notes.push_back(
          {fmt::format("the model has a coefficient for each level of `{}`, and none for this one",
                       model[f].spelling)});
      point_at_cell(d, model, f, input, row);
      errors.push_back(std::move(d));
      break;
    }
  }
  return errors;
}

}  // namespace

Diagnostics check_new_rows(const Model& held, const Data& old, const NewRows& rows,
                           const std::vector<PredictedLikelihood>& likelihoods,
                           const PredictionNeeds& needed, const NewRowsInput& input) {
  Diagnostics errors = check_complete(held, rows, likelihoods, needed, input);
  if (errors.empty()) errors = check_codings(held, old, rows, needed.used, input);
  return errors;
}

Diagnostics check_fresh(const Model& model, const NewRows& rows, const NewEffects& effects,
                        Groups groups, const NewRowsInput& input) {
  Diagnostics errors;
  std::set<std::string> said;
  effects.visit_fresh([&](SymbolId p, std::size_t element, std::size_t row) {
    const Density& prior = model.densities[static_cast<std::size_t>(model[p].prior)];
    // The draws have no scale that all elements share, without which those of a new one are
    // unknown.
    const bool shares = prior.family == FamilyId::horseshoe;
    if (groups != Groups::existing && !is_improper(prior.family) && !shares) return;
    const std::string group = describe_element(*rows.data, model[p].plate, element);
    if (!said.insert(group).second) return;
    Diagnostic d = refuse_rows(fmt::format("{} is not among the data of the run", group));
    if (groups != Groups::existing && shares) {
      d.notes.push_back(
          {fmt::format("`{}` has a Horseshoe prior, and the scale that all its elements share is "
                       "not among the draws",
                       model[p].spelling)});
      d.hint =
          "write the prior out, as in  b[g] ~ Normal(0, l[g]^2 * t^2),  l[g] ~ HalfCauchy(1),  "
          "t ~ HalfCauchy(1)";
    } else if (groups != Groups::existing)
      d.notes.push_back(
          {fmt::format("`{}` has an improper prior: of a group that was not seen it says nothing",
                       model[p].spelling)});
    else
      d.hint = "`--groups new` or `--groups both` draws the effects of new groups from their prior";
    for (const SymbolId f : model[p].plate.factors) point_at_cell(d, model, f, input, row);
    errors.push_back(std::move(d));
  });
  return errors;
}

}  // namespace lmmdsl
