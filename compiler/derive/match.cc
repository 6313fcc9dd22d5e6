#include "compiler/derive/match.h"

#include <fmt/format.h>

#include "compiler/math/sums.h"

namespace lmmdsl {

namespace {

/// e with the value v in place of t; of an unobserved factor, with what belongs to that level in
/// place of what has one for each.
Expr at_value(const Expr& e, const Expr& t, const Expr& v) {
  return rewrite(e, [&](const Expr& part) -> Expr {
    if (same(part, t)) return v;
    if (!part->plate.latent || part->plate.factors.front() != t->symbol) return nullptr;
    const std::string label = fmt::format("{}", v->number);
    if (part->op == Op::label_equal) return number(part->text == label);
    return part->op == Op::symbol ? level(part, part->plate, {label}, once_plate()) : nullptr;
  });
}

/// slot = c diag(t), c a scalar.
bool diagonal(const Expr& slot, const Expr& t, const PriorForm& form, Site& site) {
  if (t->shape.kind != ShapeKind::vector || form.exponent != 1) return false;
  const Expr D = diagonal_matrix(t);
  site.c = number(1);
  if (same(slot, D)) return true;
  if (slot->op != Op::multiply || !same(slot->args.back(), D)) return false;
  const std::vector<Expr> scalars(slot->args.begin(), slot->args.end() - 1);
  site.c = multiply(scalars);
  return site.c->shape.is_scalar() && !mentions(site.c, t->symbol);
}

/// How the slot depends on the target, for a rule: into the site. What is in the way, with an
/// empty reason where the form is another rule's.
std::optional<Obstacle> find_dependence(const Rule& rule, const PriorForm& form, const Expr& t,
                                        const Mention& mention, Site& site, Refusal& refusal) {
  const Expr& slot = mention.density.args[mention.slot()];
  const Obstacle another{slot->span, ""};
  const bool both = rule.dependence == Dependence::affine_proportional;
  if (mention.slots.size() != (both ? 2u : 1u)) return another;
  if (rule.dependence == Dependence::affine || both) {
    auto found = affine(slot, t);
    if (auto* obstacle = std::get_if<Obstacle>(&found)) return *obstacle;
    site.A = std::get<Affine>(found).A;
    site.b = std::get<Affine>(found).b;
    if (!both) return std::nullopt;
  }
  if (rule.dependence == Dependence::equal) {
    return same(slot, t) && form.exponent == 1 ? std::nullopt : std::optional(another);
  }
  if (rule.dependence == Dependence::diagonal) {
    return diagonal(slot, t, form, site) ? std::nullopt : std::optional(another);
  }
  if (t->shape.kind == ShapeKind::vector) return another;
  auto found = proportional(both ? mention.density.args[mention.slots[1]] : slot, t);
  if (auto* obstacle = std::get_if<Obstacle>(&found)) return *obstacle;
  const auto& [factor, exponent] = std::get<Power>(found);
  const double relative = exponent / form.exponent;
  if (relative != (rule.dependence == Dependence::inverse ? -1.0 : 1.0)) {
    refusal.exponent = exponent;
    return another;
  }
  site.c = factor;
  return std::nullopt;
}

/// Of a target on known values: the log density at each of them.
std::optional<Contribution> at_each_value(const PriorForm& form, const Expr& t,
                                          const Mention& mention) {
  const Density& density = mention.density;
  const Family& f = family(density.family);
  if (!f.log_density || (density.observed && density.family != FamilyId::normal))
    return std::nullopt;
  Contribution c;
  c.density = mention.index;
  c.component = mention.component;
  c.rule = "discrete";
  c.dependence = "any";
  std::vector<Expr> terms, summands;
  for (const Expr& v : form.parameters[0]->args) {
    const Expr value = form.exponent == 1 ? v : power(v, 1 / form.exponent);
    std::vector<Expr> args;
    for (const Expr& a : density.args) args.push_back(at_value(a, t, value));
    const Expr x = at_value(density.value, t, value);
    summands.push_back(density.observed ? observed_normal_log_density(x, args, density.observed)
                                        : f.log_density(x, args));
    // Of rows the one that has the value, if it is there.
    terms.push_back(t->plate.rows ? sum_over(summands.back(), density.plate, t->plate)
                                  : simplified_sum(summands.back(), density.plate, t->plate));
  }
  const Expr none = zeros(form.parameters[0]->shape);
  c.summands = {none, vcat(std::move(summands))};
  c.terms = {none, vcat(std::move(terms))};
  return c;
}

/// The covariance of a residual, its known factor divided out.
Expr covariance(const Expr& t, const PriorForm& form, const Rule& rule) {
  const bool inverted = (form.exponent < 0) != (rule.dependence == Dependence::inverse);
  return inverted ? inverse(t) : t;
}

/// The sum of r r' over vectors of which components are missing: those are drawn first, for all
/// vectors of a pattern together.
Expr completed_sum(const Expr& square, const Density& density, const Expr& covariance,
                   const Plate& to) {
  const Plate cells = join(to, density.observed->plate);
  return simplified_sum(
      completed(simplified_sum(square, density.plate, cells),
                simplified_sum(number(1), density.plate, cells), covariance, density.observed),
      cells, to);
}

}  // namespace

Attempt bounded(const PriorForm& form, const Expr& t, const Mention& mention) {
  const Density& density = mention.density;
  Attempt attempt;
  attempt.refusal = {t->symbol, mention.index, 0, form.family, {}, false};
  Contribution c;
  c.density = mention.index;
  c.rule = "bounds";
  c.dependence = "in the bounds";
  for (const Expr& p : form.parameters)
    c.summands.push_back(p->shape.is_scalar() ? number(0) : zeros(p->shape));
  c.terms = c.summands;
  const auto end = [&](const Expr& bound, double sign, Op extreme) -> Expr {
    if (!bound || !mentions(bound, t->symbol)) return nullptr;
    auto found = affine(bound, t);
    if (auto* obstacle = std::get_if<Obstacle>(&found)) {
      attempt.refusal.obstacle = *obstacle;
      return nullptr;
    }
    const auto& [A, b] = std::get<Affine>(found);
    const Expr room = subtract(density.value, b);
    // Where a row has no 1, the logarithm makes its end infinite.
    const Expr none = multiply({number(sign), apply(Op::log, {transpose(A)})});
    const Expr ends = t->shape.is_scalar() ? add({room, none})
                                           : add({multiply({room, ones(t->shape.rows)}), none});
    return aggregate(extreme, {ends}, density.plate, t->plate);
  };
  c.upper = end(density.lower, -1, Op::min_over);
  c.lower = end(density.upper, 1, Op::max_over);
  const bool normal =
      form.family == UpdateFamily::normal || form.family == UpdateFamily::ordered_normal;
  if (normal && attempt.refusal.obstacle.reason.empty()) attempt.contribution = std::move(c);
  return attempt;
}

Attempt match(const PriorForm& form, const Expr& t, const Mention& mention) {
  const Density& density = mention.density;
  Attempt attempt;
  attempt.refusal = {t->symbol, mention.index, mention.slot(), form.family, {}, false};
  if (form.family == UpdateFamily::discrete) {
    attempt.contribution = at_each_value(form, t, mention);
    return attempt;
  }
  for (const Rule& rule : rules()) {
    const bool generalized =
        form.family == UpdateFamily::generalized_inverse_gaussian &&
        (rule.family == UpdateFamily::gamma || rule.family == UpdateFamily::inverse_gamma);
    if ((rule.family != form.family && !generalized) || rule.density != density.family ||
        rule.slot != mention.slot()) {
      continue;
    }
    attempt.refusal.rule_exists = true;
    Site site{density.observed ? filled(density.value) : density.value,
              density.args,
              nullptr,
              nullptr,
              nullptr,
              density.observed};
    if (std::optional<Obstacle> obstacle =
            find_dependence(rule, form, t, mention, site, attempt.refusal)) {
      if (obstacle->reason.empty()) continue;  // the next rule may do
      if (attempt.refusal.obstacle.reason.empty()) attempt.refusal.obstacle = *obstacle;
      continue;
    }
    if (rule.complete && density.observed && t->plate.latent) {
      attempt.refusal.obstacle = {density.args[mention.slot()]->span,
                                  "components are missing, which are drawn for all vectors of a "
                                  "pattern together, and the rows of a level change"};
      continue;
    }
    Contribution c;
    c.density = mention.index;
    c.component = mention.component;
    c.rule = rule.info.name;
    c.A = site.A;
    c.b = site.b;
    c.c = site.c;
    c.dependence = rule.info.dependence;
    c.summands = rule.contribution(site);
    if (generalized) c.summands = as_generalized_inverse_gaussian(rule.family, c.summands);
    for (const Expr& summand : c.summands) {
      c.terms.push_back(simplified_sum(summand, density.plate, t->plate));
    }
    c.completed = rule.complete && density.observed;
    if (c.completed)
      c.terms[1] = completed_sum(c.summands[1], density, covariance(t, form, rule), t->plate);
    attempt.contribution = std::move(c);
    return attempt;
  }
  return attempt;
}

}  // namespace lmmdsl
