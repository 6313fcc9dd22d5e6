#include "lmmdsl/table_csv.h"

#include <fmt/format.h>

#include <cmath>

#include "lmmdsl/csv_text.h"

namespace lmmdsl {

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
    text += csv_cell(f.header, separator);
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
        text += design.is_missing(row, f.column) ? "NA"
                                                 : csv_cell(design.text(row, f.column), separator);
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmmdsl
