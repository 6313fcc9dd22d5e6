#include "lmmdsl/summary_files.h"

#include <fmt/format.h>

#include <cmath>

#include "lmmdsl/json_text.h"

namespace lmmdsl {
namespace {

struct Figure {
  const char* name;
  double SummaryRow::*value;
};

constexpr Figure kFigures[] = {{"mean", &SummaryRow::mean},
                               {"mcse", &SummaryRow::mcse},
                               {"sd", &SummaryRow::sd},
                               {"mcse_sd", &SummaryRow::mcse_sd},
                               {"median", &SummaryRow::median},
                               {"q5", &SummaryRow::q5},
                               {"q95", &SummaryRow::q95},
                               {"rhat", &SummaryRow::rhat},
                               {"ess_bulk", &SummaryRow::ess_bulk},
                               {"ess_tail", &SummaryRow::ess_tail}};

std::string csv_variable(const Column& column) {
  if (column.index.empty()) return column.variable;
  return fmt::format("{}[{}]", column.variable, fmt::join(column.index, ","));
}

}  // namespace

std::string summary_json(const Draws& draws, const Summary& summary) {
  std::string text = "[";
  const char* between = "\n";
  for (const SummaryRow& row : summary.rows) {
    const Column& column = draws.columns[row.column];
    text += between;
    between = ",\n";
    text += fmt::format("{{\"name\": {}, \"variable\": {}, \"index\": [{}], \"labels\": {{",
                        json_string(column.name), json_string(column.variable),
                        fmt::join(column.index, ", "));
    const char* comma = "";
    for (const auto& [key, label] : column.labels) {
      text += fmt::format("{}{}: {}", comma, json_string(key), json_string(label));
      comma = ", ";
    }
    text += '}';
    for (const Figure& figure : kFigures)
      text += fmt::format(", \"{}\": {}", figure.name, json_number(row.*figure.value));
    text += '}';
  }
  return text + (summary.rows.empty() ? "]\n" : "\n]\n");
}

std::string summary_csv(const Draws& draws, const Summary& summary) {
  std::string text = "variable";
  for (const Figure& figure : kFigures) text += fmt::format(",{}", figure.name);
  text += '\n';
  for (const SummaryRow& row : summary.rows) {
    const std::string name = csv_variable(draws.columns[row.column]);
    text += name.find(',') == name.npos ? name : '"' + name + '"';
    for (const Figure& figure : kFigures) {
      const double x = row.*figure.value;
      text += ',';
      if (std::isfinite(x)) text += json_number(x);
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmmdsl
