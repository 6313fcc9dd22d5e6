#include "runtime/solve.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace lmmdsl {

namespace {

using Matrix = Eigen::MatrixXd;

bool mentions_deeply(const Model& model, const Expr& e, SymbolId unknown) {
  return std::any_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId id) {
    return id == unknown ||
           (model[id].definition && mentions_deeply(model, model[id].definition, unknown));
  });
}

/// The argument in which the unknown stands; -1 if in none or in several.
int place_of(const Model& model, const Expr& e, SymbolId unknown) {
  int place = -1;
  for (std::size_t k = 0; k < e->args.size(); ++k) {
    if (!mentions_deeply(model, e->args[k], unknown)) continue;
    if (place >= 0) return -1;
    place = static_cast<int>(k);
  }
  return place;
}

bool is_positive(const Symbol& s) {
  return s.positive || std::any_of(s.bounds.begin(), s.bounds.end(), [](const ColumnBound& b) {
           return (b.op == BinaryOp::greater || b.op == BinaryOp::greater_equal) && b.value >= 0;
         });
}

}  // namespace

bool is_solvable(const Model& model, const Expr& e, SymbolId unknown) {
  if (e->op == Op::symbol) {
    return e->symbol == unknown || (model[e->symbol].definition &&
                                    is_solvable(model, model[e->symbol].definition, unknown));
  }
  const int place = place_of(model, e, unknown);
  if (place < 0 || !is_solvable(model, e->args[place], unknown)) return false;
  switch (e->op) {
    case Op::add:
    case Op::log:
    case Op::exp:
    case Op::sqrt:
    case Op::logit:
    case Op::invlogit:
    case Op::inverse:
      return true;
    case Op::multiply:
      return e->shape.is_scalar();
    case Op::power:
      return place == 0 && e->args[1]->op == Op::number && e->args[1]->number != 0 &&
             (std::abs(e->args[1]->number) == 1 || is_positive(model[unknown]));
    default:
      return false;
  }
}

Matrix solve(const Model& model, const Expr& e, SymbolId unknown, Matrix x,
             const std::function<Matrix(const Expr&)>& known) {
  if (e->op == Op::symbol) {
    if (e->symbol == unknown) return x;
    return solve(model, model[e->symbol].definition, unknown, std::move(x), known);
  }
  const int place = place_of(model, e, unknown);
  if (place < 0) throw std::logic_error("a left-hand side that cannot be solved");
  const auto go_on = [&](Matrix value) {
    return solve(model, e->args[place], unknown, std::move(value), known);
  };
  switch (e->op) {
    case Op::add:
      for (int k = 0; k < static_cast<int>(e->args.size()); ++k)
        if (k != place) x -= known(e->args[k]);
      return go_on(x);
    case Op::multiply:
      for (int k = 0; k < static_cast<int>(e->args.size()); ++k)
        if (k != place) x /= known(e->args[k])(0, 0);
      return go_on(x);
    case Op::log:
      return go_on(x.array().exp());
    case Op::exp:
      return go_on(x.array().log());
    case Op::sqrt:
      return go_on(x.array().square());
    case Op::logit:
      return go_on(1 / (1 + (-x.array()).exp()));
    case Op::invlogit:
      return go_on((x.array() / (1 - x.array())).log());
    case Op::inverse:
      return go_on(x.inverse());
    case Op::power:
      return go_on(x.array().pow(1 / e->args[1]->number));
    default:
      throw std::logic_error("a left-hand side that cannot be solved");
  }
}

}  // namespace lmmdsl
