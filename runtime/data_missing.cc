// NA: allowed in a response (it is drawn) and inside functions of data (they skip it), refused in
// what every row needs, or the row left out on request.
#include <algorithm>
#include <cmath>

#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// Before binary columns have their numbers.
bool is_na(const Data& data, SymbolId id, std::size_t row) {
  const std::vector<double>& numbers = data.columns[id];
  return numbers.empty() ? data.factors[id].codes[row] < 0 : std::isnan(numbers[row]);
}

Diagnostic missing_value(const Data& data, const Usage& usage, SymbolId id,
                         const std::vector<std::size_t>& rows) {
  const Model& model = *data.model;
  const Symbol& s = model[id];
  const std::vector<std::size_t> cells = distinct_cells(data, id, rows);
  const std::string where = " is missing in " + describe_rows(rows_in_file(data, id, cells));
  const std::string hint = data.table->joined(data.table_column[id])
                               ? "--na drop leaves out the rows that need it"
                           : rows.size() == 1 ? "--na drop leaves this row out"
                                              : "--na drop leaves these rows out";
  if (usage.likelihood[id] < 0) {
    const char* kind = s.column_type == ColumnType::factor ? "the factor `" : "the covariate `";
    Diagnostic d = cell_error(data, id, cells.front(), kind + s.spelling + "`" + where, "");
    d.notes.push_back(model_note(model, usage.elementwise_at[id], "it is needed"));
    d.hint = hint;
    return d;
  }
  if (s.column_type == ColumnType::factor) {
    Diagnostic d = cell_error(data, id, cells.front(), "the factor `" + s.spelling + "`" + where,
                              "categories that are missing are not drawn");
    d.notes.push_back(
        model_note(model, model.stated[usage.likelihood[id]].span, "it is a response"));
    d.hint = hint;
    return d;
  }
  Diagnostic d =
      cell_error(data, id, cells.front(),
                 "`" + s.spelling + "`" + where + " and stands in two places of the model", "");
  d.notes.push_back(model_note(model, model.stated[usage.likelihood[id]].span,
                               "its missing values would be drawn from the density"));
  d.notes.push_back(model_note(model, usage.elementwise_at[id], "it also stands"));
  d.hint = hint;
  return d;
}

/// Whether a joined column lacks nothing but the values of rows whose key is NA, which is an error
/// of the key.
bool lacks_key_only(const Data& data, const Usage& usage, SymbolId id,
                    const std::vector<std::size_t>& rows) {
  const std::size_t column = data.table_column[id];
  const JoinedColumn* joined = data.table->joined(column);
  if (joined == nullptr) return false;
  for (SymbolId key = 0; key < static_cast<SymbolId>(data.table_column.size()); ++key)
    if (data.table_column[key] == static_cast<int>(joined->join->key) && usage.elementwise[key])
      return std::all_of(rows.begin(), rows.end(),
                         [&](std::size_t row) { return joined->join->row_of[row] < 0; });
  return false;
}

}  // namespace

Result<std::vector<std::size_t>> rows_to_keep(const Data& data, const Usage& usage,
                                              bool drop_missing) {
  const Model& model = *data.model;
  const std::size_t n = data.table->rows();
  Diagnostics messages;
  std::vector<char> drop(n, 0);
  std::string reasons;
  for (SymbolId id = 0; id < static_cast<SymbolId>(model.symbols.size()); ++id) {
    if (model[id].role != Role::column || !usage.elementwise[id]) continue;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < n; ++row)
      if (is_na(data, id, row)) rows.push_back(row);
    if (rows.empty() || lacks_key_only(data, usage, id, rows)) continue;
    if (!drop_missing) messages.push_back(missing_value(data, usage, id, rows));
    for (std::size_t row : rows) drop[row] = 1;
    reasons += (reasons.empty() ? "" : ", ") + model[id].spelling + " (" +
               std::to_string(rows.size()) + ")";
  }
  if (has_error(messages)) return messages;
  std::vector<std::size_t> keep;
  for (std::size_t row = 0; row < n; ++row)
    if (!drop[row]) keep.push_back(row);
  if (keep.size() < n) {
    Diagnostic note;
    note.severity = Severity::note;
    note.message = std::to_string(n - keep.size()) + " of " + std::to_string(n) +
                   " rows are left out, with NA in " + reasons;
    messages.push_back(std::move(note));
  }
  if (keep.empty() && n > 0)
    return plain_error(ExitCode::refused, "no row of the data is left: each has NA in " + reasons);
  return Result<std::vector<std::size_t>>(std::move(keep), std::move(messages));
}

}  // namespace lmmdsl
