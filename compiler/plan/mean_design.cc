#include "compiler/plan/mean_design.h"

#include <algorithm>

namespace lmmdsl {

std::optional<Expr> mean_design(const Model& model, const std::vector<Conditional>& conditionals,
                                SymbolId target, int density) {
  std::vector<Expr> terms;
  for (const Conditional& c : conditionals) {
    for (const Contribution& l : c.likelihood) {
      if (l.density != density || !l.A) continue;
      Expr through = c.target == target ? number(1) : nullptr;
      if (c.target != target) {
        const auto above = mean_design(model, conditionals, target, model[c.target].prior);
        if (!above) return std::nullopt;
        through = *above;
      }
      if (!through) continue;
      const bool data = std::none_of(l.A->symbols.begin(), l.A->symbols.end(), [&](SymbolId s) {
        return model[s].role == Role::parameter || model[s].role == Role::derived;
      });
      if (!data) return std::nullopt;
      terms.push_back(c.target == target ? l.A : multiply({l.A, through}));
    }
  }
  if (terms.empty()) return Expr();
  return add(std::move(terms));
}

}  // namespace lmmdsl
