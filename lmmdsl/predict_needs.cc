#include "lmmdsl/predict_needs.h"

#include <algorithm>

#include "compiler/model/hold.h"
#include "lmmdsl/vector_responses.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// The columns of a response of which new rows can have values.
Result<std::vector<SymbolId>> predicted_columns(const Model& model, const Density& density) {
  if (family(density.family).support == Support::level)
    return model_error(model, density.span, "categories are not predicted",
                       "the probabilities of its levels are what is known of new rows");
  if (!density.value->shape.is_scalar()) {
    Result<VectorResponse> vector = vector_response(model, density);
    if (!vector) return vector.diagnostics;
    return {vector->columns, vector.diagnostics};
  }
  const auto own = response_columns(model, density);
  if (!density.plate.rows || own.size() != 1 || own[0].size() != 1)
    return model_error(model, density.span, "this response cannot be predicted in new rows",
                       "it is not a value of one column in each row");
  return own[0];
}

/// New groups draw their effects from the priors: what these mention is needed, and its priors.
void add_priors_of_groups(const Model& held, PredictionNeeds& result) {
  for (bool more = true; more;) {
    more = false;
    for (const SymbolId p : held.parameters()) {
      if (result.needs.symbols.count(p) == 0 || held[p].plate.once()) continue;
      const Density& prior = held.densities[static_cast<std::size_t>(held[p].prior)];
      const std::size_t before = result.needs.symbols.size();
      for (const Expr& a : prior.args) collect_needs(held, a, result.needs);
      if (result.needs.symbols.size() == before) continue;
      result.used.insert(result.used.end(), prior.args.begin(), prior.args.end());
      more = true;
    }
  }
}

}  // namespace

Result<std::vector<PredictedLikelihood>> predicted_likelihoods(const Model& model) {
  std::vector<PredictedLikelihood> found;
  Diagnostics errors;
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    if (model.densities[d].response < 0) continue;
    Result<std::vector<SymbolId>> columns = predicted_columns(model, model.densities[d]);
    errors.insert(errors.end(), columns.diagnostics.begin(), columns.diagnostics.end());
    if (columns) found.push_back({static_cast<int>(d), std::move(*columns)});
  }
  if (!errors.empty()) return errors;
  if (found.empty()) return plain_error(ExitCode::refused, "the model has no response");
  return found;
}

Result<PredictionNeeds> needs_of(const Model& held,
                                 const std::vector<PredictedLikelihood>& likelihoods,
                                 Groups groups) {
  PredictionNeeds result;
  std::set<SymbolId>& symbols = result.needs.symbols;
  const auto add_factor = [&](SymbolId f) {
    if (symbols.insert(f).second) result.factors.push_back(f);
  };
  for (const PredictedLikelihood& l : likelihoods) {
    const Density& density = held.densities[static_cast<std::size_t>(l.density)];
    result.used.insert(result.used.end(), density.args.begin(), density.args.end());
    if (density.value->shape.is_scalar() || density.plate.rows) continue;
    const SymbolId over = vector_response(held, density)->over;
    result.vectors.push_back({density.plate.factors, over});
    for (const SymbolId f : density.plate.factors) add_factor(f);
    add_factor(over);
  }
  for (const Expr& e : result.used) collect_needs(held, e, result.needs);
  if (groups != Groups::existing) add_priors_of_groups(held, result);
  for (const Expr& e : result.needs.unheld)
    if (!e->plate.once())
      return model_error(held, e->span,
                         "this has a value for each group that comes from the responses, and new "
                         "rows have none",
                         "predictions cannot use it");
  std::vector<SymbolId>& factors = result.factors;
  for (const SymbolId p : held.parameters())
    if (symbols.count(p) > 0)
      for (const SymbolId f : held[p].plate.factors)
        if (std::find(factors.begin(), factors.end(), f) == factors.end()) factors.push_back(f);
  return result;
}

NewRowsInput input_of(const SavedRun& run, const Bound& bound, const Table& rows,
                      const HeldFunctions& held,
                      const std::vector<PredictedLikelihood>& likelihoods,
                      const PredictionNeeds& needed, Groups groups) {
  const Model model = stated_model(*bound.program->model);
  const std::set<SymbolId>& symbols = needed.needs.symbols;
  NewRowsInput input{bound, rows, run.record->headers, run.record->drop_missing, {}, {}, {}, {}};
  input.vectors = needed.vectors;
  if (groups == Groups::fresh) input.fresh_label = "(new)";
  for (const SymbolId id : symbols)
    if (static_cast<std::size_t>(id) < model.symbols.size() && model[id].role == Role::column)
      input.needed.insert(id);
  // A response that is a covariate of another one is read like any covariate.
  for (const PredictedLikelihood& l : likelihoods)
    for (const SymbolId id : l.columns)
      if (symbols.count(id) == 0) input.responses.insert(id);
  // Columns that only functions within groups mention.
  for (const HeldColumn& h : held.columns) {
    if (symbols.count(h.column) == 0) continue;
    Needs own;
    collect_needs(model, h.function, own);
    for (const SymbolId id : own.symbols)
      if (model[id].role == Role::column && input.responses.count(id) == 0) input.needed.insert(id);
  }
  return input;
}

}  // namespace lmmdsl
