#include "lmmdsl/table_csv.h"

#include <fmt/format.h>

#include <cmath>

namespace lmmdsl {
namespace {

std::string quoted(const std::string& cell, char separator) {
  if (cell.find_first_of(std::string("\"\n\r") + separator) == cell.npos && !cell.empty() &&
      cell.front() != ' ' && cell.back() != ' ')
    return cell;
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + '"';
}

}  // namespace

std::string table_csv(const Table& design, const NamedColumns& columns) {
  struct Field {
    std::string header;
    std::size_t column;                 ///< of the design
    const std::vector<double>* values;  ///< null: those of the design
  };
  std::vector<Field> fields;
  for (std::size_t j = 0; j < design.columns(); ++j)
    fields.push_back({design.headers()[j], j, nullptr});
  for (const auto& [header, values] : columns) {
    if (const auto column = design.find(header)) fields[*column].values = &values;
    else fields.push_back({header, 0, &values});
  }
  // Cells may have decimal commas, so the separator stays; columns lined up by blanks would not.
  const char separator = design.separator() == ' ' ? ',' : design.separator();
  std::string text;
  for (const Field& f : fields) {
    if (!text.empty()) text += separator;
    text += quoted(f.header, separator);
  }
  text += '\n';
  for (std::size_t row = 0; row < design.rows(); ++row) {
    bool first = true;
    for (const Field& f : fields) {
      if (!first) text += separator;
      first = false;
      if (f.values) {
        const double x = (*f.values)[row];
        text += std::isnan(x) ? "NA" : fmt::format("{}", x);
      } else {
        text +=
            design.is_missing(row, f.column) ? "NA" : quoted(design.text(row, f.column), separator);
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmmdsl
