// Wording shared by the errors of bind_data: places in the data file, with the line of the model
// that asks for what the data do not give.
#include <algorithm>
#include <charconv>

#include "runtime/bind.h"

namespace lmmdsl {
namespace {

constexpr std::size_t kRowsNamed = 5;
constexpr std::size_t kLineShown = 100;

std::string trimmed_line(const Source& source, int number) {
  std::string line(source.line(number));
  line.erase(0, line.find_first_not_of(" \t"));
  const std::size_t end = line.find_last_not_of(" \t");
  line.erase(end == std::string::npos ? 0 : end + 1);
  if (line.size() <= kLineShown) return line;
  std::size_t cut = kLineShown;
  while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0) == 0x80) --cut;
  return line.substr(0, cut) + " ...";
}

}  // namespace

std::string shortest(double x) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, x);
  return std::string(buffer, end.ptr);
}

Diagnostic cell_error(const Data& data, SymbolId column, std::size_t row, std::string message,
                      std::string label) {
  const Origin at = data.table->origin(row, data.table_column[column]);
  Diagnostic d;
  d.source = at.table->source();
  d.span = at.table->cell(at.row, at.column).span;
  d.message = std::move(message);
  d.label = std::move(label);
  return d;
}

Diagnostic row_error(const Data& data, SymbolId column, std::size_t row, std::string message,
                     std::string label) {
  const Table& table = *data.table;
  std::size_t own = data.table_column[column];
  while (const JoinedColumn* joined = table.joined(own)) own = joined->join->key;
  Diagnostic d;
  d.source = table.source();
  d.span = table.cell(row, own).span;
  d.message = std::move(message);
  d.label = std::move(label);
  if (table.joined(data.table_column[column])) {
    const Origin at = table.origin(row, data.table_column[column]);
    const int line = at.table->line(at.row);
    d.notes.push_back({"its `" + (*data.model)[column].spelling + "` is in line " +
                       std::to_string(line) + " of " + at.table->source()->name() + ": " +
                       trimmed_line(*at.table->source(), line)});
  }
  return d;
}

std::vector<std::size_t> distinct_cells(const Data& data, SymbolId column,
                                        std::vector<std::size_t> rows) {
  const Table& table = *data.table;
  const std::size_t c = data.table_column[column];
  if (rows.empty() || !table.joined(c)) return rows;
  const auto at = [&](std::size_t row) { return table.origin(row, c).row; };
  // A row without a group has no cell there: it is left to rows that have one.
  const Table* file = table.joined(c)->join->groups.get();
  if (std::any_of(rows.begin(), rows.end(),
                  [&](std::size_t row) { return table.origin(row, c).table == file; }))
    std::erase_if(rows, [&](std::size_t row) { return table.origin(row, c).table != file; });
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return at(a) < at(b); });
  const auto end = std::unique(rows.begin(), rows.end(),
                               [&](std::size_t a, std::size_t b) { return at(a) == at(b); });
  rows.erase(end, rows.end());
  return rows;
}

std::vector<std::size_t> rows_in_file(const Data& data, SymbolId column,
                                      std::vector<std::size_t> rows) {
  for (std::size_t& row : rows) row = data.table->origin(row, data.table_column[column]).row;
  return rows;
}

Diagnostic model_error(const Model& model, Span span, std::string message, std::string label) {
  Diagnostic d;
  d.source = model.source;
  d.span = span;
  d.message = std::move(message);
  d.label = std::move(label);
  return d;
}

Note model_note(const Model& model, Span span, const std::string& what) {
  if (!model.source) return {what};
  const int line = model.source->position(span.begin).line;
  return {what + " in line " + std::to_string(line) + " of " + model.source->name() + ": " +
          trimmed_line(*model.source, line)};
}

Note declaration_note(const Model& model, SymbolId id) {
  return model_note(model, model[id].span, "`" + model[id].spelling + "` is declared");
}

std::string factor_names(const Model& model, const Plate& plate) {
  std::string names;
  for (const SymbolId f : plate.factors)
    names += (names.empty() ? "" : " and ") + model[f].spelling;
  return names;
}

std::string describe_rows(const std::vector<std::size_t>& rows) {
  std::string text = rows.size() == 1 ? "row " : "rows ";
  const std::size_t shown = rows.size() <= kRowsNamed + 1 ? rows.size() : kRowsNamed;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) text += i + 1 == rows.size() ? " and " : ", ";
    text += std::to_string(rows[i] + 1);
  }
  if (shown < rows.size()) text += " and " + std::to_string(rows.size() - shown) + " more";
  return text;
}

}  // namespace lmmdsl
