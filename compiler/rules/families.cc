#include "compiler/rules/families.h"

#include <cmath>

#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

/// log v of a variance, which is positive: factor by factor, so that what varies with the rows
/// comes apart from what does not.
Expr log_variance(const Expr& v) {
  if (v->op == Op::power && v->args[1]->op == Op::number) {
    return multiply({v->args[1], log_variance(v->args[0])});
  }
  if (v->op == Op::multiply && v->args[0]->shape.is_scalar() && v->args.back()->shape.is_scalar()) {
    std::vector<Expr> terms;
    for (const Expr& f : v->args) terms.push_back(log_variance(f));
    return add(std::move(terms));
  }
  return log(v->positive ? v : apply(Op::abs, {v}));
}

/// log |V|, likewise: |c M| = c^p |M|.
Expr log_det_variance(const Expr& V) {
  if (V->op == Op::identity) return number(0);
  if (V->op == Op::inverse) return negate(log_det_variance(V->args[0]));
  if (V->op != Op::multiply) return apply(Op::log_determinant, {V});
  std::vector<Expr> terms, chain;
  for (const Expr& f : V->args) {
    if (f->shape.is_scalar()) {
      terms.push_back(multiply({length(V->shape.rows), log_variance(f)}));
    } else {
      chain.push_back(f);
    }
  }
  terms.push_back(chain.size() == 1 ? log_det_variance(chain.front())
                                    : apply(Op::log_determinant, {multiply(chain)}));
  return add(std::move(terms));
}

/// -1/2 log |2 pi V| - 1/2 (x - m)' V^-1 (x - m)
Expr normal(const Expr& x, const std::vector<Expr>& a) {
  const Expr r = subtract(x, a[0]);
  if (x->shape.is_scalar()) {
    return negate(
        half(add({number(std::log(2 * kPi)), log_variance(a[1]), divide(power(r, 2), a[1])})));
  }
  return negate(half(add({multiply({length(x->shape.rows), number(std::log(2 * kPi))}),
                          log_det_variance(a[1]), multiply({transpose(r), inverse(a[1]), r})})));
}

Expr product_sum(const Expr& a, const Expr& x) {
  return a->shape.is_scalar() ? multiply({a, total(x, x)}) : multiply({transpose(a), x});
}

/// a log b - log Gamma(a) - (a + 1) log x - b / x
Expr inverse_gamma(const Expr& x, const std::vector<Expr>& a) {
  if (!x->shape.is_scalar()) {
    const Expr y = reciprocal(x);
    return add({multiply({a[0], total(x, log(a[1]))}),
                negate(multiply({length(x->shape.rows), apply(Op::log_gamma, {a[0]})})),
                negate(multiply({add({a[0], number(1)}), total(x, log(x))})),
                negate(product_sum(a[1], y))});
  }
  return add({multiply({a[0], log(a[1])}), negate(apply(Op::log_gamma, {a[0]})),
              negate(multiply({add({a[0], number(1)}), log(x)})), negate(divide(a[1], x))});
}

/// a log b - log Gamma(a) + (a - 1) log x - b x
Expr gamma(const Expr& x, const std::vector<Expr>& a) {
  if (!x->shape.is_scalar()) {
    return add({multiply({a[0], total(x, log(a[1]))}),
                negate(multiply({length(x->shape.rows), apply(Op::log_gamma, {a[0]})})),
                multiply({add({a[0], number(-1)}), total(x, log(x))}),
                negate(product_sum(a[1], x))});
  }
  return add({multiply({a[0], log(a[1])}), negate(apply(Op::log_gamma, {a[0]})),
              multiply({add({a[0], number(-1)}), log(x)}), negate(multiply({a[1], x}))});
}

/// nu/2 log |S| - nu p/2 log 2 - log Gamma_p(nu/2) - (nu + p + 1)/2 log |x| - tr(S x^-1)/2
Expr inverse_wishart(const Expr& x, const std::vector<Expr>& a) {
  const Expr p = length(x->shape.rows);
  const Expr nu = half(a[0]);
  return add({multiply({nu, apply(Op::log_determinant, {a[1]})}),
              negate(multiply({nu, number(std::log(2.0)), p})),
              negate(log_multivariate_gamma(nu, x->shape.rows)),
              negate(multiply({half(add({a[0], p, number(1)})), apply(Op::log_determinant, {x})})),
              negate(half(apply(Op::trace, {multiply({a[1], inverse(x)})})))});
}

