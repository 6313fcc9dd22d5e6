// Categories, that is levels of a factor, and their probabilities.
#include "compiler/rules/families.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

/// log w_x, as e_x' log w, e_x the unit vector of the level x
Expr categorical(const Expr& x, const std::vector<Expr>& a) {
  return multiply({transpose(unit_vector(x, a[0]->shape.rows)), log(a[0])});
}

/// log Gamma(sum of a_c) - sum of log Gamma(a_c) + sum of (a_c - 1) log x_c
Expr dirichlet(const Expr& x, const std::vector<Expr>& a) {
  const Expr less = subtract(a[0], ones(x->shape.rows));
  return add({log_gamma(apply(Op::sum_components, {a[0]})),
              negate(apply(Op::sum_components, {log_gamma(a[0])})),
              multiply({transpose(less), log(x)})});
}

std::vector<Fact> facts_of_dirichlet(const Expr&, const std::vector<Expr>& a) {
  const Expr total = apply(Op::sum_components, {a[0]});
  return {{"mean", multiply({power(total, -1), a[0]})},
          {"number of observations that it counts like", total}};
}

}  // namespace

std::vector<Family> category_families() {
  Family categorical_row{
      FamilyId::categorical,
      "Categorical",
      {{"probabilities", Support::simplex, SlotShape::levels, {}}},
      Support::level,
      false,
      false,
      "Categorical(w): a level of a factor, the levels in the order of their labels having the "
      "probabilities w_1, w_2, ...",
      categorical};
  Family dirichlet_row{FamilyId::dirichlet,
                       "Dirichlet",
                       {{"a", Support::positive, SlotShape::like_value, {}}},
                       Support::simplex,
                       true,
                       false,
                       "Dirichlet(a): density proportional to the product of x_c^(a_c - 1), over "
                       "vectors of positive "
                       "numbers that add up to 1; one number stands for equal a_c",
                       dirichlet,
                       facts_of_dirichlet};
  dirichlet_row.scalar_values = false;
  return {categorical_row, dirichlet_row};
}

}  // namespace lmmdsl
