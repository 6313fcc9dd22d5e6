#include "lmmdsl/report/linear_mean.h"

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/math/dependence.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

bool defined_on_rows(const Model& model, const Expr& e) {
  if (e->op != Op::symbol) return false;
  const Symbol& s = model[e->symbol];
  return s.definition != nullptr &&
         (s.role == Role::derived || (s.role == Role::constant && s.plate.rows));
}

/// Functions of data: what they take is not what stands in a row.
bool is_function_of_data(const Expr& e) { return gathers(e->op) || e->op == Op::least_squares; }

/// Whether an unknown stands in e, itself or through derived quantities.
bool has_parameter(const Model& model, const Expr& e) { return !is_constant(model, e); }

void collect(const Model& model, const Expr& e, std::vector<SymbolId>& found) {
  if (is_function_of_data(e)) return;
  if (defined_on_rows(model, e)) return collect(model, model[e->symbol].definition, found);
  if (e->op == Op::symbol) {
    const Symbol& s = model[e->symbol];
    if (s.role == Role::column && s.column_type != ColumnType::factor &&
        std::find(found.begin(), found.end(), e->symbol) == found.end())
      found.push_back(e->symbol);
    return;
  }
  for (const Expr& a : e->args) collect(model, a, found);
}

}  // namespace

std::vector<SymbolId> covariates(const Model& model, const Expr& e) {
  std::vector<SymbolId> found;
  collect(model, e, found);
  return found;
}

Expr at_value(const Model& model, const Expr& e, SymbolId x, double value) {
  std::function<Expr(const Expr&)> replace = [&](const Expr& n) -> Expr {
    if (is_function_of_data(n)) return n;
    if (defined_on_rows(model, n)) return rewrite(model[n->symbol].definition, replace);
    if (n->op == Op::symbol && n->symbol == x) return number(value);
    return nullptr;
  };
  return rewrite(e, replace);
}

std::optional<LinearMean> linear_mean(const Model& model, const Expr& mean) {
  LinearMean result;
  Expr rest = inline_derived(model, mean);
  for (const SymbolId p : model.parameters()) {
    if (!mentions(rest, p)) continue;
    const auto form = affine(rest, reference(model, p));
    const Affine* found = std::get_if<Affine>(&form);
    if (found == nullptr || has_parameter(model, found->A)) return {};
    result.terms.push_back({p, found->A});
    rest = found->b;
  }
  if (has_parameter(model, rest)) return {};
  result.offset = rest;
  return result;
}

}  // namespace lmmdsl