/// (nu - p - 1)/2 log |x| - tr(V^-1 x)/2 - nu p/2 log 2 - nu/2 log |V| - log Gamma_p(nu/2)
Expr wishart(const Expr& x, const std::vector<Expr>& a) {
  const Expr p = length(x->shape.rows);
  const Expr nu = half(a[0]);
  return add({multiply({half(add({a[0], negate(p), number(-1)})), apply(Op::log_determinant, {x})}),
              negate(half(apply(Op::trace, {multiply({inverse(a[1]), x})}))),
              negate(multiply({nu, number(std::log(2.0)), p})),
              negate(multiply({nu, apply(Op::log_determinant, {a[1]})})),
              negate(log_multivariate_gamma(nu, x->shape.rows))});
}

Expr scaled_inverse_chi_square(const Expr& x, const std::vector<Expr>& a) {
  return inverse_gamma(x, {half(a[0]), half(multiply({a[0], a[1]}))});
}

Expr flat(const Expr&, const std::vector<Expr>&) { return number(0); }

/// -(p + 1)/2 log |x|
Expr jeffreys(const Expr& x, const std::vector<Expr>&) {
  return negate(
      multiply({half(add({length(x->shape.rows), number(1)})), apply(Op::log_determinant, {x})}));
}

std::vector<Fact> facts_of_normal(const Expr& x, const std::vector<Expr>& a) {
  return {{"mean", a[0]}, {x->shape.is_scalar() ? "variance" : "covariance", a[1]}};
}

Expr ratio(const Expr& a, const Expr& b) { return multiply({power(b, -1), a}); }

std::vector<Fact> facts_of_inverse_gamma(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", ratio(a[1], plus(a[0], -1)), plus(a[0], -1)},
          {"mode", ratio(a[1], plus(a[0], 1))},
          {"number of squared residuals that it counts like", multiply({number(2), a[0]})},
          {"their sum", multiply({number(2), a[1]})}};
}

std::vector<Fact> facts_of_gamma(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", ratio(a[0], a[1])},
          {"variance", ratio(a[0], power(a[1], 2))},
          {"mode", ratio(plus(a[0], -1), a[1]), plus(a[0], -1)}};
}

/// nu -+ (p + 1), p x p the shape of the value.
Expr df_beyond(const Expr& x, const Expr& nu, double sign) {
  return add({nu, multiply({number(sign), length(x->shape.rows)}), number(sign)});
}

std::vector<Fact> facts_of_inverse_wishart(const Expr& x, const std::vector<Expr>& a) {
  const Expr less = df_beyond(x, a[0], -1);
  return {{"mean", ratio(a[1], less), less},
          {"mode", ratio(a[1], df_beyond(x, a[0], 1))},
          {"number of vectors that it counts like", a[0]},
          {"their sums of squares and products", a[1]}};
}

std::vector<Fact> facts_of_wishart(const Expr& x, const std::vector<Expr>& a) {
  const Expr less = df_beyond(x, a[0], -1);
  return {{"mean", multiply({a[0], a[1]})},
          {"mode", multiply({less, a[1]}), less},
          {"mean of its inverse", ratio(inverse(a[1]), less), less},
          {"number of vectors that it counts like", a[0]},
          {"their sums of squares and products", inverse(a[1])}};
}

std::vector<Fact> facts_of_scaled_inverse_chi_square(const Expr&, const std::vector<Expr>& a) {
  const Expr sum = multiply({a[0], a[1]});
  return {{"mean", ratio(sum, plus(a[0], -2)), plus(a[0], -2)},
          {"mode", ratio(sum, plus(a[0], 2))},
          {"number of squared residuals that it counts like", a[0]},
          {"their mean", a[1]}};
}

}  // namespace

Expr observed_normal_log_density(const Expr& value, const std::vector<Expr>& args,
                                 const Expr& observed) {
  const Expr r = subtract(filled(value), args[0]);
  const Expr W = observed_inverse(args[1], observed);
  return negate(
      half(add({multiply({apply(Op::sum_components, {observed}), number(std::log(2 * kPi))}),
                observed_log_determinant(args[1], observed), multiply({transpose(r), W, r})})));
}

