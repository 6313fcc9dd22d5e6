// Finding the columns of a model in a table, reading them, and checking types and bounds.
#include <algorithm>
#include <cmath>

#include "runtime/bind.h"
#include "runtime/table/number_text.h"

namespace lmmdsl {
std::string list_of_headers(const Table& table) {
  constexpr std::size_t kShown = 20;
  const std::size_t columns = table.header_spans().size();  // without joined ones
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, columns); ++i)
    text += (i > 0 ? ", " : "") + table.headers()[i];
  if (columns > kShown) text += " and " + std::to_string(columns - kShown) + " more";
  return text;
}

std::optional<std::size_t> find_column(const Table& table, const Symbol& s,
                                       const std::string* mapped) {
  if (mapped != nullptr) return table.find(*mapped);
  if (!s.header.empty() && s.header != s.spelling) return table.find(s.header);
  if (const auto found = table.find(s.spelling)) return found;
  return table.find(s.name);
}

const std::string* mapped_header(const Symbol& s, const BindOptions& options) {
  for (const std::string* name : {&s.spelling, &s.name})
    if (const auto found = options.headers.find(*name); found != options.headers.end())
      return &found->second;
  return nullptr;
}

namespace {

struct MissingColumn {
  SymbolId id;
  const std::string* mapped;  ///< the header that --map gives, or null
};

Diagnostic unknown_column(const Data& data, const Symbol& s, const std::string* mapped,
                          const std::vector<GroupTable>& groups) {
  std::vector<const Table*> tables = {data.table};
  for (const GroupTable& group : groups) tables.push_back(group.table.get());
  const std::string header = mapped != nullptr ? *mapped : s.header.empty() ? s.spelling : s.header;
  Diagnostic d = model_error(*data.model, s.span, "the data have no column `" + header + "`",
                             mapped != nullptr ? "--map gives it this header" : "");
  std::vector<std::string> headers;
  for (const Table* table : tables) {
    const std::string file = table->source() ? table->source()->name() : "the table";
    d.notes.push_back({"columns of " + file + ": " + list_of_headers(*table)});
    headers.insert(headers.end(), table->headers().begin(), table->headers().end());
  }
  const std::string near = nearest(header, headers);
  const bool renamed = mapped != nullptr || (!s.header.empty() && s.header != s.spelling);
  if (near.empty()) d.hint = "--map " + s.spelling + "=HEADER reads it from another column";
  else if (renamed) d.hint = "did you mean `" + near + "`?";
  else
    d.hint = "did you mean `" + near + "`? Then declare it as  data " + s.spelling + " : " +
             name(s.column_type) + " from \"" + near + "\"";
  return d;
}

/// Headers that give away that the table was not read as its writer meant it.
std::string misread_header(const Table& table) {
  if (table.columns() == 1)
    return "the first line is one field; fields are separated by commas, semicolons, tabs or "
           "blanks";
  for (const std::string& header : table.headers())
    if (parse_number(header, table.separator()).ok())
      return "the first line looks like a row of the table: the line of column names is missing";
  return "";
}

/// One error if the table is another one altogether, else one for each column that is not there.
Diagnostics unknown_columns(const Data& data, const std::vector<MissingColumn>& missing,
                            const std::vector<GroupTable>& groups) {
  Diagnostics errors;
  bool near = false;
  std::string all;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const auto& [id, mapped] = missing[i];
    const Symbol& s = (*data.model)[id];
    errors.push_back(unknown_column(data, s, mapped, groups));
    near = near || mapped != nullptr || !nearest(s.spelling, data.table->headers()).empty();
    all += (i == 0 ? "`" : i + 1 == missing.size() ? " and `" : ", `") + s.spelling + "`";
  }
  const auto declared = std::count_if(data.model->symbols.begin(), data.model->symbols.end(),
                                      [](const Symbol& s) { return s.role == Role::column; });
  if (!groups.empty() || errors.size() < 2 || near ||
      static_cast<std::ptrdiff_t>(errors.size()) < declared)
    return errors;
  Diagnostic& first = errors.front();
  first.message = "the data have none of the columns " + all;
  if (std::string hint = misread_header(*data.table); !hint.empty()) first.hint = hint;
  errors.resize(1);
  return errors;
}

