#include "compiler/derive/components.h"

namespace lmmdsl {

namespace {

/// Component k of a vector, taken inside sums, brackets and products so that its form stays open.
Expr component_of(const Expr& e, int k) {
  switch (e->op) {
    case Op::zero:
      return number(0);
    case Op::ones:
      return number(1);
    case Op::add: {
      std::vector<Expr> terms;
      for (const Expr& t : e->args) terms.push_back(component_of(t, k));
      return add(std::move(terms));
    }
    case Op::multiply: {
      // s1 s2 A B v: row k of A, or component k of v if that is all there is.
      std::vector<Expr> factors, chain;
      for (const Expr& f : e->args) (f->shape.is_scalar() ? factors : chain).push_back(f);
      if (chain.size() == 1) {
        factors.push_back(component_of(chain.front(), k));
      } else {
        factors.push_back(unit_row(k, e->shape.rows));
        factors.insert(factors.end(), chain.begin(), chain.end());
      }
      return multiply(std::move(factors));
    }
    default:
      return component(e, {k});
  }
}

}  // namespace

std::vector<Density> independent_components(const Density& density) {
  if (density.family != FamilyId::normal || density.value->shape.is_scalar()) return {};
  const Expr& variance = density.args[1];
  std::vector<Expr> scale;
  Expr matrix = variance;
  if (variance->op == Op::multiply) {
    for (const Expr& f : variance->args) {
      if (f->shape.is_scalar()) {
        scale.push_back(f);
      } else if (matrix == variance) {
        matrix = f;
      } else {
        return {};
      }
    }
  }
  if (matrix->op != Op::diagonal_matrix || matrix->args[0]->op != Op::vcat) return {};
  const std::vector<Expr>& entries = matrix->args[0]->args;
  std::vector<Density> components;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    if (!entries[k]->shape.is_scalar()) return {};
    const int index = static_cast<int>(k) + 1;
    std::vector<Expr> factors = scale;
    factors.push_back(entries[k]);
    Density d = density;
    d.value = component_of(density.value, index);
    if (density.observed) d.observed = component(density.observed, {index});
    d.args = {at(component_of(density.args[0], index), density.args[0]->span),
              at(multiply(std::move(factors)), variance->span)};
    components.push_back(std::move(d));
  }
  return components;
}

}  // namespace lmmdsl
