#include "compiler/plan/linear_forms.h"

#include <algorithm>

namespace lmmdsl {

bool LinearForms::is_data(const Expr& e) const {
  return std::none_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId s) {
    return (model_[s].role == Role::parameter && !model_[s].plate.rows) ||
           model_[s].role == Role::derived;
  });
}

std::vector<Expr> LinearForms::expanded(const Expr& x) const {
  if (x->op == Op::add && !is_data(x)) {
    std::vector<Expr> terms;
    for (const Expr& t : x->args) {
      const std::vector<Expr> inner = expanded(t);
      terms.insert(terms.end(), inner.begin(), inner.end());
    }
    return terms;
  }
  if (x->op == Op::transpose) {
    std::vector<Expr> terms = expanded(x->args[0]);
    for (Expr& t : terms) t = transpose(t);
    return terms;
  }
  if (x->op == Op::multiply) {
    for (std::size_t i = 0; i < x->args.size(); ++i) {
      const std::vector<Expr> parts = expanded(x->args[i]);
      if (parts.size() < 2) continue;
      std::vector<Expr> terms;
      for (const Expr& part : parts) {
        std::vector<Expr> factors = x->args;
        factors[i] = part;
        const std::vector<Expr> inner = expanded(multiply(std::move(factors)));
        terms.insert(terms.end(), inner.begin(), inner.end());
      }
      return terms;
    }
  }
  return {x};
}

std::optional<LinearTerm> LinearForms::linear_term(const Expr& t) const {
  if (!on_rows(t)) {
    if (t->op != Op::multiply || t->args[0]->op != Op::number) return LinearTerm{number(1), t};
    return LinearTerm{t->args[0], multiply({t->args.begin() + 1, t->args.end()})};
  }
  if (t->op != Op::multiply) return std::nullopt;
  std::vector<Expr> data, rest, chain;
  for (const Expr& f : t->args) {
    if (!f->shape.is_scalar()) {
      chain.push_back(f);
    } else if (f->op == Op::number) {
      data.push_back(f);  // a sign goes to the design, where it costs nothing
    } else if (!on_rows(f)) {
      rest.push_back(f);
    } else if (is_data(f)) {
      data.push_back(f);
    } else if (const auto inner = linear_term(f); inner && chain.empty()) {
      if (!inner->A->shape.is_scalar() && t->args.back()->shape.is_scalar() == false) {
        return std::nullopt;
      }
      data.push_back(inner->A);
      rest.push_back(inner->v);
    } else {
      return std::nullopt;
    }
  }
  if (!chain.empty() && !on_rows(chain.front())) {
    std::vector<Expr> reversed;
    for (auto f = chain.rbegin(); f != chain.rend(); ++f) reversed.push_back(transpose(*f));
    chain = std::move(reversed);
  }
  std::size_t split = 0;
  while (split < chain.size() && on_rows(chain[split])) {
    if (!is_data(chain[split])) return std::nullopt;
    ++split;
  }
  for (std::size_t i = split; i < chain.size(); ++i) {
    if (on_rows(chain[i])) return std::nullopt;
  }
  data.insert(data.end(), chain.begin(), chain.begin() + split);
  rest.insert(rest.end(), chain.begin() + split, chain.end());
  if (rest.empty()) return std::nullopt;
  return LinearTerm{data.empty() ? number(1) : multiply(data), multiply(rest)};
}

std::optional<LinearTerm> LinearForms::vector_term(const Expr& t, int p) const {
  if (!on_rows(t)) return LinearTerm{identity_matrix({p}), t};
  if (t->op != Op::multiply) return std::nullopt;
  std::vector<Expr> data, rest;
  for (const Expr& f : t->args) {
    if (is_data(f) && (rest.empty() || f->shape.is_scalar())) {
      data.push_back(f);
    } else if (!on_rows(f)) {
      rest.push_back(f);
    } else {
      return std::nullopt;
    }
  }
  if (rest.empty()) return std::nullopt;
  const Expr v = multiply(rest);
  if (v->shape.is_scalar()) return LinearTerm{multiply(data), v};
  const bool matrix =
      std::any_of(data.begin(), data.end(), [](const Expr& f) { return !f->shape.is_scalar(); });
  if (!matrix) data.push_back(identity_matrix({p}));
  return LinearTerm{multiply(data), v};
}

}  // namespace lmmdsl
