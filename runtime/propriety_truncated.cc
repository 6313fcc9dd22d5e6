#include "runtime/propriety_truncated.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "compiler/rules/shorthand.h"

namespace lmmdsl {

namespace {

constexpr double kNoTail = std::numeric_limits<double>::infinity();

/// a where the prior of a variance falls as v^(-a-1); infinite where it falls faster.
std::optional<double> tail_shape(const Conditional& c, const Contribution& l) {
  const bool proportional = l.dependence == "proportional";
  const bool grows = proportional == (c.exponent > 0);  // the target with the variance
  const Expr& end = grows ? c.upper : c.lower;
  if (end && end->op == Op::number && (grows ? is_given(end) : end->number > 0)) return kNoTail;
  const std::vector<Expr>& x = c.prior.terms;
  double sign = 1;
  Expr shape = x[0], falling;  // q^(-sign shape - 1) times an exponential of `falling` q
  switch (c.family) {
    case UpdateFamily::inverse_gamma:
      falling = proportional ? number(0) : x[1];
      sign = proportional ? 1 : -1;
      break;
    case UpdateFamily::gamma:
      falling = proportional ? x[1] : number(0);
      sign = proportional ? -1 : 1;
      break;
    case UpdateFamily::generalized_inverse_gaussian:
      falling = proportional ? x[1] : x[2];
      sign = proportional ? -1 : 1;
      break;
    default:
      return std::nullopt;
  }
  if (!is_zero(falling)) return kNoTail;
  if (shape->op != Op::number) return std::nullopt;
  return sign * shape->number;
}

class TruncatedCheck {
 public:
  explicit TruncatedCheck(const BoundPlan& bound) : bound_(bound), model_(*bound.model) {}

  Diagnostics run() {
    for (const Rewrite& r : model_.rewrites)
      if (model_.stated[r.stated].family == FamilyId::truncated_normal) response(r);
    return std::move(found_);
  }

 private:
  bool is_flat(SymbolId parameter) const {
    return is_improper(model_.densities[model_[parameter].prior].family);
  }

  /// What is known of the flat coefficients in the mean of a response.
  struct Coefficients {
    std::size_t count = 0;
    /// Whether the mean goes beyond the limit in every row as one of them grows.
    bool beyond = false;
  };

  Coefficients flat_coefficients(const Rewrite& r) const {
    Coefficients flat;
    for (const DesignValue& d : bound_.plan->designs) {
      const bool of_response = bound_.plan->responses[d.response].density == r.density;
      if (!of_response || !is_flat(d.target)) continue;
      const Symbol& target = model_[d.target];
      const auto columns = static_cast<std::size_t>(bound_.data->length(target.shape.rows));
      flat.count += bound_.data->plate(target.plate).size * columns;
      for (std::size_t j = 0; d.value >= 0 && j < columns; ++j)
        flat.beyond = flat.beyond || of_one_sign(d.value, j, columns);
    }
    return flat;
  }

  bool of_one_sign(int value, std::size_t column, std::size_t columns) const {
    const std::vector<double>& numbers = bound_.constants[value];
    bool all_above = true, all_below = true;
    for (std::size_t at = column; at < numbers.size(); at += columns) {
      all_above = all_above && numbers[at] > 0;
      all_below = all_below && numbers[at] < 0;
    }
    return all_above || all_below;
  }

  void response(const Rewrite& r) {
    const Density& stated = model_.stated[r.stated];
    const bool both = is_given(stated.args[2]) && is_given(stated.args[3]);
    const Coefficients flat = flat_coefficients(r);
    for (const Conditional& c : bound_.plan->conditionals) {
      const auto l = std::find_if(c.likelihood.begin(), c.likelihood.end(),
                                  [&](const Contribution& x) { return x.density == r.density; });
      if (l == c.likelihood.end() || l->A) continue;
      if (is_flat(c.target) || flat.count > 0) scale(c, *l, both, flat);
    }
  }

  void scale(const Conditional& c, const Contribution& l, bool both, const Coefficients& flat) {
    const std::optional<double> a = tail_shape(c, l);
    const double p = static_cast<double>(flat.count);
    if (a && *a > p) return;
    const bool known = a && c.plate.once() && (both || flat.beyond) && of_truncated_only(c);
    Diagnostic d;
    d.severity = known ? Severity::error : Severity::warning;
    d.source = model_.source;
    d.span = model_.densities[model_[c.target].prior].span;
    d.message = fmt::format("the posterior of `{}` {} improper: the responses are truncated",
                            model_[c.target].spelling, known ? "is" : "may be");
    d.label = flat.count == 0
                  ? "as the variance grows, the likelihood need not vanish"
                  : "as the variance grows and the mean goes beyond a limit, the likelihood need "
                    "not vanish";
    d.hint = flat.count == 0
                 ? "give it a proper prior, such as InverseGamma(a, b) on the variance"
                 : fmt::format(
                       "give the coefficients proper priors, such as Normal(0, 100), or the "
                       "variance an InverseGamma(a, b) prior with a > {}",
                       flat.count);
    found_.push_back(std::move(d));
  }

  /// Nothing else that mentions the scale would make the posterior vanish.
  bool of_truncated_only(const Conditional& c) const {
    return std::all_of(c.likelihood.begin(), c.likelihood.end(), [&](const Contribution& l) {
      return std::any_of(model_.rewrites.begin(), model_.rewrites.end(), [&](const Rewrite& r) {
        return model_.stated[r.stated].family == FamilyId::truncated_normal &&
               (l.density == r.density || l.density == model_[r.auxiliaries.front()].prior);
      });
    });
  }

  const BoundPlan& bound_;
  const Model& model_;
  Diagnostics found_;
};

}  // namespace

bool has_truncated_responses(const Model& model) {
  return std::any_of(model.stated.begin(), model.stated.end(),
                     [](const Density& d) { return d.family == FamilyId::truncated_normal; });
}

Diagnostics check_truncated(const BoundPlan& bound) { return TruncatedCheck(bound).run(); }

}  // namespace lmmdsl
