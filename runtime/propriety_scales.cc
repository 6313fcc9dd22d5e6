#include "runtime/propriety_scales.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/math/render.h"
#include "runtime/joint_design.h"
#include "runtime/propriety_truncated.h"

namespace lmmdsl {

namespace {

/// One flat scale, and what it is the variance of.
struct FlatScale {
  const Conditional* conditional = nullptr;
  double a = 0;                   ///< p(v) ∝ v^(-a-1) for the variance v
  double n = 0;                   ///< responses of which it is the variance
  bool components = false;        ///< the variance of single components of vectors of effects
  std::vector<int> densities;     ///< the indices of those of which it is the variance
  std::vector<SymbolId> effects;  ///< coefficients of which it is the variance
  /// Of which it is the variance of the errors.
  std::vector<const PlanResponse*> responses;
};

class ScaleCheck {
 public:
  ScaleCheck(const BoundPlan& bound, const FlatCoefficients& flat, ProprietyFindings& findings)
      : bound_(bound), model_(*bound.model), flat_(flat), findings_(findings) {}

  void run(const std::vector<const Conditional*>& conditionals) {
    for (const Conditional* c : conditionals) collect(*c);
    if (refuse_products()) return;
    fit();
    for (const FlatScale& s : scales_) {
      if (!s.effects.empty() || s.components) check_group(s);
      if (s.n > 0) check_error(s);
    }
  }

 private:
  /// Scalar scales wait for each other; covariances are judged by themselves.
  void collect(const Conditional& c) {
    FlatScale s;
    s.conditional = &c;
    for (const Contribution& l : c.likelihood) add(s, l);
    if (!model_[c.target].shape.is_scalar()) {
      check_covariance(s);
      return;
    }
    const Expr& shape = c.prior.terms[0];
    if (shape->op != Op::number || !model_[c.target].plate.once()) {
      findings_.warn(c.target,
                     "whether the posterior is proper was not examined for a scale on a plate");
      return;
    }
    s.a = shape->number;
    // Effects with the variance of the errors times something known shrink with these, and add
    // nothing to the conditions: the data alone decide.
    if (s.n > 0) s.effects.clear();
    scales_.push_back(std::move(s));
  }

  void add(FlatScale& s, const Contribution& l) const {
    const Density& d = density_at(model_, l.density);
    if (const Rewrite* laplace = laplace_of(d)) {
      s.densities.push_back(l.density);
      const SymbolId target = model_.stated[laplace->stated].target;
      if (target >= 0) s.effects.push_back(target);
      else add_errors(s, laplace->density, static_cast<double>(bound_.data->plate(d.plate).size));
    }
    if (d.family != FamilyId::normal) return;
    s.densities.push_back(l.density);
    if (d.target >= 0 && model_[d.target].auxiliary) {
      add_errors(s, l.density, static_cast<double>(fully_observed(l.density)));
    } else if (d.target < 0) {
      const double each = l.component > 0 ? 1 : bound_.data->length(d.value->shape.rows);
      add_errors(s, l.density, each * static_cast<double>(bound_.data->plate(d.plate).size));
    } else if (l.component > 0) {
      s.components = true;
    } else {
      s.effects.push_back(d.target);
    }
  }

  void add_errors(FlatScale& s, int density, double n) const {
    s.n += n;
    for (const PlanResponse& r : bound_.plan->responses)
      if (r.density == density) s.responses.push_back(&r);
  }

  /// The flat coefficients and the effects of flat scales together, in all responses.
  void fit() {
    all_ = flat_.targets;
    for (const FlatScale& s : scales_) {
      groups_ += !s.effects.empty();
      all_.insert(all_.end(), s.effects.begin(), s.effects.end());
    }
    const JointDesign design(bound_, all_, all_responses(bound_));
    known_ = design.known() && design.with_responses();
    if (!known_) return;
    t_ = design.fit().rank - flat_.rank;
    q_ = design.columns() - flat_.triangle.cols();
  }

  /// Of the Laplace density whose auxiliary variances have this prior, if there is one.
  const Rewrite* laplace_of(const Density& prior) const {
    for (const Rewrite& r : model_.rewrites) {
      const Density& stated = model_.stated[r.stated];
      if (stated.family != FamilyId::laplace) continue;
      for (const SymbolId a : r.auxiliaries)
        if (a == prior.target) return &r;
    }
    return nullptr;
  }

