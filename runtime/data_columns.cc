// Finding the columns of a model in a table, reading them, and checking types and bounds.
#include <algorithm>
#include <cmath>

#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// The header a column is looked up by, and the fall-back when its spelling is not there.
std::optional<std::size_t> find_column(const Table& table, const Symbol& s,
                                       const std::string* mapped) {
  if (mapped != nullptr) return table.find(*mapped);
  if (!s.header.empty() && s.header != s.spelling) return table.find(s.header);
  if (const auto found = table.find(s.spelling)) return found;
  return table.find(s.name);
}

std::string list_of_headers(const Table& table) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, table.columns()); ++i)
    text += (i > 0 ? ", " : "") + table.headers()[i];
  if (table.columns() > kShown)
    text += " and " + std::to_string(table.columns() - kShown) + " more";
  return text;
}

Diagnostic unknown_column(const Data& data, const Symbol& s, const std::string* mapped) {
  const Table& table = *data.table;
  const std::string header = mapped != nullptr ? *mapped : s.header.empty() ? s.spelling : s.header;
  Diagnostic d = model_error(*data.model, s.span, "the data have no column `" + header + "`",
                             mapped != nullptr ? "--map gives it this header" : "");
  const std::string file = table.source() ? table.source()->name() : "the table";
  d.notes.push_back({"columns of " + file + ": " + list_of_headers(table)});
  const std::string near = nearest(header, table.headers());
  const bool renamed = mapped != nullptr || (!s.header.empty() && s.header != s.spelling);
  if (near.empty()) d.hint = "--map " + s.spelling + "=HEADER reads it from another column";
  else if (renamed) d.hint = "did you mean `" + near + "`?";
  else d.hint = "did you mean `" + near + "`? Then write  from \"" + near + "\"  behind its type";
  return d;
}

/// One error for all rows that break a rule, at the first of them.
Diagnostic broken_rule(const Data& data, SymbolId id, const std::vector<std::size_t>& rows,
                       const std::string& rule) {
  const Symbol& s = (*data.model)[id];
  const std::string text = data.table->text(rows.front(), data.table_column[id]);
  Diagnostic d = cell_error(data, id, rows.front(),
                            "`" + s.spelling + "` must be " + rule + ", but is " + text +
                                " in row " + std::to_string(rows.front() + 1),
                            "");
  if (rows.size() > 1)
    d.notes.push_back({"the same in " + describe_rows({rows.begin() + 1, rows.end()})});
  d.notes.push_back(declaration_note(*data.model, id));
  return d;
}

bool satisfies(double x, const ColumnBound& bound) {
  switch (bound.op) {
    case BinaryOp::less:
      return x < bound.value;
    case BinaryOp::less_equal:
      return x <= bound.value;
    case BinaryOp::greater:
      return x > bound.value;
    default:
      return x >= bound.value;
  }
}

template <class Rule>
void check_rows(const Data& data, SymbolId id, const std::string& rule, const Rule& holds,
                Diagnostics& errors) {
  std::vector<std::size_t> broken;
  const std::vector<double>& values = data.columns[id];
  for (std::size_t row = 0; row < values.size(); ++row)
    if (!std::isnan(values[row]) && !holds(values[row])) broken.push_back(row);
  if (!broken.empty()) errors.push_back(broken_rule(data, id, broken, rule));
}

void check_numbers(const Data& data, SymbolId id, Diagnostics& errors) {
  const Symbol& s = (*data.model)[id];
  constexpr double kWhole = 9007199254740992;  // 2^53: beyond it not all integers are doubles
  if (s.column_type == ColumnType::count)
    check_rows(
        data, id, "a count (0, 1, 2, ...)",
        [](double x) { return x >= 0 && x <= kWhole && x == std::floor(x); }, errors);
  for (const ColumnBound& bound : s.bounds)
    check_rows(
        data, id, std::string(symbol(bound.op)) + " " + shortest(bound.value),
        [&](double x) { return satisfies(x, bound); }, errors);
}

void append_noted(const Model& model, SymbolId id, Diagnostics found, Diagnostics& errors) {
  for (Diagnostic& d : found) {
    if (d.severity == Severity::error) d.notes.push_back(declaration_note(model, id));
    errors.push_back(std::move(d));
  }
}

