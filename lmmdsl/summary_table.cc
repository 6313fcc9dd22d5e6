#include "lmmdsl/summary_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lmmdsl/display_width.h"
#include "lmmdsl/figures.h"
#include "lmmdsl/lists.h"
#include "lmmdsl/text_table.h"
#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

constexpr int kLongestName = 60;  // columns of the terminal

bool in_lower_triangle(const Column& column, const SummaryTableOptions& options) {
  const auto n = column.index.size();
  return n >= 2 && contains(options.symmetric, column.variable) &&
         column.index[n - 2] > column.index[n - 1];
}

/// Columns in the order of the table, and how many elements of each variable were cut.
struct Selection {
  std::vector<std::size_t> columns;
  std::map<std::string, std::size_t> cut;
};

/// A variable on a plate: its elements in the order of the draws.
struct PlateVariable {
  std::vector<int> elements;
  std::size_t rows = 0;
};

/// How many elements of a plate are shown.
std::size_t elements_shown(const PlateVariable& extent, const SummaryTableOptions& options) {
  const std::size_t n = extent.elements.size();
  if (n <= options.longest && extent.rows <= options.most_rows) return n;
  const std::size_t rows_of_one = std::max<std::size_t>(1, extent.rows / n);
  return std::clamp<std::size_t>(options.most_rows / rows_of_one, 1, options.shown);
}

Selection select(const Draws& draws, const SummaryTableOptions& options) {
  const auto wanted = [&](const Column& column) {
    return column.name != "lp__" && !in_lower_triangle(column, options) &&
           (options.variables.empty() || contains(options.variables, column.variable));
  };
  const auto may_cut = [&](const Column& column) {
    return options.variables.empty() && !column.hyper && !column.index.empty();
  };
  std::map<std::string, PlateVariable> extents;
  for (const Column& column : draws.columns) {
    if (!wanted(column) || !may_cut(column)) continue;
    PlateVariable& extent = extents[column.variable];
    ++extent.rows;
    // Elements come one after the other, and again for each further component.
    auto& elements = extent.elements;
    if (elements.empty() || column.index[0] > elements.back()) elements.push_back(column.index[0]);
  }
  std::map<std::string, int> last;  // the last element that is shown
  Selection selection;
  for (const auto& [variable, extent] : extents) {
    const std::size_t shown = elements_shown(extent, options);
    last[variable] = extent.elements[shown - 1];
    if (shown < extent.elements.size()) selection.cut[variable] = extent.elements.size() - shown;
  }
  for (const bool hyper : {true, false})
    for (std::size_t j = 0; j < draws.columns.size(); ++j) {
      const Column& column = draws.columns[j];
      if (column.hyper != hyper || !wanted(column)) continue;
      if (may_cut(column) && column.index[0] > last[column.variable]) continue;
      selection.columns.push_back(j);
    }
  return selection;
}

/// What a plate's elements are called: "plot", "block and variety".
std::string plate_name(const Column& column) {
  std::string text;
  for (const auto& [key, label] : column.labels)
    if (key != "component") text += (text.empty() ? "" : " and ") + printable(key);
  return text.empty() ? "its elements" : text;
}

std::string rhat_text(double rhat) { return std::isnan(rhat) ? "–" : fmt::format("{:.3f}", rhat); }

std::string percent(double share) {
  std::string text = fmt::format("{:.4f}", 100 * share);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

/// Titles of the lower and upper bound.
std::pair<std::string, std::string> bound_titles(const IntervalChoice& interval) {
  const double outside = (1 - interval.probability) / 2;
  switch (interval.kind) {
    case IntervalKind::hpd:
      return {"HPD from", "to"};
    case IntervalKind::equal:
      return {percent(outside), percent(1 - outside)};
    default:
      return {"5 %", "95 %"};
  }
}

Interval bounds(const Draws& draws, const SummaryRow& row, const IntervalChoice& interval) {
  if (interval.kind == IntervalKind::hpd) return {row.hpd_lower, row.hpd_upper};
  if (interval.kind == IntervalKind::quantiles) return {row.q5, row.q95};
  std::vector<double> sorted;
  for (const auto& chain : complete_chains(draws, row.column))
    sorted.insert(sorted.end(), chain.begin(), chain.end());
  if (std::any_of(sorted.begin(), sorted.end(), [](double x) { return std::isnan(x); }))
    return {row.q5, row.q95};  // not defined
  std::sort(sorted.begin(), sorted.end());
  return equal_tailed_interval(sorted, interval.probability);
}

void add_figures(TextTable& table, const Column& column, const SummaryRow& row, Interval interval) {
  const Digits digits = supported_digits(row);
  Digits finer = digits;  // of the MCSE itself: two digits
  ++finer.decimals;
  table.add_row({printable(column.name, kLongestName),
                 figure(row.mean, digits),
                 figure(row.sd, digits),
                 figure(row.mcse, finer),
                 figure(interval.lower, digits),
                 figure(row.median, digits),
                 figure(interval.upper, digits),
                 {count_text(row.ess_bulk), row.ess_bulk < kLeastEss},
                 {count_text(row.ess_tail), row.ess_tail < kLeastEss},
                 {rhat_text(row.rhat), row.rhat > kLargestRhat}});
}

/// Why a variable has no mean, sd and MCSE. (Draws that are not finite are a warning: advice.h.)
std::string footnote(const Draws& draws, const std::string& variable,
                     const std::vector<const SummaryRow*>& rows) {
  for (const SummaryRow* row : rows) {
    if (!draws.columns[row->column].moments)
      return fmt::format("{}: its denominator can be 0, so its mean and sd may not exist",
                         printable(variable));
  }
  for (const SummaryRow* row : rows) {
    if (row->tail_index > 0.7)
      return fmt::format("{}: heavy tails (Pareto k {:.2f}), so its mean and sd may not exist",
                         printable(draws.columns[row->column].name), row->tail_index);
  }
  return {};
}

}  // namespace