  /// Of two scales that are factors of the same variances and of no others only the product is
  /// known.
  bool refuse_products() {
    for (std::size_t i = 0; i < scales_.size(); ++i)
      for (std::size_t j = i + 1; j < scales_.size(); ++j) {
        if (scales_[i].densities != scales_[j].densities) continue;
        const SymbolId u = scales_[i].conditional->target, v = scales_[j].conditional->target;
        findings_.refuse_scale(
            v,
            fmt::format("the data cannot tell apart `{}` and `{}`", model_[u].spelling,
                        model_[v].spelling),
            "the posterior is improper: they are factors of the same variances, and have flat "
            "priors");
        return true;
      }
    return false;
  }

  /// Rows of a censored response that were seen.
  std::size_t fully_observed(int density) const {
    for (const PlanResponse& r : bound_.plan->responses) {
      if (r.density != density) continue;
      const std::size_t n = bound_.data->plate(model_.densities[density].plate).size;
      std::size_t count = 0;
      for (std::size_t row = 0; row < n; ++row)
        count += !is_open(bound_, r.open_above, row) && !is_open(bound_, r.open_below, row);
      return count;
    }
    return 0;
  }

  void check_group(const FlatScale& s) {
    const SymbolId v = s.conditional->target;
    if (s.a >= 0) {
      findings_.refuse_scale(
          v,
          s.a == 0 ? "a flat prior on the logarithm of a group variance is always improper"
                   : "a flat prior on the precision of group effects is always improper",
          "the likelihood does not vanish as the variance goes to 0");
      return;
    }
    const bool truncated = has_truncated_responses(model_);
    if (!known_ || s.components || truncated) {
      findings_.warn(
          v,
          s.components
              ? "whether the posterior is proper was not examined for the variance of a component"
          : truncated
              ? "whether the posterior is proper was not examined beside truncated responses"
              : "whether the posterior is proper was not examined: its design is not fixed or too "
                "wide");
      return;
    }
    if (groups_ == 1) {
      if (static_cast<double>(t_) > -2 * s.a) return;
      findings_.refuse_scale(
          v,
          fmt::format("the posterior of `{}` is improper with so few groups", model_[v].spelling),
          fmt::format("the group effects have {} degree{} of freedom beside the flat "
                      "coefficients, and more than {:.6g} are needed",
                      t_, t_ == 1 ? "" : "s", -2 * s.a));
      return;
    }
    Eigen::Index own = 0;
    for (SymbolId u : s.effects) {
      own += static_cast<Eigen::Index>(bound_.data->plate(model_[u].plate).size) *
             bound_.data->length(model_[u].shape.rows);
    }
    if (static_cast<double>(own) > static_cast<double>(q_ - t_) - 2 * s.a) return;
    findings_.warn(
        v,
        fmt::format("the posterior of `{}` may be improper: {} effects, and the known sufficient "
                    "condition asks for more than {:.6g} (Hobert and Casella 1996)",
                    model_[v].spelling, own, static_cast<double>(q_ - t_) - 2 * s.a));
  }

  void check_error(const FlatScale& s) {
    const SymbolId v = s.conditional->target;
    const Linked linked = linked_to(s);
    const double left = linked.n + 2 * linked.sum_a - static_cast<double>(linked.rank);
    if (!(left > 0)) {
      findings_.refuse_scale(
          v, fmt::format("the posterior of `{}` is improper with so few rows", model_[v].spelling),
          fmt::format(
              "{} responses, {} flat coefficient{}, and {:.6g} for the flat scales: {:.6g} must be "
              "above 0",
              linked.n, linked.rank, linked.rank == 1 ? "" : "s", 0.0 - 2 * linked.sum_a, left));
      return;
    }
    if (!known_ || s.responses.empty()) return;
    // With a < 0 only flat coefficients can make the residuals vanish.
    const JointDesign design(bound_, s.a >= 0 ? all_ : flat_.targets, s.responses);
    const JointDesign::Fit fit = design.fit();
    if (fit.residual > 1e-10 * fit.total) return;
    findings_.refuse_scale(
        v,
        fmt::format("the posterior of `{}` is improper: the coefficients fit the data exactly",
                    model_[v].spelling),
        "the residual sum of squares is 0");
  }

  /// What a flat scale of errors shares coefficients with, directly or by others.
  struct Linked {
    double n = 0;           ///< responses with flat scales
    double sum_a = 0;       ///< of all flat scales
    Eigen::Index rank = 0;  ///< of the flat coefficients, beyond what the other responses determine
  };