/// The headers given by --map, by symbol; errors for names that the model does not declare.
std::map<SymbolId, const std::string*> mapped_headers(const Model& model,
                                                      const BindOptions& options,
                                                      Diagnostics& errors) {
  std::map<SymbolId, const std::string*> mapped;
  std::vector<std::string> names;
  for (const Symbol& s : model.symbols)
    if (s.role == Role::column) names.push_back(s.spelling);
  for (const auto& [name, header] : options.headers) {
    bool known = false;
    for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
      const Symbol& s = model[id];
      if (s.role != Role::column || (name != s.name && name != s.spelling)) continue;
      mapped[id] = &header;
      known = true;
    }
    if (known) continue;
    const std::string near = nearest(name, names);
    errors.push_back(plain_error(
        ExitCode::command_line,
        "--map " + name + "=" + header + ": the model declares no column `" + name + "`",
        near.empty() ? "" : "did you mean `" + near + "`?"));
  }
  return mapped;
}

}  // namespace

Diagnostics read_columns(Data& data, const BindOptions& options) {
  const Model& model = *data.model;
  const Table& table = *data.table;
  Diagnostics errors;
  const std::map<SymbolId, const std::string*> mapped = mapped_headers(model, options, errors);
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    const Symbol& s = model[id];
    if (s.role != Role::column) continue;
    const auto map = mapped.find(id);
    const std::string* header = map == mapped.end() ? nullptr : map->second;
    const auto column = find_column(table, s, header);
    if (!column) {
      errors.push_back(unknown_column(data, s, header));
      continue;
    }
    data.table_column[id] = static_cast<int>(*column);
    if (s.column_type == ColumnType::factor || s.column_type == ColumnType::binary) {
      Result<Factor> read = labels(table, *column);
      if (read) data.factors[id] = std::move(*read);
      append_noted(model, id, std::move(read.diagnostics), errors);
    } else {
      Result<std::vector<double>> read = numbers(table, *column);
      if (read) {
        data.columns[id] = std::move(*read);
        check_numbers(data, id, errors);
      }
      append_noted(model, id, std::move(read.diagnostics), errors);
    }
  }
  return errors;
}

Diagnostics code_binary(Data& data) {
  const Model& model = *data.model;
  Diagnostics messages;
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    const Symbol& s = model[id];
    if (s.role != Role::column || s.column_type != ColumnType::binary) continue;
    Factor& f = data.factors[id];
    // The first row in the file with the code; canonical order is yet to come.
    const auto row_of = [&](std::int32_t code) {
      return data.row_number[std::find(f.codes.begin(), f.codes.end(), code) - f.codes.begin()];
    };
    const auto refuse = [&](std::int32_t code, const std::string& message) {
      Diagnostic d = cell_error(data, id, row_of(code), message, "");
      d.notes.push_back(declaration_note(model, id));
      messages.push_back(std::move(d));
    };
    const std::string name = "`" + s.spelling + "` is declared binary but has ";
    std::vector<double> value = {0, 1};  // of each level
    if (f.levels.size() > 2) {
      std::int32_t last = 0;  // of the labels, the one that is met last
      for (std::int32_t code = 1; code < static_cast<std::int32_t>(f.levels.size()); ++code)
        if (row_of(code) > row_of(last)) last = code;
      refuse(last, name + std::to_string(f.levels.size()) + " different labels: `" + f.levels[0] +
                       "`, `" + f.levels[1] + "`, `" + f.levels[2] + "`" +
                       (f.levels.size() > 3 ? ", ..." : ""));
      continue;
    }
    if (f.levels.size() == 1 && f.levels[0] == "1") value = {1};
    if (f.levels.size() == 1 && f.levels[0] != "0" && f.levels[0] != "1") {
      refuse(0, name + "the one label `" + f.levels[0] + "`, so that 0 and 1 cannot be told apart");
      continue;
    }
    if (f.levels.size() == 2 && (f.levels[0] != "0" || f.levels[1] != "1")) {
      Diagnostic note;
      note.severity = Severity::note;
      note.message =
          "`" + s.spelling + "` is 1 for `" + f.levels[1] + "` and 0 for `" + f.levels[0] + "`";
      messages.push_back(std::move(note));
    }
    std::vector<double>& x = data.columns[id];
    x.assign(f.codes.size(), std::nan(""));
    for (std::size_t row = 0; row < x.size(); ++row)
      if (f.codes[row] >= 0) x[row] = value[f.codes[row]];
    for (const ColumnBound& bound : s.bounds)
      for (std::size_t row = 0; row < x.size(); ++row)
        if (!std::isnan(x[row]) && !satisfies(x[row], bound)) {
          refuse(f.codes[row], "`" + s.spelling + "` must be " + symbol(bound.op) + " " +
                                   shortest(bound.value) + ", but is " + shortest(x[row]));
          break;
        }
  }
  return messages;
}

}  // namespace lmmdsl
