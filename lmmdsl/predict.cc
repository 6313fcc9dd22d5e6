#include "lmmdsl/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "compiler/model/hold.h"
#include "lmmdsl/display_width.h"
#include "lmmdsl/memory.h"
#include "lmmdsl/new_effects.h"
#include "lmmdsl/new_rows.h"
#include "lmmdsl/report/posterior.h"
#include "lmmdsl/response_draws.h"
#include "lmmdsl/vector_responses.h"
#include "runtime/bind.h"
#include "runtime/replay.h"

namespace lmmdsl {
namespace {

Diagnostic refuse_rows(std::string message, std::string hint = {}) {
  return plain_error(ExitCode::refused, std::move(message), std::move(hint));
}

/// The likelihoods, of which all responses are predicted; the columns of these.
std::vector<int> predicted_densities(const Model& model,
                                     std::vector<std::vector<SymbolId>>& columns,
                                     Diagnostics& errors) {
  std::vector<int> found;
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    if (density.response < 0) continue;
    if (family(density.family).support == Support::level) {
      errors.push_back(
          model_error(model, density.span, "categories are not predicted",
                      "the probabilities of its levels are what is known of new rows"));
      continue;
    }
    if (!density.value->shape.is_scalar()) {
      Result<VectorResponse> vector = vector_response(model, density);
      errors.insert(errors.end(), vector.diagnostics.begin(), vector.diagnostics.end());
      if (!vector) continue;
      columns.push_back(vector->columns);
    } else {
      const auto own = response_columns(model, density);
      if (!density.plate.rows || own.size() != 1 || own[0].size() != 1) {
        errors.push_back(model_error(model, density.span,
                                     "this response cannot be predicted in new rows",
                                     "it is not a value of one column in each row"));
        continue;
      }
      columns.push_back(own[0]);
    }
    found.push_back(static_cast<int>(d));
  }
  if (found.empty() && errors.empty()) errors.push_back(refuse_rows("the model has no response"));
  return found;
}

/// Groups that have to be drawn and may not, or cannot.
Diagnostics check_fresh(const Model& model, const NewRows& rows, const NewEffects& effects,
                        Groups groups, const Table& table,
                        const std::map<std::string, std::string>& headers) {
  Diagnostics errors;
  std::set<std::string> said;
  const BindOptions options{.headers = headers};
  effects.visit_fresh([&](SymbolId p, std::size_t element, std::size_t row) {
    const Density& prior = model.densities[static_cast<std::size_t>(model[p].prior)];
    const bool improper = is_improper(prior.family);
    if (groups != Groups::existing && !improper) return;
    const std::string group = describe_element(*rows.data, model[p].plate, element);
    if (!said.insert(group).second) return;
    Diagnostic d = refuse_rows(fmt::format("{} is not among the data of the run", group));
    if (groups != Groups::existing)
      d.notes.push_back(
          {fmt::format("`{}` has an improper prior: of a group that was not seen it "
                       "says nothing",
                       model[p].spelling)});
    else
      d.hint = "`--groups new` or `--groups both` draws the effects of new groups from their prior";
    for (const SymbolId f : model[p].plate.factors)
      if (const auto column = find_column(table, model[f], mapped_header(model[f], options))) {
        d.source = table.source();
        d.span = table.cell(row, *column).span;
      }
    errors.push_back(std::move(d));
  });
  return errors;
}

/// Factors of which columns of a design are made cannot have levels that the run has not seen.
Diagnostics check_codings(const Model& model, const Data& old, const NewRows& rows,
                          const std::vector<Expr>& used, const Table& table,
                          const std::map<std::string, std::string>& headers) {
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
  Diagnostics errors;
  for (const SymbolId f : coded) {
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
          {fmt::format("the model has a coefficient for each level of `{}`, and none "
                       "for this one",
                       model[f].spelling)});
      const BindOptions options{.headers = headers};
      if (const auto column = find_column(table, model[f], mapped_header(model[f], options))) {
        d.source = table.source();
        d.span = table.cell(row, *column).span;
      }
      errors.push_back(std::move(d));
      break;
    }
  }
  return errors;
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

