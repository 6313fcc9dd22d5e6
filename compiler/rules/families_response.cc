// Likelihoods beside the Normal, and what goes with them: robust errors, counts, proportions.
#include <cmath>

#include "compiler/rules/families.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

Expr cut_count(const Expr& cuts) {
  return cuts->shape.is_scalar() ? number(1) : length(cuts->shape.rows);
}

Expr plus_one(const Expr& x, const Expr& e) {
  return x->shape.is_scalar() ? plus(e, 1) : add({e, ones(x->shape.rows)});
}

/// log Gamma((nu + 1)/2) - log Gamma(nu/2) - log(nu pi)/2 - log s
///   - (nu + 1)/2 log(1 + (x - m)^2/(nu s^2))
Expr student_t(const Expr& x, const std::vector<Expr>& a) {
  const Expr &nu = a[0], &s = a[2];
  const Expr ratio = multiply({power(nu, -1), power(s, -2), elementwise_square(subtract(x, a[1]))});
  const Expr constant = add({log_gamma(half(plus(nu, 1))), negate(log_gamma(half(nu))),
                             negate(half(log(multiply({number(kPi), nu})))), negate(log(s))});
  return add({total(x, constant),
              negate(multiply({half(plus(nu, 1)), total(x, log(plus_one(x, ratio)))}))});
}

/// -log(2 b) - |x - m|/b
Expr laplace(const Expr& x, const std::vector<Expr>& a) {
  return add({total(x, negate(log(multiply({number(2), a[1]})))),
              negate(over(total(x, apply(Op::abs, {subtract(x, a[0])})), a[1]))});
}

/// log(q (1 - q)/s) - (|r| + (2 q - 1) r)/(2 s), r = x - m
Expr asymmetric_laplace(const Expr& x, const std::vector<Expr>& a) {
  const Expr &q = a[0], &s = a[2];
  const Expr r = subtract(x, a[1]);
  const Expr check =
      half(add({apply(Op::abs, {r}), multiply({plus(multiply({number(2), q}), -1), r})}));
  return add({log(q), log(add({number(1), negate(q)})), negate(log(s)), negate(over(check, s))});
}

/// log(1 + exp(eta)), which does not leave the range of doubles
Expr softplus(const Expr& eta) {
  return add({apply(Op::maximum, {eta, number(0)}),
              log(add({number(1), apply(Op::exp, {negate(apply(Op::abs, {eta}))})}))});
}

/// log(1 - p), without a loss of digits where p is Phi(eta)
Expr log_complement(const Expr& p) {
  if (p->op == Op::phi) return log(apply(Op::phi, {negate(p->args[0])}));
  return log(add({number(1), negate(p)}));
}

/// x log p + (n - x) log(1 - p); for p = 1/(1 + exp(-eta)) that is x eta - n log(1 + exp(eta)).
Expr successes(const Expr& x, const Expr& n, const Expr& p) {
  if (p->op == Op::invlogit) {
    const Expr& eta = p->args[0];
    return add({multiply({x, eta}), negate(multiply({n, softplus(eta)}))});
  }
  return add({multiply({x, log(p)}), multiply({subtract(n, x), log_complement(p)})});
}

/// x log p + (1 - x) log(1 - p)
Expr bernoulli(const Expr& x, const std::vector<Expr>& a) { return successes(x, number(1), a[0]); }

/// log choose(n, x) + x log p + (n - x) log(1 - p)
Expr binomial(const Expr& x, const std::vector<Expr>& a) {
  const Expr& n = a[0];
  return add({log_gamma(plus(n, 1)), negate(log_gamma(plus(x, 1))),
              negate(log_gamma(plus(subtract(n, x), 1))), successes(x, n, a[1])});
}

