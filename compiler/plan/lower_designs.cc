// The designs of coefficients whose posterior may be improper: what propriety is a matter of.
#include <algorithm>

#include "compiler/math/dependence.h"
#include "compiler/plan/lowering.h"
#include "compiler/plan/mean_design.h"
#include "compiler/rules/families.h"

namespace lmmdsl {

namespace {

bool improper(const Model& model, SymbolId parameter) {
  return is_improper(model.densities[model[parameter].prior].family);
}

/// Coefficients whose posterior may be improper: flat ones, and those whose variance has an
/// improper prior.
std::vector<SymbolId> doubtful(const Model& model, const std::vector<Conditional>& conditionals) {
  std::vector<SymbolId> found;
  for (const Conditional& c : conditionals) {
    if (!improper(model, c.target)) continue;
    const bool location =
        c.family == UpdateFamily::normal || c.family == UpdateFamily::ordered_normal;
    if (location) found.push_back(c.target);
    for (const Contribution& l : c.likelihood) {
      const SymbolId child = density_at(model, l.density).target;
      if (!location && child >= 0) found.push_back(child);
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

/// The stated density of a response that a density of the model speaks for; null if none. What
/// auxiliary variables say beside a density of the response has the same design.
const Density* response_behind(const Model& model, int density) {
  for (const Rewrite& r : model.rewrites) {
    const SymbolId target = model.densities[density].target;
    const bool of_auxiliary = r.density < 0 && target >= 0 &&
                              std::count(r.auxiliaries.begin(), r.auxiliaries.end(), target) > 0;
    if (r.density == density || of_auxiliary)
      return model.stated[r.stated].response >= 0 ? &model.stated[r.stated] : nullptr;
  }
  return model.densities[density].response >= 0 ? &model.densities[density] : nullptr;
}

bool mentions_any(const Expr& e, const std::vector<SymbolId>& targets) {
  return e && std::any_of(targets.begin(), targets.end(),
                          [&](SymbolId target) { return mentions(e, target); });
}

/// Of a latent variable between cuts of which some are among the targets.
void add_cut_designs(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals,
                     const std::vector<SymbolId>& targets, int index) {
  const Density& density = model.densities[static_cast<std::size_t>(index)];
  for (const double sign : {1.0, -1.0}) {
    const Expr bound = inline_derived(model, sign > 0 ? density.upper : density.lower);
    const auto cuts = std::find_if(targets.begin(), targets.end(),
                                   [&](SymbolId target) { return mentions(bound, target); });
    if (cuts == targets.end()) continue;
    const auto found = affine(bound, reference(model, *cuts));
    const Expr A = std::get<Affine>(found).A;
    // 1 in a row that has a cut on this side, else 0.
    const Expr present = A->shape.is_scalar() ? A : multiply({A, ones(A->shape.cols)});
    const int response = static_cast<int>(l.plan_.responses.size());
    const auto add = [&](SymbolId target, const Expr& design) {
      l.plan_.designs.push_back({response, target, design ? l.value(l.prepared(design)) : -1});
    };
    for (const SymbolId target : targets) {
      if (target == *cuts) {
        add(target, multiply({number(sign), A}));
      } else if (const auto design = mean_design(model, conditionals, target, index)) {
        if (*design) add(target, multiply({number(-sign), present, *design}));
      } else {
        add(target, nullptr);
      }
    }
    l.plan_.responses.push_back({index, -1, l.value(number(1)), -1});
  }
}

}  // namespace

void add_designs(Lowering& l, const Model& model, const std::vector<Conditional>& conditionals) {
  const bool any = std::any_of(conditionals.begin(), conditionals.end(),
                               [&](const Conditional& c) { return improper(model, c.target); });
  if (!any) return;
  const std::vector<SymbolId> targets = doubtful(model, conditionals);
  for (std::size_t d = 0; d < model.densities.size(); ++d) {
    const Density& density = model.densities[d];
    const int index = static_cast<int>(d);
    const Density* stated = response_behind(model, index);
    if (!stated || !density.value) continue;
    if (mentions_any(density.lower, targets) || mentions_any(density.upper, targets)) {
      add_cut_designs(l, model, conditionals, targets, index);
      continue;
    }
    // What is missing is no equation: zeros stand there on both sides.
    const auto present = [&](const Expr& e) {
      return density.observed ? multiply({diagonal_matrix(density.observed), e}) : e;
    };
    PlanResponse response;
    response.density = index;
    if (density.response >= 0 && density.family == FamilyId::normal)
      response.value = l.value(density.observed ? filled(density.value) : density.value);
    std::vector<DesignValue> designs;
    for (SymbolId target : targets) {
      const auto design = mean_design(model, conditionals, target, index);
      if (design && !*design) continue;
      designs.push_back({static_cast<int>(l.plan_.responses.size()), target,
                         design ? l.value(present(*design)) : -1});
    }
    if (response.value < 0 && designs.empty()) continue;
    if (const auto ends = family(stated->family).open_ends) {
      const auto [above, below] = ends(stated->value, stated->args);
      response.open_above = l.value(l.prepared(inline_derived(model, above)));
      response.open_below = l.value(l.prepared(inline_derived(model, below)));
    }
    l.plan_.responses.push_back(response);
    l.plan_.designs.insert(l.plan_.designs.end(), designs.begin(), designs.end());
  }
}

}  // namespace lmmdsl
