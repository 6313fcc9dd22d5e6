// Labels that stand in the model, beta["A"] or treatment == "A", must be among those of the data.
#include <algorithm>

#include "runtime/bind.h"

namespace lmmdsl {

bool label_matches(const std::string& level, const std::string& written) {
  return level == written || level == normalised_label(written);
}

std::size_t element_with_labels(const Data& data, const Node& level) {
  const auto& elements = data.plate(level.args[0]->plate).labels;
  const auto found = std::find_if(elements.begin(), elements.end(), [&](const auto& labels) {
    return std::equal(labels.begin(), labels.end(), level.labels.begin(), level.labels.end(),
                      label_matches);
  });
  return static_cast<std::size_t>(found - elements.begin());
}

namespace {

std::string list(const std::vector<std::string>& levels) {
  constexpr std::size_t kShown = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, levels.size()); ++i)
    text += (i > 0 ? ", " : "") + levels[i];
  if (levels.size() > kShown) text += " and " + std::to_string(levels.size() - kShown) + " more";
  return text;
}

bool check_label(const Data& data, SymbolId factor, const std::string& asked, Span span,
                 Diagnostics& errors) {
  const std::vector<std::string>& levels = data.factors[factor].levels;
  if (std::any_of(levels.begin(), levels.end(),
                  [&](const auto& l) { return label_matches(l, asked); }))
    return true;
  const Symbol& s = (*data.model)[factor];
  Diagnostic d = model_error(*data.model, span,
                             "`" + s.spelling + "` has no level `" + asked + "` in the data", "");
  d.notes.push_back({"levels of " + s.spelling + ": " + list(levels)});
  const std::string near = nearest(asked, levels);
  if (!near.empty()) d.hint = "did you mean \"" + near + "\"?";
  errors.push_back(std::move(d));
  return false;
}

void check_level(const Data& data, const Expr& e, Span span, Diagnostics& errors) {
  const Plate& plate = e->args[0]->plate;
  bool known = true;
  for (std::size_t k = 0; k < e->labels.size() && k < plate.factors.size(); ++k)
    known = check_label(data, plate.factors[k], e->labels[k], span, errors) && known;
  if (!known) return;
  if (element_with_labels(data, *e) < data.plate(plate).size) return;
  std::string pair;
  for (std::size_t k = 0; k < e->labels.size(); ++k)
    pair += (k > 0 ? " and " : "") + (*data.model)[plate.factors[k]].spelling + " `" +
            e->labels[k] + "`";
  errors.push_back(model_error(*data.model, span, "no row of the data has " + pair, ""));
}

}  // namespace

Diagnostics check_labels(const Data& data, const Usage& usage) {
  Diagnostics errors;
  for (const UsedExpr& site : sites(*data.model, usage))
    walk(site.e, site.plate, [&](const Expr& e, const Plate&) {
      const Span span = e->span.end > 0 ? e->span : site.span;
      if (e->op == Op::level) check_level(data, e, span, errors);
      if (e->op == Op::coding)
        for (std::size_t k = 0; k < e->labels.size(); ++k)
          if (e->labels[k].starts_with("treatment:"))
            check_label(data, e->args[k]->symbol, e->labels[k].substr(10), span, errors);
      if (e->op == Op::label_equal)
        check_label(data, e->args.empty() ? e->symbol : e->args[0]->symbol, e->text, span, errors);
    });
  return errors;
}

}  // namespace lmmdsl
