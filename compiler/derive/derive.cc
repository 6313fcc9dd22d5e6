// For every parameter: collect the densities that mention it, find for each the rule that its place
// and form ask for, and add up what they contribute. Nothing here knows a family or a model.
#include <fmt/format.h>

#include "compiler/derive/conditional.h"
#include "compiler/derive/inline.h"
#include "compiler/derive/refusal.h"
#include "compiler/math/sums.h"
#include "compiler/rules/conjugacy.h"

namespace lmmdsl {

namespace {

/// The slots of a density that mention the target.
std::vector<int> mentioning_slots(const Density& density, SymbolId target) {
  std::vector<int> slots;
  for (std::size_t i = 0; i < density.args.size(); ++i) {
    if (mentions(density.args[i], target)) slots.push_back(static_cast<int>(i));
  }
  return slots;
}

struct Mention {
  int density;
  int slot;
};

/// One rule tried on one density: the contribution, or why not.
struct Attempt {
  std::optional<Contribution> contribution;
  Refusal refusal;
};

class Derivation {
 public:
  Derivation(const Model& model, std::vector<Density> densities)
      : model_(model), densities_(std::move(densities)) {}

  Result<Conditional> conditional(SymbolId target) const {
    const Expr t = reference(model_, target);
    const int prior_index = model_[target].prior;
    std::vector<Mention> mentions;
    Diagnostics refused;
    for (int d = 0; d < static_cast<int>(densities_.size()); ++d) {
      if (d == prior_index) continue;
      const std::vector<int> slots = mentioning_slots(densities_[d], target);
      if (slots.size() > 1) {
        refused.push_back(refuse_two_slots(model_, target, densities_[d], slots));
      } else if (slots.size() == 1) {
        mentions.push_back({d, slots.front()});
      }
    }
    if (!refused.empty()) return refused;
    Refusal first_refusal;
    bool have_refusal = false;
    for (const PriorForm& form :
         prior_forms(densities_[prior_index], t, used_exponent(t, mentions))) {
      Conditional found = start(target, t, form);
      bool complete = true;
      for (const Mention& mention : mentions) {
        Attempt attempt = match(form, t, mention);
        if (!attempt.contribution) {
          complete = false;
          if (!have_refusal) first_refusal = attempt.refusal;
          have_refusal = true;
          break;
        }
        found.likelihood.push_back(std::move(*attempt.contribution));
      }
      if (!complete) continue;
      collect(found);
      return found;
    }
    return refuse(model_, first_refusal);
  }

 private:
  Conditional start(SymbolId target, const Expr& t, const PriorForm& form) const {
    Conditional c;
    c.target = target;
    c.exponent = form.exponent;
    c.quantity =
        t->shape.is_scalar() ? power(t, form.exponent) : (form.exponent < 0 ? inverse(t) : t);
    c.family = form.family;
    c.plate = model_[target].plate;
    c.prior.density = model_[target].prior;
    c.prior.rule = "prior";
    c.prior.terms = form.parameters;
    c.prior.summands = form.parameters;
    return c;
  }

  /// The power of the target that its first place of use is proportional to; 0 if it is none.
  double used_exponent(const Expr& t, const std::vector<Mention>& mentions) const {
    for (const Mention& m : mentions) {
      const auto found = proportional(canonical(densities_[m.density]).args[m.slot], t);
      if (const Power* p = std::get_if<Power>(&found)) return p->exponent;
    }
    return 0;
  }

  Attempt match(const PriorForm& form, const Expr& t, const Mention& mention) const {
    const Density density = canonical(densities_[mention.density]);
    const Expr& slot = density.args[mention.slot];
    Attempt attempt;
    attempt.refusal = {t->symbol, mention.density, mention.slot, form.family, {}, false};
    Site site{density.value, density.args, nullptr, nullptr, nullptr};
    for (const Rule& rule : rules()) {
      if (rule.family != form.family || rule.density != density.family ||
          rule.slot != mention.slot) {
        continue;
      }
      attempt.refusal.rule_exists = true;
      Contribution c;
      c.density = mention.density;
      c.rule = rule.info.name;
      if (rule.dependence == Dependence::affine) {
        auto found = affine(slot, t);
        if (auto* obstacle = std::get_if<Obstacle>(&found)) {
          attempt.refusal.obstacle = *obstacle;
          return attempt;
        }
        site.A = std::get<Affine>(found).A;
        site.b = std::get<Affine>(found).b;
        c.A = site.A;
        c.b = site.b;
      } else {
        auto found = proportional(slot, t);
        if (auto* obstacle = std::get_if<Obstacle>(&found)) {
          attempt.refusal.obstacle = *obstacle;
          return attempt;
        }
        const auto& [factor, exponent] = std::get<Power>(found);
        const double relative = exponent / form.exponent;
        if (relative != (rule.dependence == Dependence::proportional ? 1.0 : -1.0)) {
          attempt.refusal.exponent = exponent;
          continue;
        }
        site.c = factor;
        c.c = factor;
      }
      c.dependence = rule.info.dependence;
      c.summands = rule.contribution(site);
      for (const Expr& summand : c.summands) {
        c.terms.push_back(simplified_sum(summand, density.plate, t->plate));
      }
      attempt.contribution = std::move(c);
      return attempt;
    }
    return attempt;
  }

  static void collect(Conditional& c) {
    for (std::size_t i = 0; i < c.prior.terms.size(); ++i) {
      std::vector<Expr> terms = {c.prior.terms[i]};
      for (const Contribution& l : c.likelihood) terms.push_back(l.terms[i]);
      c.parameters.push_back(add(std::move(terms)));
    }
  }

  const Model& model_;
  std::vector<Density> densities_;
};

}  // namespace

const char* name(UpdateFamily family) {
  switch (family) {
    case UpdateFamily::normal:
      return "Normal";
    case UpdateFamily::inverse_gamma:
      return "InverseGamma";
    case UpdateFamily::gamma:
      return "Gamma";
    case UpdateFamily::inverse_wishart:
      return "InverseWishart";
    case UpdateFamily::wishart:
      return "Wishart";
  }
  return "";
}

const char* parameter_name(UpdateFamily family, int which) {
  switch (family) {
    case UpdateFamily::normal:
      return which == 0 ? "precision" : "shift";
    case UpdateFamily::inverse_gamma:
      return which == 0 ? "shape" : "scale";
    case UpdateFamily::gamma:
      return which == 0 ? "shape" : "rate";
    case UpdateFamily::inverse_wishart:
      return which == 0 ? "df" : "scale";
    case UpdateFamily::wishart:
      return which == 0 ? "df" : "inverse scale";
  }
  return "";
}

Result<std::vector<Conditional>> derive(const Model& model) {
  const Derivation derivation(model, inlined_densities(model));
  std::vector<Conditional> conditionals;
  Diagnostics diagnostics;
  for (SymbolId target : model.parameters()) {
    Result<Conditional> found = derivation.conditional(target);
    diagnostics.insert(diagnostics.end(), found.diagnostics.begin(), found.diagnostics.end());
    if (found) conditionals.push_back(std::move(*found));
  }
  if (has_error(diagnostics)) return diagnostics;
  return {std::move(conditionals), std::move(diagnostics)};
}

}  // namespace lmmdsl
