// Labels that stand in the model, beta["A"] or treatment == "A", must be among those of the data.
#include <algorithm>
#include <map>

#include "compiler/math/render.h"
#include "runtime/bind.h"

namespace lmmdsl {

bool label_matches(const std::string& level, const std::string& written) {
  return level == written || level == normalised_label(written);
}

std::vector<std::int32_t> elements_with_labels(const Data& data, const Node& level) {
  using Labels = std::vector<std::string>;
  const std::vector<SymbolId>& factors = level.over.factors;
  std::map<Labels, std::int32_t> with_labels;  // by the labels that are left open
  const std::vector<Labels>& elements = data.plate(level.over).labels;
  for (std::size_t e = 0; e < elements.size(); ++e) {
    Labels open;
    auto label = level.labels.begin();
    bool matches = true;
    for (std::size_t k = 0; k < factors.size() && matches; ++k)
      if (level.plate.has(factors[k])) open.push_back(elements[e][k]);
      else matches = label_matches(elements[e][k], *label++);
    if (matches) with_labels.emplace(std::move(open), static_cast<std::int32_t>(e));
  }
  std::vector<std::int32_t> found;
  for (const Labels& open : data.plate(level.plate).labels) {
    const auto at = with_labels.find(open);
    found.push_back(at == with_labels.end() ? -1 : at->second);
  }
  return found;
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
  bool known = true;
  auto label = e->labels.begin();
  for (SymbolId f : e->over.factors)
    if (!e->plate.has(f)) known = check_label(data, f, *label++, span, errors) && known;
  if (!known) return;
  const std::vector<std::int32_t> found = elements_with_labels(data, *e);
  const auto lacking = std::find(found.begin(), found.end(), -1);
  if (lacking == found.end()) return;
  const std::vector<std::string>& open =
      data.plate(e->plate).labels[static_cast<std::size_t>(lacking - found.begin())];
  std::string combination;
  label = e->labels.begin();
  auto here = open.begin();
  for (SymbolId f : e->over.factors)
    combination += (combination.empty() ? "" : " and ") + (*data.model)[f].spelling + " `" +
                   (e->plate.has(f) ? *here++ : *label++) + "`";
  Diagnostic d = model_error(*data.model, span, "no row of the data has " + combination, "");
  if (!e->plate.once()) {
    const auto lack = std::count(found.begin(), found.end(), -1);
    const std::string names = factor_names(*data.model, e->plate);
    if (lack > 1)
      d.notes.push_back({std::to_string(lack) + " of the " + std::to_string(found.size()) +
                         " levels of " + names + " have no such row"});
    d.notes.push_back({"`" + render(e, data.model) + "` has a value for each level of " + names});
  }
  errors.push_back(std::move(d));
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
