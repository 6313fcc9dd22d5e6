#include "compiler/math/arrange.h"

#include <algorithm>
#include <cmath>

namespace lmmdsl {

namespace {

bool in_denominator(const Expr& f) {
  return f->op == Op::power && f->args[1]->op == Op::number && f->args[1]->number < 0;
}

bool of_halves(const Expr& t) {
  const Expr& n = t->op == Op::multiply ? t->args[0] : t;
  return n->op == Op::number && std::fmod(std::abs(n->number), 1) == 0.5;
}

}  // namespace

ArrangedProduct arrange_product(const Expr& e) {
  ArrangedProduct found;
  std::vector<Expr> last;
  const bool column = e->shape.kind == ShapeKind::vector;
  for (const Expr& f : e->args) {
    if (f->op == Op::number) {
      found.negative = f->number < 0;
      found.coefficient = std::abs(f->number);
    } else if (column && f->shape.is_scalar() && f->plate.rows && !in_denominator(f)) {
      last.push_back(f);
    } else if (in_denominator(f)) {
      found.below.push_back(power(f->args[0], -f->args[1]->number));
    } else {
      found.above.push_back(f);
    }
  }
  // X' y, as the page writes it; with a weight w * X' * y, with a residual w * X' * (y - m).
  if (!last.empty()) {
    const auto residual =
        std::find_if(last.begin(), last.end(), [](const Expr& f) { return f->op == Op::add; });
    std::iter_swap(residual == last.end() ? last.end() - 1 : residual, last.end() - 1);
    found.above.insert(found.above.begin(), last.begin(), last.end() - 1);
    found.above.push_back(last.back());
  }
  // w (y - m)^2: what is a name before what is a bracket, where the order is free.
  if (e->shape.is_scalar() &&
      std::all_of(found.above.begin(), found.above.end(),
                  [](const Expr& f) { return f->shape.is_scalar() && f->op != Op::multiply; })) {
    std::stable_partition(found.above.begin(), found.above.end(), [](const Expr& f) {
      return f->op == Op::symbol || (f->op == Op::power && f->args[0]->op == Op::symbol);
    });
    std::stable_partition(found.above.begin(), found.above.end(), [](const Expr& f) {
      return f->op != Op::log && f->op != Op::log_determinant;
    });
  }
  // A half reads better as a quotient.
  if (found.coefficient == 0.5) {
    found.coefficient = 1;
    found.below.insert(found.below.begin(), number(2));
  }
  return found;
}

bool is_negative(const Expr& t) {
  return (t->op == Op::number && t->number < 0) ||
         (t->op == Op::multiply && t->args[0]->op == Op::number && t->args[0]->number < 0);
}

std::vector<Expr> arrange_sum(const Expr& e) {
  std::vector<Expr> terms = e->args;
  std::stable_partition(terms.begin(), terms.end(), [](const Expr& t) { return !is_negative(t); });
  return terms;
}

bool sum_of_halves(const Expr& e) { return std::all_of(e->args.begin(), e->args.end(), of_halves); }

StackedProduct stacked_product(const Expr& e) {
  const Expr& x = e->args[0];
  if (!e->over.rows || x->op != Op::multiply || x->args.size() != 2) return {};
  const auto turned = [](const Expr& f) {
    return f->op == Op::transpose && f->args[0]->op == Op::symbol && f->plate.rows;
  };
  const auto plain = [](const Expr& f) { return f->op == Op::symbol && f->plate.rows; };
  const bool swapped = turned(x->args[1]);  // y X': the scalar stands first
  const Expr& left = x->args[swapped ? 1 : 0];
  const Expr& right = x->args[swapped ? 0 : 1];
  if (!turned(left) || !plain(right)) return {};
  return {left->args[0], right};
}

Expr counted_sum(const Expr& e) {
  const Expr& x = e->args[0];
  if (x->plate.rows || is_number(x, 1)) return nullptr;
  const Plate elements = factor_plate(join(e->plate, x->plate).factors);
  const auto holds = [](const std::vector<SymbolId>& in, SymbolId f) {
    return std::find(in.begin(), in.end(), f) != in.end();
  };
  const bool each =
      !e->over.rows && std::all_of(e->over.factors.begin(), e->over.factors.end(),
                                   [&](SymbolId f) { return holds(elements.factors, f); });
  if (each || elements.once() || elements == e->plate) return nullptr;
  return sum_over(multiply({sum_over(number(1), e->over, elements), x}), elements, e->plate);
}

}  // namespace lmmdsl
