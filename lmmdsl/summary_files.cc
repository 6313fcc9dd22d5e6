#include "lmmdsl/summary_files.h"

#include <fmt/format.h>

#include <cmath>

#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/json_text.h"
#include "runtime/diagnostics.h"

namespace lmmdsl {
namespace {

using Figures = std::vector<std::pair<const char*, double>>;

/// The figures of one scalar, with their names.
Figures figures_of(const Draws& draws, const SummaryRow& row, FigureSet set) {
  Figures figures = {
      {"mean", row.mean},       {"mcse", row.mcse},           {"sd", row.sd},
      {"mcse_sd", row.mcse_sd}, {"median", row.median},       {"q5", row.q5},
      {"q95", row.q95},         {"hpd_lower", row.hpd_lower}, {"hpd_upper", row.hpd_upper},
      {"rhat", row.rhat},       {"ess_bulk", row.ess_bulk},   {"ess_tail", row.ess_tail}};
  if (set == FigureSet::usual) return figures;
  const Chains chains = complete_chains(draws, row.column);
  figures.emplace_back("mcse_median", mcse_quantile(chains, 0.5));
  figures.emplace_back("mcse_q5", mcse_quantile(chains, 0.05));
  figures.emplace_back("mcse_q95", mcse_quantile(chains, 0.95));
  const int lag = lag_of_decay(autocorrelation(chains, 50));
  figures.emplace_back("acf_dies", lag < 0 ? std::nan("") : lag);
  return figures;
}

}  // namespace

std::string summary_json(const Draws& draws, const Summary& summary, FigureSet set) {
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
    for (const auto& [figure, x] : figures_of(draws, row, set))
      text += fmt::format(", \"{}\": {}", figure, json_number(x));
    text += '}';
  }
  return text + (summary.rows.empty() ? "]\n" : "\n]\n");
}

std::string summary_csv(const Draws& draws, const Summary& summary, FigureSet set) {
  std::string text = "variable";
  for (const auto& [figure, x] : figures_of(Draws(), SummaryRow(), set)) {
    text += ',';
    text += figure;
  }
  text += '\n';
  for (const SummaryRow& row : summary.rows) {
    const std::string name = bracket_name(draws.columns[row.column]);
    text += name.find(',') == name.npos ? name : '"' + name + '"';
    for (const auto& [figure, x] : figures_of(draws, row, set)) {
      text += ',';
      if (std::isfinite(x)) text += json_number(x);
    }
    text += '\n';
  }
  return text;
}

}  // namespace lmmdsl