Diagnostics check_memory(std::size_t rows, std::size_t draws, std::size_t responses) {
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

}  // namespace

Result<Prediction> predict(const SavedRun& run, const Bound& bound, const Table& rows,
                           const PredictSettings& settings) {
  const Model model = stated_model(*bound.program->model);
  const RunRecord& record = *run.record;
  Diagnostics errors;
  std::vector<std::vector<SymbolId>> columns;
  const std::vector<int> densities = predicted_densities(model, columns, errors);
  if (const auto refused = lacks_levels(model, "predictions are")) return Diagnostics{*refused};
  if (!errors.empty()) return errors;
  const DrawStates states(*bound.plan, run.draws);
  if (!states.missing().empty()) return draws_not_kept(run, states.missing().front());

  // What the likelihoods need, and what priors of new groups do.
  const Model held = hold_functions(model, *bound.data, true).model;
  Needs needs;
  std::vector<Expr> used;
  NewRowsInput input{bound, rows, record.headers, record.drop_missing, {}, {}, {}, {}};
  std::vector<SymbolId> factors;  // that tell groups and components apart
  for (std::size_t k = 0; k < densities.size(); ++k) {
    const Density& density = held.densities[static_cast<std::size_t>(densities[k])];
    for (const Expr& a : density.args) used.push_back(a);
    input.responses.insert(columns[k].begin(), columns[k].end());
    if (density.value->shape.is_scalar() || density.plate.rows) continue;
    const SymbolId over = vector_response(held, density)->over;
    input.vectors.push_back({density.plate.factors, over});
    for (const SymbolId f : density.plate.factors) factors.push_back(f);
    factors.push_back(over);
  }
  std::erase_if(factors, [&](SymbolId f) { return !needs.symbols.insert(f).second; });
  for (const Expr& e : used) collect_needs(held, e, needs);
  for (bool more = settings.groups != Groups::existing; more;) {
    more = false;
    for (const SymbolId p : held.parameters()) {
      if (needs.symbols.count(p) == 0 || held[p].plate.once()) continue;
      const Density& prior = held.densities[static_cast<std::size_t>(held[p].prior)];
      const std::size_t before = needs.symbols.size();
      for (const Expr& a : prior.args) collect_needs(held, a, needs);
      if (needs.symbols.size() == before) continue;
      used.insert(used.end(), prior.args.begin(), prior.args.end());
      more = true;
    }
  }
  for (const Expr& e : needs.unheld)
    if (!e->plate.once())
      return model_error(model, e->span,
                         "this has a value for each group that comes from the responses, and new "
                         "rows have none",
                         "predictions cannot use it");
  for (const SymbolId id : needs.symbols)
    if (static_cast<std::size_t>(id) < model.symbols.size() && model[id].role == Role::column)
      input.needed.insert(id);
  // A response that is a covariate of another one is read like any covariate.
  std::erase_if(input.responses, [&](SymbolId id) { return needs.symbols.count(id) > 0; });
  // Columns that only functions within groups mention.
  const HeldFunctions within = hold_functions(model, *bound.data, true);
  for (const HeldColumn& h : within.columns)
    if (needs.symbols.count(h.column) > 0) {
      Needs own;
      collect_needs(model, h.function, own);
      for (const SymbolId id : own.symbols)
        if (model[id].role == Role::column && input.responses.count(id) == 0)
          input.needed.insert(id);
    }
  if (settings.groups == Groups::fresh) input.fresh_label = "(new)";

  Result<NewRows> bound_rows = bind_new_rows(input);
  if (!bound_rows) return bound_rows.diagnostics;
  for (std::size_t row = 0; row < bound_rows->count; ++row) {
    const std::size_t at = bound_rows->canonical[row];
    const auto lacks = [&](const Plate& plate) {
      return !plate.once() && bound_rows->data->plate(plate).of_row[at] < 0;
    };
    bool incomplete = false;
    for (const int d : densities)
      incomplete =
          incomplete || lacks(bound_rows->model->densities[static_cast<std::size_t>(d)].plate);
    for (const SymbolId p : model.parameters())
      incomplete = incomplete || (needs.symbols.count(p) > 0 && lacks(model[p].plate));
    if (incomplete)
      return refuse_rows(fmt::format("row {} of `{}` lacks a value that the prediction needs",
                                     row + 1, printable(rows.source()->name())));
  }
  errors = check_codings(model, *bound.data, *bound_rows, used, rows, record.headers);
  if (!errors.empty()) return errors;
  NewEffects effects(model, *bound.data, *bound_rows, needs, settings.groups);
  errors = check_fresh(model, *bound_rows, effects, settings.groups, rows, record.headers);
  if (!errors.empty()) return errors;

  std::size_t total = 0;
  for (const std::size_t kept : run.draws.kept) total += kept;
  std::size_t responses = 0;
  for (const std::vector<SymbolId>& c : columns) responses += c.size();
  errors = check_memory(bound_rows->count, total, responses);
  if (!errors.empty()) return errors;

  const std::size_t n = bound_rows->count;
  std::vector<std::unique_ptr<ResponseDraws>> draws_of;
  for (int c = 0; c < run.draws.chains; ++c) {
    for (std::size_t t = 0; t < run.draws.kept[static_cast<std::size_t>(c)]; ++t) {
      const StreamAddress address{
          .seed = record.settings.seed, .chain = static_cast<std::uint32_t>(c), .sweep = t};
      bool fine = effects.set(states.at(c, t), address);
      if (draws_of.empty()) {
        for (const int d : densities) draws_of.push_back(response_draws(*bound_rows, d, effects));
        for (const auto& r : draws_of) {
          if (!fine) break;
          errors = r->check(effects.state());
          if (!errors.empty()) return errors;
        }
      }
      for (std::size_t k = 0; k < draws_of.size() && fine; ++k)
        fine = draws_of[k]->add(effects.state(), address);
      if (!fine)
        return plain_error(
            ExitCode::numerical,
            fmt::format("at draw {} of chain {} nothing could be drawn", t + 1, c + 1),
            "a prior that is nearly improper gives numbers that are not finite");
    }
  }

  Prediction result;
  result.fresh = effects.fresh_rows();
  for (const SymbolId p : held.parameters())
    if (needs.symbols.count(p) > 0)
      for (const SymbolId f : held[p].plate.factors)
        if (std::find(factors.begin(), factors.end(), f) == factors.end()) factors.push_back(f);
  for (const SymbolId f : factors) result.factors.push_back(model[f].spelling);
  for (std::size_t row = 0; row < n; ++row) {
    result.labels.emplace_back();
    for (const SymbolId f : factors) {
      const Factor& factor = bound_rows->data->factors[static_cast<std::size_t>(f)];
      const std::int32_t code = factor.codes[bound_rows->canonical[row]];
      result.labels.back().push_back(code < 0 ? "NA"
                                              : factor.levels[static_cast<std::size_t>(code)]);
    }
  }
  Draws& draws = result.draws;
  draws.chains = run.draws.chains;
  draws.per_chain = run.draws.per_chain;
  draws.kept = run.draws.kept;
  draws.values.resize(static_cast<std::size_t>(draws.chains));
  for (const auto& of_density : draws_of)
    for (DrawnResponse& drawn : of_density->responses) {
      PredictedResponse& r = result.responses.emplace_back();
      r.name = drawn.name;
      r.expected = drawn.expected_name;
      for (const bool mean : {true, false})
        for (std::size_t row = 0; row < n; ++row) {
          std::vector<double>& values = mean ? drawn.expected[row] : drawn.observed[row];
          append(draws, draws_column(r.name + (mean ? ".mean" : ""), row), values);
          (mean ? r.expectation : r.observation)
              .push_back(figures_of(std::move(values), settings.interval));
        }
    }
  return result;
}

}  // namespace lmmdsl
