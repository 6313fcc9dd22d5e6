#include "compiler/model/elementwise.h"

#include <algorithm>
#include <functional>
#include <set>

namespace lmmdsl {

bool gathers(Op op) {
  switch (op) {
    case Op::sum_over:
    case Op::mean_over:
    case Op::var_over:
    case Op::sd_over:
    case Op::min_over:
    case Op::max_over:
    case Op::median_over:
    case Op::count_over:
    case Op::quantile_over:
    case Op::cov_over:
    case Op::cor_over:
    case Op::least_squares:
    case Op::triangle:
      return true;
    default:
      return false;
  }
}

std::vector<SymbolId> elementwise_columns(const Model& model, const Expr& e) {
  std::set<SymbolId> found;
  std::set<SymbolId> entered;
  const std::function<void(const Expr&)> visit = [&](const Expr& node) {
    if (gathers(node->op) || node->op == Op::filled) return;
    if (node->op == Op::symbol) {
      const Symbol& s = model[node->symbol];
      if (s.role == Role::column) found.insert(node->symbol);
      if (s.definition && entered.insert(node->symbol).second) visit(s.definition);
    }
    for (const Expr& a : node->args) visit(a);
  };
  visit(e);
  return {found.begin(), found.end()};
}

bool is_constant(const Model& model, const Expr& e) {
  return std::none_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId id) {
    return model[id].role == Role::parameter || model[id].role == Role::derived;
  });
}

}  // namespace lmmdsl