  Linked linked_to(const FlatScale& from) const {
    std::set<const PlanResponse*> responses(from.responses.begin(), from.responses.end());
    std::set<const FlatScale*> scales = {&from};
    std::set<SymbolId> coefficients;
    for (std::size_t before = 0;
         before != responses.size() + scales.size() + coefficients.size();) {
      before = responses.size() + scales.size() + coefficients.size();
      for (const DesignValue& d : bound_.plan->designs) {
        if (std::find(all_.begin(), all_.end(), d.target) == all_.end()) continue;
        const PlanResponse* r = &bound_.plan->responses[static_cast<std::size_t>(d.response)];
        if (responses.contains(r)) coefficients.insert(d.target);
        if (coefficients.contains(d.target)) responses.insert(r);
      }
      for (const FlatScale& s : scales_) {
        const bool reached =
            std::any_of(s.responses.begin(), s.responses.end(),
                        [&](const PlanResponse* r) { return responses.contains(r); }) ||
            std::any_of(s.effects.begin(), s.effects.end(),
                        [&](SymbolId u) { return coefficients.contains(u); });
        if (!reached) continue;
        scales.insert(&s);
        responses.insert(s.responses.begin(), s.responses.end());
      }
    }
    Linked linked;
    std::vector<const PlanResponse*> all(responses.begin(), responses.end());
    for (const FlatScale* s : scales) {
      linked.n += s->n;
      linked.sum_a += s->a;
      for (const PlanResponse* r : s->responses) responses.erase(r);
    }
    const std::vector<const PlanResponse*> others(responses.begin(), responses.end());
    linked.rank = flat_rank(all) - flat_rank(others);
    return linked;
  }

  Eigen::Index flat_rank(const std::vector<const PlanResponse*>& responses) const {
    if (responses.size() == bound_.plan->responses.size()) return flat_.rank;
    return rank_of_columns(JointDesign(bound_, flat_.targets, responses).triangle());
  }

  void check_covariance(const FlatScale& s) {
    const SymbolId v = s.conditional->target;
    if (s.effects.empty()) {
      check_complete(s);
      return;
    }
    if (s.conditional->exponent < 0) {
      findings_.refuse_scale(
          v, "a flat prior on the inverse covariance of group effects is always improper",
          "the likelihood does not vanish as the covariance goes to 0");
    } else if (model_.densities[model_[v].prior].family == FamilyId::jeffreys) {
      findings_.refuse_scale(
          v, "Jeffreys' prior is for the covariance of errors",
          "for group effects the posterior is improper: the likelihood does not vanish as the "
          "covariance goes to 0");
    } else {
      findings_.warn(v, fmt::format("the posterior of `{}` may be improper under a flat prior",
                                    model_[v].spelling));
    }
  }

  /// Vectors that lack components leave a proper posterior proper, but need not make it so: the
  /// complete ones must.
  void check_complete(const FlatScale& s) {
    const SymbolId v = s.conditional->target;
    double complete = 0;
    bool lacking = false;
    for (const Contribution& l : s.conditional->likelihood) {
      const Density& d = density_at(model_, l.density);
      if (!d.observed) continue;
      lacking = true;
      const auto& patterns = bound_.data->plate(d.observed->plate).labels;
      for (std::int32_t pattern : bound_.data->map(d.plate, d.observed->plate))
        complete += patterns[static_cast<std::size_t>(pattern)][0].find('0') == std::string::npos;
    }
    const double p = bound_.data->length(model_[v].shape.rows);
    const double needed = p - 1 + static_cast<double>(flat_.rank) / p;
    if (lacking && complete <= needed)
      findings_.warn(
          v, fmt::format("the posterior of `{}` may be improper: {} vectors are complete, and with "
                         "more than {:.6g} it certainly is not",
                         model_[v].spelling, complete, needed));
  }

  const BoundPlan& bound_;
  const Model& model_;
  const FlatCoefficients& flat_;
  ProprietyFindings& findings_;
  std::vector<FlatScale> scales_;
  std::vector<SymbolId> all_;  ///< flat coefficients, and effects of flat scales
  int groups_ = 0;             ///< flat scales of effects
  bool known_ = false;  ///< the design, and that responses are numbers that a mean is fitted to
  Eigen::Index t_ = 0;  ///< rank of the effects beside the flat coefficients
  Eigen::Index q_ = 0;  ///< number of the effects
};

}  // namespace

void check_scales(const BoundPlan& bound, const FlatCoefficients& flat,
                  const std::vector<const Conditional*>& scales, ProprietyFindings& findings) {
  ScaleCheck(bound, flat, findings).run(scales);
}

}  // namespace lmmdsl