/// log Gamma(x + r) - log Gamma(r) - log x! + r log r + x log m - (x + r) log(m + r)
Expr negative_binomial(const Expr& x, const std::vector<Expr>& a) {
  const Expr &m = a[0], &r = a[1];
  return add({log_gamma(add({x, r})), negate(log_gamma(r)), negate(log_gamma(plus(x, 1))),
              multiply({r, log(r)}), multiply({x, log(m)}),
              negate(multiply({add({x, r}), log(add({m, r}))}))});
}

/// x log m - m - log x!
Expr poisson(const Expr& x, const std::vector<Expr>& a) {
  return add({multiply({x, log(a[0])}), negate(a[0]), negate(log_gamma(plus(x, 1)))});
}

/// log(Phi(u) - Phi(l)), by whichever tail loses no digits
Expr ordered_probit(const Expr& x, const std::vector<Expr>& a) {
  const auto [lower, upper] = cuts_around(x, a[1]);
  const Expr l = subtract(lower, a[0]), u = subtract(upper, a[0]);
  const auto phi = [](const Expr& e) { return apply(Op::phi, {e}); };
  return log(
      apply(Op::maximum, {subtract(phi(u), phi(l)), subtract(phi(negate(l)), phi(negate(u)))}));
}

/// log Gamma(a + b) - log Gamma(a) - log Gamma(b) + (a - 1) log x + (b - 1) log(1 - x)
Expr beta(const Expr& x, const std::vector<Expr>& a) {
  return add({log_gamma(add({a[0], a[1]})), negate(log_gamma(a[0])), negate(log_gamma(a[1])),
              multiply({plus(a[0], -1), log(x)}),
              multiply({plus(a[1], -1), log(add({number(1), negate(x)}))})});
}

std::pair<Expr, Expr> open_ends_of_bernoulli(const Expr& x, const std::vector<Expr>&) {
  return {apply(Op::greater_equal, {x, number(1)}), apply(Op::less_equal, {x, number(0)})};
}
std::pair<Expr, Expr> open_ends_of_binomial(const Expr& x, const std::vector<Expr>& a) {
  return {apply(Op::greater_equal, {x, a[0]}), apply(Op::less_equal, {x, number(0)})};
}
std::pair<Expr, Expr> open_ends_of_count(const Expr& x, const std::vector<Expr>&) {
  return {number(0), apply(Op::less_equal, {x, number(0)})};
}
std::pair<Expr, Expr> open_ends_of_category(const Expr& x, const std::vector<Expr>& a) {
  return {apply(Op::greater, {x, cut_count(a[1])}), apply(Op::less_equal, {x, number(1)})};
}
Family with_open_ends(Family f,
                      std::pair<Expr, Expr> (*open_ends)(const Expr&, const std::vector<Expr>&)) {
  f.open_ends = open_ends;
  return f;
}

std::vector<Fact> facts_of_beta(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", over(a[0], add({a[0], a[1]}))},
          {"trials that it counts like", add({a[0], a[1]})}};
}
std::vector<Fact> facts_of_student_t(const Expr&, const std::vector<Expr>& a) {
  return {
      {"mean", a[1], plus(a[0], -1)},
      {"variance", multiply({a[0], power(plus(a[0], -2), -1), power(a[2], 2)}), plus(a[0], -2)}};
}
std::vector<Fact> facts_of_laplace(const Expr&, const std::vector<Expr>& a) {
  return {{"mean", a[0]}, {"variance", multiply({number(2), power(a[1], 2)})}};
}

const Slot kMean{"mean", Support::real, SlotShape::like_value, {}};
const Slot kProbability{"p", Support::unit, SlotShape::scalar, {"logit", "probit"}};

}  // namespace

Expr elementwise_square(const Expr& r) {
  if (r->shape.is_scalar()) return power(r, 2);
  return apply(Op::diagonal, {multiply({r, transpose(r)})});
}