SummaryLines summary_lines(const Draws& draws, const Summary& summary,
                           const SummaryTableOptions& options) {
  const Selection selection = select(draws, options);
  if (selection.columns.empty()) return {TextTable({}), {}};
  std::map<std::size_t, const SummaryRow*> rows;
  for (const SummaryRow& row : summary.rows) rows[row.column] = &row;

  const auto [from, to] = bound_titles(options.interval);
  TextTable table({{"", Align::left},
                   {"mean", Align::decimal},
                   {"sd", Align::decimal},
                   {"MCSE", Align::decimal},
                   {from, Align::decimal},
                   {"50 %", Align::decimal},
                   {to, Align::decimal},
                   {"ESS bulk", Align::right},
                   {"ESS tail", Align::right},
                   {"R-hat", Align::right}});
  std::vector<std::string> variables;  // in the order of the table
  std::map<std::string, std::vector<const SummaryRow*>> by_variable;
  for (std::size_t i = 0; i < selection.columns.size(); ++i) {
    const auto found = rows.find(selection.columns[i]);
    if (found == rows.end()) continue;
    const Column& column = draws.columns[selection.columns[i]];
    add_figures(table, column, *found->second, bounds(draws, *found->second, options.interval));
    const bool last = i + 1 == selection.columns.size() ||
                      draws.columns[selection.columns[i + 1]].variable != column.variable;
    const auto cut = selection.cut.find(column.variable);
    if (last && cut != selection.cut.end())
      table.add_remark(fmt::format("... and {} more of {}; `--vars {}` shows all", cut->second,
                                   plate_name(column), printable(column.variable)));
    if (!contains(variables, column.variable)) variables.push_back(column.variable);
  }
  for (const SummaryRow& row : summary.rows)
    by_variable[draws.columns[row.column].variable].push_back(&row);

  SummaryLines lines{std::move(table), {}};
  if (options.interval.kind == IntervalKind::hpd)
    lines.notes.push_back(fmt::format("HPD: the shortest interval with {} of the draws",
                                      percent(options.interval.probability)));
  for (const std::string& variable : variables) {
    const std::string note = footnote(draws, variable, by_variable[variable]);
    if (!note.empty()) lines.notes.push_back("– " + note);
  }
  return lines;
}

std::string summary_table(const Draws& draws, const Summary& summary,
                          const SummaryTableOptions& options) {
  const SummaryLines lines = summary_lines(draws, summary, options);
  if (lines.table.columns().empty()) return {};
  std::string text = lines.table.to_text(options.colour);
  if (!lines.notes.empty()) text += '\n';
  for (const std::string& note : lines.notes) text += note + '\n';
  return text;
}

std::vector<std::string> symmetric_variables(const Model& model) {
  std::vector<std::string> names;
  for (const Symbol& symbol : model.symbols)
    if (symbol.symmetric) {
      names.push_back(symbol.name);
      names.push_back("cor(" + symbol.name + ")");
    }
  return names;
}

Diagnostics check_variables(const std::vector<Column>& columns,
                            const std::vector<std::string>& names,
                            const std::vector<std::string>& others) {
  std::vector<std::string> known;
  for (const Column& column : columns)
    if (!contains(known, column.variable) && column.name != "lp__")
      known.push_back(column.variable);
  known.insert(known.end(), others.begin(), others.end());
  Diagnostics errors;
  for (const std::string& name : names) {
    if (contains(known, name)) continue;
    const std::string near = nearest(name, known);
    errors.push_back(plain_error(ExitCode::command_line,
                                 fmt::format("--vars: there is no variable `{}`", printable(name)),
                                 near.empty() ? fmt::format("variables: {}", fmt::join(known, ", "))
                                              : fmt::format("did you mean `{}`?", near)));
  }
  return errors;
}

std::string autocorrelation_table(const Draws& draws, int most,
                                  const SummaryTableOptions& options) {
  std::vector<int> lags;
  for (int decade = 1; decade <= most; decade *= 10)
    for (const int lag : {decade, 2 * decade, 5 * decade})
      if (lag <= most) lags.push_back(lag);
  if (lags.empty() || lags.back() != most) lags.push_back(most);

  std::vector<TextColumn> columns{{"lag", Align::left}};
  for (const int lag : lags) columns.push_back({std::to_string(lag), Align::decimal});
  columns.push_back({"dies at", Align::right});
  TextTable table(columns);
  for (const std::size_t j : select(draws, options).columns) {
    const Column& column = draws.columns[j];
    if (options.variables.empty() && (!column.hyper || column.auxiliary)) continue;
    const std::vector<double> rho = autocorrelation(complete_chains(draws, j), most);
    std::vector<TextCell> cells{printable(column.name, kLongestName)};
    for (const int lag : lags) cells.emplace_back(figure(rho[lag], {.decimals = 2}));
    const int dies = lag_of_decay(rho);
    cells.emplace_back(dies >= 0                ? std::to_string(dies)
                       : std::isnan(rho.back()) ? std::string("–")
                                                : fmt::format("> {}", most));
    table.add_row(std::move(cells));
  }
  return table.to_text(options.colour) +
         fmt::format("\ndies at: the first lag with an autocorrelation within {} of zero\n",
                     kForgotten);
}

}  // namespace lmmdsl