namespace {

std::vector<Family> conjugate_families() {
  return {
      {FamilyId::normal,
       "Normal",
       {{"mean", Support::real, SlotShape::like_value, {}},
        {"variance", Support::positive, SlotShape::variance, {"sd", "precision"}}},
       Support::real,
       true,
       false,
       "Normal(mean, variance): the second argument is a variance (a covariance matrix for a "
       "vector), not a standard deviation",
       normal,
       facts_of_normal,
       false,
       false,
       true},
      {FamilyId::inverse_gamma,
       "InverseGamma",
       {{"shape", Support::positive, SlotShape::scalar, {}},
        {"scale", Support::positive, SlotShape::scalar, {}}},
       Support::positive,
       false,
       false,
       "InverseGamma(a, b): density proportional to x^(-a-1) exp(-b/x); mean b/(a-1) for a > 1, "
       "mode b/(a+1)",
       inverse_gamma,
       facts_of_inverse_gamma,
       true,
       false,
       true},
      {FamilyId::gamma,
       "Gamma",
       {{"shape", Support::positive, SlotShape::scalar, {}},
        {"rate", Support::positive, SlotShape::scalar, {}}},
       Support::positive,
       false,
       false,
       "Gamma(a, b): density proportional to x^(a-1) exp(-b x); mean a/b, b is a rate",
       gamma,
       facts_of_gamma,
       true,
       false,
       true},
      {FamilyId::inverse_wishart,
       "InverseWishart",
       {{"df", Support::above_dimension, SlotShape::scalar, {}},
        {"scale", Support::covariance, SlotShape::matrix, {}}},
       Support::covariance,
       false,
       true,
       "InverseWishart(nu, S): density proportional to |x|^(-(nu+p+1)/2) exp(-tr(S inv(x))/2); "
       "mean S/(nu-p-1) for nu > p+1",
       inverse_wishart,
       facts_of_inverse_wishart},
      {FamilyId::wishart,
       "Wishart",
       {{"df", Support::above_dimension, SlotShape::scalar, {}},
        {"scale", Support::covariance, SlotShape::matrix, {}}},
       Support::covariance,
       false,
       true,
       "Wishart(nu, V): mean nu V; inv(Sigma) ~ Wishart(nu, inv(S)) is Sigma ~ InverseWishart(nu, "
       "S)",
       wishart,
       facts_of_wishart},
      {FamilyId::scaled_inverse_chi_square,
       "ScaledInverseChiSquare",
       {{"df", Support::positive, SlotShape::scalar, {}},
        {"variance", Support::positive, SlotShape::scalar, {}}},
       Support::positive,
       false,
       false,
       "ScaledInverseChiSquare(nu, s2): the same as InverseGamma(nu/2, nu s2/2); s2 is a prior "
       "guess at the variance worth nu observations",
       scaled_inverse_chi_square,
       facts_of_scaled_inverse_chi_square},
      {FamilyId::flat,
       "Flat",
       {},
       Support::real,
       true,
       true,
       "Flat(): constant density, improper; on the scale of what stands left of the ~",
       flat},
      {FamilyId::jeffreys,
       "Jeffreys",
       {},
       Support::covariance,
       false,
       true,
       "Jeffreys(): density proportional to |x|^(-(p+1)/2), improper; for the covariance of errors",
       jeffreys},
  };
}

}  // namespace

const std::vector<Family>& families() {
  static const std::vector<Family> table = [] {
    std::vector<Family> rows = conjugate_families();
    for (const auto& more : {scale_families(), response_families(), limited_families(),
                             category_families(), shrinkage_families(), auxiliary_families()})
      rows.insert(rows.end(), more.begin(), more.end());
    return rows;
  }();
  return table;
}

const Family& family(FamilyId id) { return families()[static_cast<std::size_t>(id)]; }

bool is_improper(FamilyId id) { return id == FamilyId::flat || id == FamilyId::jeffreys; }

const Family* find_family(const std::string& name) {
  for (const Family& f : families()) {
    if (f.name == name && !f.internal) return &f;
  }
  return nullptr;
}

}  // namespace lmmdsl