std::pair<Expr, Expr> cuts_around(const Expr& x, const Expr& cuts) {
  const bool scalar = cuts->shape.is_scalar();
  const int n = scalar ? 1 : cuts->shape.rows.n;
  // The logarithm of an indicator is 0 or minus infinity.
  std::vector<Expr> lower = {log(apply(Op::greater_equal, {x, number(2)}))};
  std::vector<Expr> upper = {negate(log(apply(Op::less_equal, {x, number(n)})))};
  for (int j = 1; j <= n; ++j) {
    const Expr cut = scalar ? cuts : component(cuts, {j});
    lower.push_back(multiply({apply(Op::equal, {x, number(j + 1)}), cut}));
    upper.push_back(multiply({apply(Op::equal, {x, number(j)}), cut}));
  }
  return {add(std::move(lower)), add(std::move(upper))};
}

std::vector<Family> response_families() {
  return {
      {FamilyId::student_t,
       "StudentT",
       {positive_slot("df"), kMean, positive_slot("scale")},
       Support::real,
       true,
       false,
       "StudentT(nu, m, s): m + s t, t with nu degrees of freedom; s is a scale, not a variance",
       student_t,
       facts_of_student_t,
       true},
      {FamilyId::laplace,
       "Laplace",
       {kMean, positive_slot("scale")},
       Support::real,
       true,
       false,
       "Laplace(m, b): density exp(-|x - m|/b)/(2 b); b is a scale, the rate is 1/b",
       laplace,
       facts_of_laplace,
       true},
      {FamilyId::asymmetric_laplace,
       "AsymmetricLaplace",
       {{"quantile", Support::unit, SlotShape::scalar, {}}, kMean, positive_slot("scale")},
       Support::real,
       false,
       false,
       "AsymmetricLaplace(q, m, s): m is its quantile of order q; density q (1 - q)/s exp(-r/s), r "
       "= q (x - m) above m and (1 - q) (m - x) below",
       asymmetric_laplace},
      with_open_ends({FamilyId::bernoulli,
                      "Bernoulli",
                      {kProbability},
                      Support::binary,
                      false,
                      false,
                      "Bernoulli(p): 1 with probability p, else 0; logit = eta says p = "
                      "invlogit(eta), probit = "
                      "eta says p = Phi(eta)",
                      bernoulli},
                     open_ends_of_bernoulli),
      with_open_ends(
          {FamilyId::binomial,
           "Binomial",
           {{"n", Support::trials, SlotShape::scalar, {}}, kProbability},
           Support::count,
           false,
           false,
           "Binomial(n, p): successes of n trials, each with probability p; logit = eta says p = "
           "invlogit(eta), probit = eta says p = Phi(eta)",
           binomial},
          open_ends_of_binomial),
      with_open_ends({FamilyId::negative_binomial,
                      "NegativeBinomial",
                      {{"mean", Support::positive, SlotShape::scalar, {}},
                       {"size", Support::at_least_one, SlotShape::scalar, {}}},
                      Support::count,
                      false,
                      false,
                      "NegativeBinomial(m, r): counts with mean m and variance m + m^2/r",
                      negative_binomial},
                     open_ends_of_count),
      {FamilyId::poisson,
       "Poisson",
       {positive_slot("rate")},
       Support::count,
       false,
       false,
       "Poisson(m): counts with mean and variance m",
       poisson},
      with_open_ends(
          {FamilyId::ordered_probit,
           "OrderedProbit",
           {{"eta", Support::real, SlotShape::scalar, {}},
            {"cuts", Support::real, SlotShape::list, {}}},
           Support::category,
           false,
           false,
           "OrderedProbit(eta, c): category k where eta plus a standard normal error lies between "
           "c_(k-1) and c_k; below c_1 it is 1",
           ordered_probit},
          open_ends_of_category),
      {FamilyId::beta,
       "Beta",
       {positive_slot("a"), positive_slot("b")},
       Support::unit,
       false,
       false,
       "Beta(a, b): density proportional to x^(a-1) (1-x)^(b-1); mean a/(a+b)",
       beta,
       facts_of_beta},
  };
}

}  // namespace lmmdsl
