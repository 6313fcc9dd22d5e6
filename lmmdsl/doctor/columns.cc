// The declared columns as the file has them, in a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lmmdsl/display_width.h"
#include "lmmdsl/doctor/doctor.h"
#include "lmmdsl/text_table.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

std::string values_of_numbers(const std::vector<double>& x) {
  std::set<double> different;
  std::size_t missing = 0;
  for (const double v : x) {
    if (std::isnan(v)) ++missing;
    else different.insert(v);
  }
  std::string text;
  if (different.empty()) text = "no values";
  else if (different.size() == 1)
    text = fmt::format("{} in all rows", four_digits(*different.begin()));
  else
    text = fmt::format("{} to {}, {} different", four_digits(*different.begin()),
                       four_digits(*different.rbegin()), different.size());
  if (missing > 0) text += fmt::format(", {} NA", missing);
  return text;
}

std::string values_of_labels(const Factor& factor) {
  std::vector<std::size_t> rows(factor.levels.size());
  std::size_t missing = 0;
  for (const std::int32_t code : factor.codes) {
    if (code < 0) ++missing;
    else ++rows[code];
  }
  if (rows.empty()) return "no labels";
  const auto [least, most] = std::minmax_element(rows.begin(), rows.end());
  std::string text =
      fmt::format("{} level{} of {}", rows.size(), rows.size() == 1 ? "" : "s", *least);
  if (*least < *most) text += fmt::format(" to {}", *most);
  text += *most == 1 ? " row" : " rows";
  if (missing > 0) text += fmt::format(", {} NA", missing);
  return text;
}

}  // namespace

std::string four_digits(double x) {
  const bool whole = x == std::floor(x) && std::fabs(x) < 1e6;
  return whole ? fmt::format("{:.0f}", x) : fmt::format("{:.4g}", x);
}

Diagnostic remark(Severity severity, const Table& table, std::size_t column, std::size_t row,
                  std::string message, std::string hint) {
  const Origin at = table.origin(row, column);
  Diagnostic d;
  d.severity = severity;
  d.code = ExitCode::done;
  d.source = at.table->source();
  d.span = at.table->cell(at.row, at.column).span;
  d.message = std::move(message);
  d.hint = std::move(hint);
  return d;
}

std::vector<ExaminedColumn> examined_columns(const Model& model, const Table& table,
                                             const BindOptions& options) {
  const Usage usage = find_usage(model);
  std::vector<ExaminedColumn> declared;
  std::vector<ColumnRequest> requests;
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    const Symbol& s = model[id];
    if (s.role != Role::column) continue;
    const auto column = find_column(table, s, mapped_header(s, options));
    if (!column) continue;
    ExaminedColumn c;
    c.id = id;
    c.column = *column;
    c.used = usage.used[id] != 0;
    c.response = usage.likelihood[id] >= 0;
    declared.push_back(std::move(c));
    requests.push_back(
        {*column, s.column_type == ColumnType::factor || s.column_type == ColumnType::binary});
  }
  std::vector<ColumnContent> contents = read_columns(table, requests);
  std::vector<ExaminedColumn> found;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    if (has_error(contents[i].diagnostics)) continue;
    declared[i].labels = std::move(contents[i].labels);
    declared[i].numbers = std::move(contents[i].numbers);
    found.push_back(std::move(declared[i]));
  }
  return found;
}

std::string describe_columns(const Model& model, const Table& table,
                             const std::vector<ExaminedColumn>& columns) {
  TextTable text({{"column"}, {"header"}, {"type"}, {"values"}});
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    const Symbol& s = model[id];
    if (s.role != Role::column) continue;
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const ExaminedColumn& c) { return c.id == id; });
    std::string header, values = "not there, or not of this type";
    if (found != columns.end()) {
      header = printable(table.headers()[found->column]);
      values = found->numbers.empty() ? values_of_labels(found->labels)
                                      : values_of_numbers(found->numbers);
    }
    text.add_row({s.spelling, header, name(s.column_type), values});
  }
  return text.to_text();
}

std::string describe_factors(const Model& model, const std::vector<ExaminedColumn>& columns) {
  constexpr std::size_t kMostPairs = 15;
  std::vector<const ExaminedColumn*> factors;
  for (const ExaminedColumn& c : columns)
    if (c.used && c.labels.levels.size() > 1 && model[c.id].column_type == ColumnType::factor)
      factors.push_back(&c);
  std::string text;
  std::size_t pairs = 0;
  for (std::size_t a = 0; a < factors.size(); ++a) {
    for (std::size_t b = a + 1; b < factors.size(); ++b) {
      if (++pairs > kMostPairs) return text;
      const Factor &f = factors[a]->labels, &g = factors[b]->labels;
      std::set<std::pair<std::int32_t, std::int32_t>> occur;
      for (std::size_t row = 0; row < f.codes.size(); ++row)
        if (f.codes[row] >= 0 && g.codes[row] >= 0) occur.insert({f.codes[row], g.codes[row]});
      const std::string &first = model[factors[a]->id].spelling,
                        &second = model[factors[b]->id].spelling;
      const std::size_t all = f.levels.size() * g.levels.size();
      if (occur.size() == f.levels.size() && occur.size() == g.levels.size())
        text += fmt::format("{} and {} are the same division of the rows\n", first, second);
      else if (occur.size() == f.levels.size())
        text += fmt::format("{} lies in {}: each level of it in one\n", first, second);
      else if (occur.size() == g.levels.size())
        text += fmt::format("{} lies in {}: each level of it in one\n", second, first);
      else if (occur.size() == all)
        text += fmt::format("{} and {} cross: all {} pairs occur\n", first, second, all);
      else
        text += fmt::format("{} and {} cross: {} of {} pairs occur\n", first, second, occur.size(),
                            all);
    }
  }
  return text;
}

}  // namespace lmmdsl
