// Designs with factors have as many columns as the data have levels: what the compiler could not
// compare is compared here.
#include <set>

#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// "X has 3 columns".
std::string measured(const LengthCheck::Phrase& phrase, int n) {
  return phrase.before + std::to_string(n) + " " + phrase.noun + (n == 1 ? "" : "s");
}

Diagnostic length_error(const Data& data, const LengthCheck& check) {
  const Model& model = *data.model;
  Diagnostic d =
      model_error(model, check.span, check.message,
                  measured(check.phrase_a, data.length(check.a)) +
                      (check.at_least ? "; counting starts at 1"
                                      : ", " + measured(check.phrase_b, data.length(check.b))));
  std::set<SymbolId> factors;
  for (const Dim* dim : {&check.a, &check.b})
    for (const auto& product : dim->products)
      for (const LevelCount& f : product) factors.insert(f.factor);
  for (SymbolId f : factors)
    d.notes.push_back({model[f].spelling + " has " + std::to_string(data.factors[f].levels.size()) +
                       " level" + (data.factors[f].levels.size() == 1 ? "" : "s") +
                       " in the data"});
  return d;
}

}  // namespace

Diagnostics check_designs(const Data& data, const Usage& usage) {
  const Model& model = *data.model;
  Diagnostics errors;
  std::set<SymbolId> single;
  for (const UsedExpr& site : sites(model, usage))
    walk(site.e, site.plate, [&](const Expr& e, const Plate&) {
      if (e->op != Op::coding) return;
      for (std::size_t k = 0; k < e->labels.size(); ++k) {
        if (codes_number(e->labels[k]) || e->labels[k] == "full") continue;
        const SymbolId f = e->args[k]->symbol;
        const std::vector<std::string>& levels = data.factors[f].levels;
        if (levels.size() > 1 || !single.insert(f).second) continue;
        errors.push_back(model_error(
            model, e->span.end > 0 ? e->span : site.span,
            "`" + model[f].spelling + "` has only one level in the data: `" + levels.at(0) + "`",
            "beside the intercept nothing is left of it"));
      }
    });
  for (const LengthCheck& check : model.length_checks) {
    const int a = data.length(check.a), b = data.length(check.b);
    if (check.at_least ? a < b : a != b) errors.push_back(length_error(data, check));
  }
  return errors;
}

}  // namespace lmmdsl
