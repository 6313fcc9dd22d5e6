#include "lmmdsl/summary_files.h"

#include <fmt/format.h>

#include <iterator>

#include "lmmdsl/csv_text.h"
#include "lmmdsl/exchange/columns_of.h"
#include "lmmdsl/json_text.h"
#include "lmmdsl/running_figures.h"
#include "runtime/diagnostics.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using Figures = std::vector<std::pair<const char*, double>>;

/// The figures of one scalar, with their names; null if it has no draws.
Figures figures_of(const Draws* draws, const SummaryRow& row, FigureSet set) {
  Figures figures = {
      {"mean", row.mean},       {"mcse", row.mcse},           {"sd", row.sd},
      {"mcse_sd", row.mcse_sd}, {"median", row.median},       {"q5", row.q5},
      {"q95", row.q95},         {"hpd_lower", row.hpd_lower}, {"hpd_upper", row.hpd_upper},
      {"rhat", row.rhat},       {"ess_bulk", row.ess_bulk},   {"ess_tail", row.ess_tail}};
  if (set == FigureSet::usual) return figures;
  const Chains chains = draws ? complete_chains(*draws, row.column) : Chains();
  const auto quantile = [&](double p) { return draws ? mcse_quantile(chains, p) : kNan; };
  figures.emplace_back("mcse_median", quantile(0.5));
  figures.emplace_back("mcse_q5", quantile(0.05));
  figures.emplace_back("mcse_q95", quantile(0.95));
  const int lag = draws ? lag_of_decay(autocorrelation(chains, 50)) : -1;
  figures.emplace_back("acf_dies", lag < 0 ? kNan : lag);
  return figures;
}

/// What is written of each scalar: its column and its figures.
template <class Write>
void for_each_scalar(const Draws& draws, const Summary& summary,
                     const std::vector<RunningQuantity>& running, FigureSet set, Write write) {
  for (const SummaryRow& row : summary.rows)
    write(draws.columns[row.column], figures_of(&draws, row, set));
  for (const RunningQuantity& q : running) {
    if (!q.rows.empty() || q.figures.empty()) continue;
    for (std::size_t k = 0; k < q.components.size(); ++k)
      for (std::size_t e = 0; e < q.elements(); ++e)
        write(q.column(e, q.components[k]), figures_of(nullptr, summary_row(q.at(e, k)), set));
  }
}

/// Hands a growing text on whenever there is enough of it.
class TextPieces {
 public:
  explicit TextPieces(const TextSink& sink) : sink_(sink) {}
  std::string& text() {
    constexpr std::size_t kEnough = std::size_t{1} << 16;
    if (text_.size() >= kEnough) hand_on();
    return text_;
  }
  void hand_on() {
    sink_(text_);
    text_.clear();
  }

 private:
  const TextSink& sink_;
  std::string text_;
};

std::string as_one_text(const std::function<void(const TextSink&)>& write) {
  std::string text;
  write([&](std::string_view piece) { text += piece; });
  return text;
}

}  // namespace

void write_summary_json(const TextSink& sink, const Draws& draws, const Summary& summary,
                        const std::vector<RunningQuantity>& running, FigureSet set) {
  TextPieces pieces(sink);
  pieces.text() += '[';
  const char* const first = "\n";
  const char* between = first;
  for_each_scalar(draws, summary, running, set, [&](const Column& column, const Figures& figures) {
    std::string& text = pieces.text();
    text += between;
    between = ",\n";
    text += "{\"name\": ";
    append_json_string(text, column.name);
    text += ", \"variable\": ";
    append_json_string(text, column.variable);
    fmt::format_to(std::back_inserter(text), ", \"index\": [{}], \"labels\": {{",
                   fmt::join(column.index, ", "));
    const char* comma = "";
    for (const auto& [key, label] : column.labels) {
      text += comma;
      append_json_string(text, key);
      text += ": ";
      append_json_string(text, label);
      comma = ", ";
    }
    text += '}';
    for (const auto& [figure, x] : figures) {
      text += ", \"";
      text += figure;
      text += "\": ";
      append_json_number(text, x);
    }
    text += '}';
  });
  pieces.text() += between == first ? "]\n" : "\n]\n";
  pieces.hand_on();
}

std::string summary_json(const Draws& draws, const Summary& summary,
                         const std::vector<RunningQuantity>& running, FigureSet set) {
  return as_one_text(
      [&](const TextSink& sink) { write_summary_json(sink, draws, summary, running, set); });
}

void write_summary_csv(const TextSink& sink, const Draws& draws, const Summary& summary,
                       const std::vector<RunningQuantity>& running, FigureSet set) {
  TextPieces pieces(sink);
  std::string& header = pieces.text();
  header += "variable";
  for (const auto& [figure, x] : figures_of(nullptr, SummaryRow(), set)) {
    header += ',';
    header += figure;
  }
  header += '\n';
  for_each_scalar(draws, summary, running, set, [&](const Column& column, const Figures& figures) {
    std::string& text = pieces.text();
    text += csv_cell(bracket_name(column));
    for (const auto& [figure, x] : figures) text += ',' + csv_number(x);
    text += '\n';
  });
  pieces.hand_on();
}

std::string summary_csv(const Draws& draws, const Summary& summary,
                        const std::vector<RunningQuantity>& running, FigureSet set) {
  return as_one_text(
      [&](const TextSink& sink) { write_summary_csv(sink, draws, summary, running, set); });
}

}  // namespace lmmdsl