/// One error for all rows that break a rule, at the first of them.
Diagnostic broken_rule(const Data& data, SymbolId id, const std::vector<std::size_t>& rows,
                       const std::string& rule) {
  const Symbol& s = (*data.model)[id];
  const std::vector<std::size_t> cells = distinct_cells(data, id, rows);
  const std::vector<std::size_t> numbers = rows_in_file(data, id, cells);
  const std::string text = data.table->text(cells.front(), data.table_column[id]);
  Diagnostic d = cell_error(data, id, cells.front(),
                            "`" + s.spelling + "` must be " + rule + ", but is " + text +
                                " in row " + std::to_string(numbers.front() + 1),
                            "");
  if (numbers.size() > 1)
    d.notes.push_back({"the same in " + describe_rows({numbers.begin() + 1, numbers.end()})});
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

/// Names given to --map that the model does not declare.
Diagnostics check_mapped_names(const Model& model, const BindOptions& options) {
  Diagnostics errors;
  std::vector<std::string> names;
  for (const Symbol& s : model.symbols)
    if (s.role == Role::column) names.push_back(s.spelling);
  for (const auto& [name, header] : options.headers) {
    const auto has_name = [&, &n = name](const Symbol& s) {
      return s.role == Role::column && (n == s.name || n == s.spelling);
    };
    if (std::any_of(model.symbols.begin(), model.symbols.end(), has_name)) continue;
    const std::string near = nearest(name, names);
    errors.push_back(plain_error(
        ExitCode::command_line,
        "--map " + name + "=" + header + ": the model declares no column `" + name + "`",
        near.empty() ? "" : "did you mean `" + near + "`?"));
  }
  return errors;
}

bool is_key(const Symbol& s, const BindOptions& options) {
  return std::any_of(options.tables.begin(), options.tables.end(), [&](const GroupTable& g) {
    return g.factor == s.name || g.factor == s.spelling;
  });
}

}  // namespace

Diagnostics read_columns(Data& data, const BindOptions& options) {
  const Model& model = *data.model;
  const Table& table = *data.table;
  Diagnostics errors = check_mapped_names(model, options);
  std::vector<MissingColumn> missing;
  std::vector<SymbolId> found;
  std::vector<ColumnRequest> requests;
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    const Symbol& s = model[id];
    if (s.role != Role::column) continue;
    const std::string* header = mapped_header(s, options);
    const auto column =
        is_key(s, options) ? find_key(table, s, options) : find_column(table, s, header);
    if (!column) {
      missing.push_back({id, header});
      continue;
    }
    data.table_column[id] = static_cast<int>(*column);
    found.push_back(id);
    requests.push_back(
        {*column, s.column_type == ColumnType::factor || s.column_type == ColumnType::binary});
  }
  std::vector<ColumnContent> contents = read_columns(table, requests);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const SymbolId id = found[i];
    if (!has_error(contents[i].diagnostics)) {
      data.factors[id] = std::move(contents[i].labels);
      data.columns[id] = std::move(contents[i].numbers);
      check_numbers(data, id, errors);
    }
    append_noted(model, id, std::move(contents[i].diagnostics), errors);
  }
  Diagnostics unknown = unknown_columns(data, missing, options.tables);
  errors.insert(errors.begin(), unknown.begin(), unknown.end());
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

void number_levels(Data& data) {
  const Model& model = *data.model;
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    std::vector<std::string>& levels = data.factors[id].levels;
    for (int level = 1; level <= model[id].levels; ++level) levels.push_back(std::to_string(level));
  }
  for (const Density& d : model.stated) {
    if (d.response < 0 || family(d.family).support != Support::level) continue;
    const std::vector<std::int32_t>& codes = data.factors[d.response].codes;
    data.columns[d.response].assign(codes.begin(), codes.end());
    for (double& x : data.columns[d.response]) x = x < 0 ? std::nan("") : x + 1;
  }
}

}  // namespace lmmdsl
