#include "lmmdsl/report/posterior.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/math/render.h"

namespace lmmdsl {

Posterior::Posterior(const SavedRun& run, const Bound& bound, const Summary& summary)
    : run_(run),
      bound_(bound),
      summary_(summary),
      model_(stated_model(*bound.program->model)),
      evaluator_(model_, *bound.data),
      draw_states_(*bound.plan, run.draws) {
  length_ = run.draws.per_chain;
  for (const std::size_t kept : run.draws.kept) length_ = std::min(length_, kept);
}

std::vector<State> Posterior::states(std::size_t most) const {
  const auto chains = static_cast<std::size_t>(draws().chains);
  const std::size_t all = chains * length_, n = std::min(most, all);
  std::vector<State> result;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = i * all / n;
    result.push_back(state_at(static_cast<int>(at / length_), at % length_));
  }
  return result;
}

Eigen::MatrixXd Posterior::value_at(const Expr& e, const State& state, const Plate& plate,
                                    std::size_t element) const {
  return evaluator_.evaluate_at(e, state, plate, element);
}

std::optional<std::size_t> Posterior::column(const std::string& csv_name) const {
  for (std::size_t j = 0; j < draws().columns.size(); ++j)
    if (draws().columns[j].csv_name == csv_name) return j;
  return {};
}

const SummaryRow* Posterior::row(std::size_t column) const {
  for (const SummaryRow& r : summary_.rows)
    if (r.column == column) return &r;
  return nullptr;
}

bool reads_auxiliary(const Model& model, const Conditional& c) {
  return model[c.target].auxiliary ||
         std::any_of(c.parameters.begin(), c.parameters.end(), [&](const Expr& e) {
           return std::any_of(e->symbols.begin(), e->symbols.end(),
                              [&](SymbolId s) { return model[s].auxiliary; });
         });
}

std::optional<Diagnostic> lacks_levels(const Model& model, const std::string& what) {
  const SymbolId factor = unobserved_factor(model);
  if (factor < 0) return std::nullopt;
  return plain_error(ExitCode::refused,
                     fmt::format("{} not available for a model with an unobserved factor", what),
                     fmt::format("`{}` is one; derived quantities of "
                                 "the model are drawn in the run itself",
                                 model[factor].spelling));
}

std::string element_label(const Data& data, const Plate& plate, std::size_t element) {
  if (plate.once()) return "";
  if (plate.rows) return describe_element(data, plate, element);
  const auto& labels = data.plate(plate).labels[element];
  std::string text;
  for (const std::string& label : labels) text += (text.empty() ? "" : ", ") + label;
  if (labels.size() == 1) text = (*data.model)[plate.factors[0]].spelling + " " + text;
  return text;
}

std::string shown_component(const std::string& name) {
  for (const auto& [ending, shown] : {std::pair("^2", "²"), std::pair("^3", "³")})
    if (name.ends_with(ending)) return name.substr(0, name.size() - 2) + shown;
  return name;
}

std::string shown_name(const Column& column) {
  std::string head = column.variable, inside, tail;
  if (const auto power = head.find('^'); power != head.npos) {
    tail = head.substr(power);
    head.erase(power);
  }
  const auto open = head.find('(');
  std::string text;
  if (open != head.npos && head.back() == ')')
    text = head.substr(0, open + 1) +
           render_name(head.substr(open + 1, head.size() - open - 2), Notation::unicode) + ")";
  else text = render_name(head, Notation::unicode);
  for (const auto& [key, label] : column.labels)
    inside += (inside.empty() ? "" : ", ") + (key == "component" ? shown_component(label) : label);
  if (column.labels.empty())
    for (const int i : column.index) inside += (inside.empty() ? "" : ", ") + std::to_string(i);
  if (!inside.empty()) text += "[" + inside + "]";
  return text + (tail == "^2" ? "²" : tail);
}

}  // namespace lmmdsl
