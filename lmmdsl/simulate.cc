// `simulate`: a draw from the joint law of a model, on the rows of a design.
#include "runtime/simulate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "compiler/model/hold.h"
#include "lmmdsl/lmmdsl.h"
#include "lmmdsl/state_json.h"
#include "lmmdsl/table_csv.h"

namespace lmmdsl {

namespace {

/// The column of a response in the design, and its header there or else where it is to be added.
std::pair<std::optional<std::size_t>, std::string> find_response(const Symbol& symbol,
                                                                 const Table& design,
                                                                 const BindOptions& options) {
  for (const auto& [name, header] : options.headers)
    if (name == symbol.name || name == symbol.spelling) return {design.find(header), header};
  for (const std::string& header : {symbol.header, symbol.spelling, symbol.name})
    if (!header.empty() && design.find(header)) return {design.find(header), header};
  return {std::nullopt, symbol.header.empty() ? symbol.spelling : symbol.header};
}

bool satisfies(double x, const std::vector<ColumnBound>& bounds) {
  return std::all_of(bounds.begin(), bounds.end(), [&](const ColumnBound& b) {
    switch (b.op) {
      case BinaryOp::greater:
        return x > b.value;
      case BinaryOp::greater_equal:
        return x >= b.value;
      case BinaryOp::less:
        return x < b.value;
      default:
        return x <= b.value;
    }
  });
}

/// A number that a column may hold.
double placeholder(const Symbol& symbol) {
  std::vector<double> candidates = {1, 0.5, 0};
  for (const ColumnBound& b : symbol.bounds)
    candidates.insert(candidates.end(), {b.value + 0.5, b.value - 0.5});
  for (const double x : candidates)
    if (satisfies(x, symbol.bounds)) return x;
  return 1;
}

/// The design with numbers for responses that it lacks, or that are NA throughout: they are drawn
/// in every row.
Result<Table> completed(const Model& model, const Table& design, const BindOptions& options) {
  NamedColumns added;
  for (const Density& d : model.stated) {
    for (const auto& columns : response_columns(model, d)) {
      const Symbol& symbol = model[columns.front()];
      const auto [column, header] = find_response(symbol, design, options);
      bool present = false;
      for (std::size_t row = 0; column && row < design.rows(); ++row)
        present = present || !design.is_missing(row, *column);
      if (!present)
        added.emplace_back(header, std::vector<double>(design.rows(), placeholder(symbol)));
    }
  }
  if (added.empty()) return design;
  const char separator = design.separator() == ' ' ? ',' : design.separator();
  return read_table(
      std::make_shared<const Source>(design.source()->name(), table_csv(design, added)),
      {.separator = separator});
}

/// Responses beyond what their columns are declared to hold.
void note_bounds(const Model& model, const ColumnValues& responses, Diagnostics& notes) {
  for (const auto& [id, values] : responses) {
    const Symbol& s = model[id];
    std::size_t outside = 0;
    for (const double x : values) outside += !std::isnan(x) && !satisfies(x, s.bounds);
    if (outside == 0) continue;
    Diagnostic d;
    d.severity = Severity::warning;
    d.source = model.source;
    d.span = s.span;
    d.message = fmt::format(
        "{} of {} simulated values of `{}` are outside the bounds that it is declared with",
        outside, values.size(), s.spelling);
    d.hint = "its distribution in the model reaches beyond them";
    notes.push_back(std::move(d));
  }
}

}  // namespace

Result<Simulation> simulate(const Program& program, const Table& design,
                            const SimulateSettings& settings) {
  const auto held = std::make_shared<Held>(hold_functions_of_responses(*program.model));
  const Model& model = held->model;
  // Functions of the observed responses need these; otherwise numbers stand for what is drawn.
  Result<Table> complete = held->constants.empty() ? completed(model, design, settings.bind)
                                                   : Result<Table>(Table(design));
  if (!complete) return complete.diagnostics;
  Result<Table> all_columns = join_tables(model, std::move(*complete), settings.bind);
  if (!all_columns) return all_columns.diagnostics;
  const auto joined = std::make_shared<const Table>(std::move(*all_columns));
  BindOptions options = settings.bind;
  options.responses_replaced = true;
  auto bound = bind_data(model, *joined, options);
  Diagnostics messages = all_columns.diagnostics;
  messages.insert(messages.end(), bound.diagnostics.begin(), bound.diagnostics.end());
  if (!bound || has_error(messages)) {
    if (!held->constants.empty() && !messages.empty())
      messages.back().notes.push_back({fmt::format(
          "priors use functions of the observed responses: {}", fmt::join(held->constants, ", "))});
    return messages;
  }
  // Model and table must live as long as the data that are bound to them.
  const std::shared_ptr<const Data> data(bound->get(),
                                         [held, joined, keep = *bound](const Data*) {});

  State fixed;
  if (settings.at) {
    Result<State> given = read_state(settings.at, model, *data);
    if (!given) return given.diagnostics;
    fixed = std::move(*given);
  }
  const Result<Simulator> simulator = Simulator::make(model, data, std::move(fixed));
  if (!simulator) return simulator.diagnostics;
  JointDraw draw = simulator->draw({.seed = settings.seed});
  if (!draw.failure.empty())
    return plain_error(ExitCode::numerical, draw.failure,
                       "its prior is nearly improper: give a value with --at STATE.json");
  note_bounds(model, draw.responses, messages);

  Simulation result;
  result.data = data;
  result.state = std::move(draw.state);
  for (const auto& [id, values] : draw.responses) {
    std::vector<double> in_file(design.rows(), std::nan(""));
    for (std::size_t row = 0; row < data->rows(); ++row)
      in_file[data->row_number[row]] = values[row];
    result.responses.emplace_back(find_response(model[id], design, settings.bind).second,
                                  std::move(in_file));
  }
  return {std::move(result), std::move(messages)};
}

}  // namespace lmmdsl
