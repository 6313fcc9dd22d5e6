#include "compiler/math/sums.h"

namespace lmmdsl {

Expr simplified_sum(const Expr& e, const Plate& over, const Plate& to) {
  if (over == to || is_zero(e)) return e;
  const auto constant = [&](const Expr& f) { return refines(to, f->plate); };
  if (constant(e)) {
    if (is_number(e, 1)) return sum_over(e, over, to);
    return multiply({sum_over(number(1), over, to), e});
  }
  if (e->op == Op::add) {
    std::vector<Expr> terms;
    for (const Expr& t : e->args) terms.push_back(simplified_sum(t, over, to));
    return add(std::move(terms));
  }
  if (e->op != Op::multiply) return sum_over(e, over, to);
  std::vector<Expr> before, inner, after;
  for (const Expr& f : e->args) {
    if (f->shape.is_scalar()) {
      (constant(f) ? before : inner).push_back(f);
    }
  }
  std::vector<Expr> chain;
  for (const Expr& f : e->args) {
    if (!f->shape.is_scalar()) chain.push_back(f);
  }
  std::size_t first = 0, last = chain.size();
  while (first < last && constant(chain[first])) before.push_back(chain[first++]);
  while (last > first && constant(chain[last - 1])) --last;
  after.assign(chain.begin() + last, chain.end());
  if (before.empty() && after.empty()) return sum_over(e, over, to);
  inner.insert(inner.end(), chain.begin() + first, chain.begin() + last);
  std::vector<Expr> factors = before;
  factors.push_back(sum_over(inner.empty() ? number(1) : multiply(inner), over, to));
  factors.insert(factors.end(), after.begin(), after.end());
  return multiply(std::move(factors));
}

}  // namespace lmmdsl
