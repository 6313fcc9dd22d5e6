// Likelihoods with limits: censored values, of which it is known that they lie beyond one, and
// truncated ones, of which only those between the limits came to be data.
#include "compiler/rules/families.h"
#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// -1/2 log(2 pi v) - (x - m)^2/(2 v)
Expr whole_normal(const Expr& x, const std::vector<Expr>& a) {
  return negate(half(add({number(std::log(2 * kPi)), log(a[1]),
                          multiply({power(subtract(x, a[0]), 2), power(a[1], -1)})})));
}

/// Phi((m - at)/s) for the sign -1, of what lies above; Phi((at - m)/s) for 1, of what lies below.
Expr probability_beyond(double sign, const Expr& at, const std::vector<Expr>& a) {
  const Expr sd = apply(Op::sqrt, {a[1]});
  return apply(Op::phi, {multiply({number(sign), over(subtract(at, a[0]), sd)})});
}

/// The Normal log density where x lies between the limits, else the log probability beyond them.
Expr censored_normal(const Expr& x, const std::vector<Expr>& a) {
  std::vector<Expr> terms, beyond;
  const auto limit = [&](const Expr& at, Op op, double sign) {
    if (!is_given(at)) return;
    const Expr reached = apply(op, {x, at});
    beyond.push_back(reached);
    // The logarithm of 1 where it is not reached, of p where it is.
    const Expr p = probability_beyond(sign, at, a);
    terms.push_back(
        log(apply(Op::maximum, {add({number(1), negate(reached)}), multiply({reached, p})})));
  };
  limit(a[2], Op::less_equal, 1);
  limit(a[3], Op::greater_equal, -1);
  if (beyond.empty()) return whole_normal(x, a);
  terms.push_back(multiply({add({number(1), negate(add(std::move(beyond)))}), whole_normal(x, a)}));
  return add(std::move(terms));
}

/// The Normal log density less the log probability between the limits, by whichever tail loses no
/// digits.
Expr truncated_normal(const Expr& x, const std::vector<Expr>& a) {
  Expr p;
  if (!is_given(a[3])) {
    p = probability_beyond(-1, a[2], a);
  } else if (!is_given(a[2])) {
    p = probability_beyond(1, a[3], a);
  } else {
    p = apply(Op::maximum,
              {subtract(probability_beyond(1, a[3], a), probability_beyond(1, a[2], a)),
               subtract(probability_beyond(-1, a[2], a), probability_beyond(-1, a[3], a))});
  }
  return subtract(whole_normal(x, a), log(p));
}

/// Censored, at or beyond a limit the likelihood is a probability, which goes to 1. Truncated, at
/// a limit it is a density that is the higher, the more of the distribution was cut off there.
std::pair<Expr, Expr> open_at_limits(const Expr& x, const std::vector<Expr>& a) {
  return {apply(Op::greater_equal, {x, a[3]}), apply(Op::less_equal, {x, a[2]})};
}

Slot limit_slot(const char* name, double otherwise) {
  return {name, Support::real, SlotShape::scalar, {}, otherwise};
}

}  // namespace

std::vector<Family> limited_families() {
  const Slot mean{"mean", Support::real, SlotShape::like_value, {}};
  const Slot variance{"variance", Support::positive, SlotShape::variance, {"sd", "precision"}};
  Family censored{
      FamilyId::censored_normal,
      "CensoredNormal",
      {mean, variance, limit_slot("below", -kUnlimited), limit_slot("above", kUnlimited)},
      Support::real,
      false,
      false,
      "censored(y, below = L, above = U) ~ Normal(mean, variance): y <= L stands for "
      "'at most L', y >= U for 'at least U'",
      censored_normal};
  Family truncated{
      FamilyId::truncated_normal,
      "TruncatedNormal",
      {mean, variance, limit_slot("lower", -kUnlimited), limit_slot("upper", kUnlimited)},
      Support::real,
      false,
      false,
      "y ~ Normal(mean, variance, lower = L, upper = U): values beyond a limit did not "
      "come to be data; mean and variance are those before that",
      truncated_normal};
  for (Family* f : {&censored, &truncated}) {
    f->internal = true;
    f->open_ends = open_at_limits;
  }
  return {std::move(censored), std::move(truncated)};
}

}  // namespace lmmdsl
