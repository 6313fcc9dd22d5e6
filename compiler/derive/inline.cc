#include "compiler/derive/inline.h"

namespace lmmdsl {

Expr inline_derived(const Model& model, const Expr& e) {
  return rewrite(e, [&](const Expr& part) -> Expr {
    if (part->op != Op::symbol || model[part->symbol].role != Role::derived) return nullptr;
    return at(inline_derived(model, model[part->symbol].definition), part->span);
  });
}

std::vector<Density> inlined_densities(const Model& model, std::vector<Density> densities) {
  for (Density& d : densities) {
    for (Expr& a : d.args) a = inline_derived(model, a);
    for (Expr* bound : {&d.lower, &d.upper})
      if (*bound) *bound = inline_derived(model, *bound);
  }
  return densities;
}

}  // namespace lmmdsl
