#include "runtime/moments.h"

#include <algorithm>

namespace lmmdsl {

namespace {

bool mentions_parameters(const Model& model, const Expr& e) {
  return std::any_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId s) {
    return model[s].role == Role::parameter || model[s].role == Role::derived;
  });
}

/// A scalar that is positive, a vector of such, or a matrix with such a diagonal.
bool positive(const Model& model, const Expr& e) {
  if (e->positive) return true;
  const auto all = [&] {
    return std::all_of(e->args.begin(), e->args.end(),
                       [&](const Expr& a) { return positive(model, a); });
  };
  switch (e->op) {
    case Op::symbol:  // a covariance: its diagonal
      return model[e->symbol].role == Role::parameter && model[e->symbol].symmetric;
    case Op::component:
      return (e->index.size() == 1 || e->index[0] == e->index[1]) && positive(model, e->args[0]);
    case Op::multiply:
      return all() && std::all_of(e->args.begin(), e->args.end(),
                                  [](const Expr& a) { return a->shape.is_scalar(); });
    case Op::power:
      return positive(model, e->args[0]);
    case Op::add:
    case Op::vcat:
    case Op::hcat:
    case Op::level:
    case Op::diagonal:
    case Op::sqrt:
    case Op::inverse:
    case Op::trace:
    case Op::minimum:
    case Op::maximum:
    case Op::sum_components:
    case Op::mean_components:
    case Op::min_components:
    case Op::max_components:
    case Op::sum_over:
    case Op::mean_over:
    case Op::min_over:
    case Op::max_over:
    case Op::median_over:
      return all();
    default:
      return false;
  }
}

}  // namespace

bool may_lack_mean(const Model& model, const Expr& e) {
  if (e->op == Op::power && e->args[1]->op == Op::number && e->args[1]->number < 0 &&
      mentions_parameters(model, e->args[0]) && !positive(model, e->args[0])) {
    return true;
  }
  return std::any_of(e->args.begin(), e->args.end(),
                     [&](const Expr& a) { return may_lack_mean(model, a); });
}

}  // namespace lmmdsl
