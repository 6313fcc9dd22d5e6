#include "lmmdsl/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "lmmdsl/memory.h"
#include "lmmdsl/predict_checks.h"
#include "lmmdsl/predict_needs.h"
#include "lmmdsl/report/posterior.h"
#include "lmmdsl/response_draws.h"
#include "runtime/replay.h"

namespace lmmdsl {
namespace {

Diagnostics check_memory(const SavedRun& run, std::size_t rows,
                         const std::vector<PredictedLikelihood>& likelihoods) {
  std::size_t draws = 0, responses = 0;
  for (const std::size_t kept : run.draws.kept) draws += kept;
  for (const PredictedLikelihood& l : likelihoods) responses += l.columns.size();
  const double bytes = 8.0 * 4 * static_cast<double>(rows) * static_cast<double>(draws) *
                       static_cast<double>(responses);
  const auto available = static_cast<double>(available_memory());
  if (bytes <= available) return {};
  return {
      plain_error(ExitCode::limit,
                  fmt::format("predictions of {} rows at {} draws take {}, and {} are available",
                              rows, draws, describe_bytes(bytes), describe_bytes(available)),
                  "predict a part of the rows at a time")};
}

/// The responses of each likelihood, at all draws of the run.
using Drawn = std::vector<std::unique_ptr<ResponseDraws>>;
Result<Drawn> draw_responses(const SavedRun& run, const DrawStates& states, const NewRows& rows,
                             const std::vector<PredictedLikelihood>& likelihoods,
                             NewEffects& effects) {
  Drawn drawn;
  for (int c = 0; c < run.draws.chains; ++c)
    for (std::size_t t = 0; t < run.draws.kept[static_cast<std::size_t>(c)]; ++t) {
      const StreamAddress address{
          .seed = run.record->settings.seed, .chain = static_cast<std::uint32_t>(c), .sweep = t};
      bool fine = effects.set(states.at(c, t), address);
      if (fine && drawn.empty())
        for (const PredictedLikelihood& l : likelihoods) {
          drawn.push_back(response_draws(rows, l.density, effects));
          Diagnostics errors = drawn.back()->check(effects.state());
          if (!errors.empty()) return errors;
        }
      for (std::size_t k = 0; k < drawn.size() && fine; ++k)
        fine = drawn[k]->add(effects.state(), address);
      if (!fine)
        return plain_error(
            ExitCode::numerical,
            fmt::format("at draw {} of chain {} nothing could be drawn", t + 1, c + 1),
            "a prior that is nearly improper gives numbers that are not finite");
    }
  return drawn;
}

PredictedFigures figures_of(std::vector<double> values, const IntervalChoice& choice) {
  PredictedFigures f{};
  const bool finite =
      std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
  if (!finite) return {NAN, NAN, NAN, NAN};
  const Chains all = {values};
  f.mean = mean(all);
  f.sd = standard_deviation(all);
  std::sort(values.begin(), values.end());
  const Interval i = choice.kind == IntervalKind::hpd
                         ? highest_density_interval(values, choice.probability)
                         : equal_tailed_interval(values, choice.probability);
  f.lower = i.lower;
  f.upper = i.upper;
  return f;
}

Column draws_column(const std::string& name, std::size_t row) {
  Column c;
  c.variable = name;
  c.name = fmt::format("{}[row={}]", name, row + 1);
  c.index = {static_cast<int>(row + 1)};
  c.labels = {{"row", std::to_string(row + 1)}};
  c.csv_name = fmt::format("{}.{}", name, row + 1);
  return c;
}

/// A further column: the values of all chains, one after the other.
void append(Draws& draws, Column column, const std::vector<double>& values) {
  draws.columns.push_back(std::move(column));
  auto from = values.begin();
  for (int c = 0; c < draws.chains; ++c) {
    std::vector<double>& to = draws.values[static_cast<std::size_t>(c)];
    const auto kept = static_cast<std::ptrdiff_t>(draws.kept[static_cast<std::size_t>(c)]);
    to.insert(to.end(), from, from + kept);
    to.resize(draws.columns.size() * draws.per_chain);
    from += kept;
  }
}

/// Of each row the labels of these factors.
std::vector<std::vector<std::string>> row_labels(const NewRows& rows,
                                                 const std::vector<SymbolId>& factors) {
  std::vector<std::vector<std::string>> labels(rows.count);
  for (std::size_t row = 0; row < rows.count; ++row)
    for (const SymbolId f : factors) {
      const Factor& factor = rows.data->factors[static_cast<std::size_t>(f)];
      const std::int32_t code = factor.codes[rows.canonical[row]];
      labels[row].push_back(code < 0 ? "NA" : factor.levels[static_cast<std::size_t>(code)]);
    }
  return labels;
}

/// Figures and draws of one response.
void add_predicted(Prediction& result, DrawnResponse& drawn, const IntervalChoice& interval) {
  PredictedResponse& r = result.responses.emplace_back();
  r.name = drawn.name;
  r.expected = drawn.expected_name;
  for (const bool mean : {true, false})
    for (std::size_t row = 0; row < drawn.expected.size(); ++row) {
      std::vector<double>& values = mean ? drawn.expected[row] : drawn.observed[row];
      append(result.draws, draws_column(r.name + (mean ? ".mean" : ""), row), values);
      (mean ? r.expectation : r.observation).push_back(figures_of(std::move(values), interval));
    }
}

}  // namespace

Result<Prediction> predict(const SavedRun& run, const Bound& bound, const Table& rows,
                           const PredictSettings& settings) {
  const Model model = stated_model(*bound.program->model);
  const auto likelihoods = predicted_likelihoods(model);
  if (const auto refused = lacks_levels(model, "predictions are")) return Diagnostics{*refused};
  if (!likelihoods) return likelihoods.diagnostics;
  const DrawStates states(*bound.plan, run.draws);
  if (!states.missing().empty()) return draws_not_kept(run, states.missing().front());
  const HeldFunctions held = hold_functions(model, *bound.data, true);
  const Result<PredictionNeeds> needed = needs_of(held.model, *likelihoods, settings.groups);
  if (!needed) return needed.diagnostics;

  const NewRowsInput input =
      input_of(run, bound, rows, held, *likelihoods, *needed, settings.groups);
  const Result<NewRows> new_rows = bind_new_rows(input);
  if (!new_rows) return new_rows.diagnostics;
  Diagnostics errors =
      check_new_rows(held.model, *bound.data, *new_rows, *likelihoods, *needed, input);
  if (!errors.empty()) return errors;
  NewEffects effects(model, *bound.data, *new_rows, needed->needs, settings.groups);
  errors = check_fresh(model, *new_rows, effects, settings.groups, input);
  if (errors.empty()) errors = check_memory(run, new_rows->count, *likelihoods);
  if (!errors.empty()) return errors;

  const Result<Drawn> drawn = draw_responses(run, states, *new_rows, *likelihoods, effects);
  if (!drawn) return drawn.diagnostics;

  Prediction result;
  result.fresh = effects.fresh_rows();
  result.labels = row_labels(*new_rows, needed->factors);
  for (const SymbolId f : needed->factors) result.factors.push_back(model[f].spelling);
  Draws& draws = result.draws;
  draws.chains = run.draws.chains;
  draws.per_chain = run.draws.per_chain;
  draws.kept = run.draws.kept;
  draws.values.resize(static_cast<std::size_t>(draws.chains));
  for (const auto& of_density : *drawn)
    for (DrawnResponse& response : of_density->responses)
      add_predicted(result, response, settings.interval);
  return result;
}

}  // namespace lmmdsl
