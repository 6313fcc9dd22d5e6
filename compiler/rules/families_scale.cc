// Priors of standard deviations and other positive quantities, bounded and discrete priors.
#include <cmath>

#include "compiler/rules/families.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

/// log 2 + log Gamma((nu + 1)/2) - log Gamma(nu/2) - log(nu pi)/2 - log A
///   - (nu + 1)/2 log(1 + x^2/(nu A^2))
Expr half_t(const Expr& x, const std::vector<Expr>& a) {
  const Expr &nu = a[0], &A = a[1];
  const Expr ratio = multiply({power(x, 2), power(nu, -1), power(A, -2)});
  return add({number(std::log(2.0)), log_gamma(half(plus(nu, 1))), negate(log_gamma(half(nu))),
              negate(half(log(multiply({number(kPi), nu})))), negate(log(A)),
              negate(multiply({half(plus(nu, 1)), log(plus(ratio, 1))}))});
}

/// log(2 / pi) - log A - log(1 + x^2/A^2)
Expr half_cauchy(const Expr& x, const std::vector<Expr>& a) {
  return add({number(std::log(2 / kPi)), negate(log(a[0])),
              negate(log(plus(multiply({power(x, 2), power(a[0], -2)}), 1)))});
}

/// log(2 / pi)/2 - log s - x^2/(2 s^2)
Expr half_normal(const Expr& x, const std::vector<Expr>& a) {
  return add({number(0.5 * std::log(2 / kPi)), negate(log(a[0])),
              negate(half(multiply({power(x, 2), power(a[0], -2)})))});
}

/// log r - r x
Expr exponential(const Expr& x, const std::vector<Expr>& a) {
  return add({log(a[0]), negate(multiply({a[0], x}))});
}

/// -log(u - l)
Expr uniform(const Expr&, const std::vector<Expr>& a) { return negate(log(subtract(a[1], a[0]))); }

/// log a + a log m - (a + 1) log x
Expr pareto(const Expr& x, const std::vector<Expr>& a) {
  return add({log(a[0]), multiply({a[0], log(a[1])}), negate(multiply({plus(a[0], 1), log(x)}))});
}

/// 1 where x is v. A power of what is drawn returns to the value only up to rounding.
Expr is_value(const Expr& x, const Expr& v) {
  if (x->op == Op::symbol) return apply(Op::equal, {x, v});
  const Expr most = multiply({number(1e-12), apply(Op::abs, {x})});
  return apply(Op::less_equal, {apply(Op::abs, {subtract(x, v)}), most});
}

/// log of the weight of the value that x is, over their sum
Expr grid(const Expr& x, const std::vector<Expr>& a) {
  std::vector<Expr> here, all;
  for (std::size_t k = 0; k < a[0]->args.size(); ++k) {
    const Expr weight = a[1]->args[k];
    here.push_back(multiply({is_value(x, a[0]->args[k]), weight}));
    all.push_back(weight);
  }
  return subtract(log(add(std::move(here))), log(add(std::move(all))));
}

std::vector<Fact> facts_of_half_cauchy(const Expr&, const std::vector<Expr>& a) {
  return {{"median", a[0]}};
}
std::vector<Fact> facts_of_half_normal(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", multiply({number(std::sqrt(2 / kPi)), a[0]})},
          {"median", multiply({number(0.67448975019608171), a[0]})}};
}
std::vector<Fact> facts_of_exponential(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", power(a[0], -1)},
          {"median", multiply({number(std::log(2.0)), power(a[0], -1)})}};
}
std::vector<Fact> facts_of_uniform(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", half(add({a[0], a[1]}))}};
}
std::vector<Fact> facts_of_pareto(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", multiply({a[0], a[1], power(plus(a[0], -1), -1)}), plus(a[0], -1)}};
}

Slot real(const char* name) { return {name, Support::real, SlotShape::scalar, {}}; }
Slot list(const char* name) { return {name, Support::real, SlotShape::list, {}}; }

}  // namespace

std::vector<Family> scale_families() {
  Slot weights{"weights", Support::positive, SlotShape::list, {}, 1};
  return {
      {FamilyId::half_cauchy,
       "HalfCauchy",
       {positive_slot("scale")},
       Support::positive,
       false,
       false,
       "HalfCauchy(A): density 2/(pi A) / (1 + (x/A)^2) on x > 0; A is its median; on the standard "
       "deviation, not on the variance",
       half_cauchy,
       facts_of_half_cauchy,
       false,
       true},
      {FamilyId::half_t,
       "HalfT",
       {positive_slot("df"), positive_slot("scale")},
       Support::positive,
       false,
       false,
       "HalfT(nu, A): the positive half of a t density with nu degrees of freedom and scale A; on "
       "the standard deviation, not on the variance",
       half_t,
       nullptr,
       false,
       true},
      {FamilyId::half_normal,
       "HalfNormal",
       {positive_slot("scale")},
       Support::positive,
       false,
       false,
       "HalfNormal(s): density proportional to exp(-x^2/(2 s^2)) on x > 0; s is the standard "
       "deviation of the whole Normal; on the standard deviation, not on the variance",
       half_normal,
       facts_of_half_normal,
       false,
       true},
      {FamilyId::exponential,
       "Exponential",
       {positive_slot("rate")},
       Support::positive,
       false,
       false,
       "Exponential(r): density r exp(-r x) on x > 0; mean 1/r, r is a rate",
       exponential,
       facts_of_exponential},
      {FamilyId::uniform,
       "Uniform",
       {real("lower"), real("upper")},
       Support::real,
       false,
       false,
       "Uniform(L, U): constant density between L and U, on the scale of what stands left of the ~",
       uniform,
       facts_of_uniform},
      {FamilyId::pareto,
       "Pareto",
       {positive_slot("shape"), positive_slot("lower")},
       Support::positive,
       false,
       false,
       "Pareto(a, m): density a m^a x^(-a-1) on x > m",
       pareto,
       facts_of_pareto},
      {FamilyId::grid,
       "Grid",
       {list("values"), weights},
       Support::real,
       false,
       false,
       "Grid([v1, v2, ...], [w1, w2, ...]): one of the values, with probabilities proportional to "
       "the weights (equal ones if not given)",
       grid},
  };
}

}  // namespace lmmdsl
