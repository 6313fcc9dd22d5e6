// Schedules with joint steps: a block for each chain of nested plates, or one for all where factors
// cross.
#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/derive/joint.h"
#include "compiler/schedule/collapsed.h"
#include "compiler/schedule/crossed.h"
#include "compiler/schedule/interweaved.h"
#include "compiler/schedule/roles.h"
#include "compiler/schedule/schedule.h"

namespace lmmdsl {

namespace {

using Plates = std::vector<Plate>;

/// The plates of coefficients, finer ones before those that they nest in.
Plates location_plates(const std::vector<Conditional>& conditionals, const Sizes& sizes) {
  Plates plates;
  for (const Conditional& c : conditionals) {
    if (!is_location(c)) continue;
    if (std::find(plates.begin(), plates.end(), c.plate) != plates.end()) continue;
    const auto coarser = std::find_if(plates.begin(), plates.end(),
                                      [&](const Plate& p) { return sizes.nests(c.plate, p); });
    plates.insert(coarser, c.plate);
  }
  return plates;
}

/// Chains of nested plates, each as long as can be: `chain` continued in every way.
void extend(const Plates& plates, const Sizes& sizes, Plates chain, std::vector<Plates>& found) {
  bool extended = false;
  for (const Plate& next : plates) {
    const bool above =
        chain.empty() || (!(next == chain.back()) && sizes.nests(chain.back(), next));
    if (!above) continue;
    // Only what lies directly above: nothing fits in between.
    const bool direct = std::none_of(plates.begin(), plates.end(), [&](const Plate& p) {
      const bool below_next = !(p == next) && sizes.nests(p, next);
      return below_next &&
             (chain.empty() || (!(p == chain.back()) && sizes.nests(chain.back(), p)));
    });
    if (!direct) continue;
    extended = true;
    Plates longer = chain;
    longer.push_back(next);
    extend(plates, sizes, std::move(longer), found);
  }
  if (!extended && !chain.empty()) found.push_back(std::move(chain));
}

/// The coefficients on a chain's plates, finest first, as many as are jointly Normal.
std::vector<int> members(const Model& model, const std::vector<Conditional>& conditionals,
                         const Plates& chain) {
  std::vector<int> block;
  for (const Plate& plate : chain) {
    for (int c = 0; c < static_cast<int>(conditionals.size()); ++c) {
      if (!is_location(conditionals[c]) || !(conditionals[c].plate == plate)) continue;
      block.push_back(c);
      if (!join_conditionals(model, conditionals, block)) block.pop_back();
    }
  }
  return block;
}

/// What the blocks draw, each parameter once.
std::vector<int> all_targets(const std::vector<Step>& blocks) {
  std::vector<int> all;
  for (const Step& block : blocks)
    for (const int c : block.targets)
      if (std::find(all.begin(), all.end(), c) == all.end()) all.push_back(c);
  return all;
}

/// The auxiliary variable of a prior that has a closed form without it; one or none.
std::vector<SymbolId> auxiliary_of_prior(const Model& model, SymbolId target) {
  for (const Rewrite& r : model.rewrites) {
    const Density& stated = model.stated[r.stated];
    if (stated.target == target && r.auxiliaries.size() == 1 && family(stated.family).log_density)
      return r.auxiliaries;
  }
  return {};
}

/// The latent variables whose bounds mention what is drawn.
std::vector<SymbolId> latent_between(const Model& model, const Conditional& c) {
  std::vector<SymbolId> found;
  for (const Contribution& l : c.likelihood)
    if (l.lower || l.upper) found.push_back(density_at(model, l.density).target);
  return found;
}

/// Whether levels of an unobserved factor decide what one of these densities is about.
bool reads_levels(const Model& model, const Conditional& c) {
  return std::any_of(c.likelihood.begin(), c.likelihood.end(), [&](const Contribution& l) {
    const Density& density = density_at(model, l.density);
    return std::any_of(density.args.begin(), density.args.end(), [&](const Expr& a) {
      const Expr plain = inline_derived(model, a);
      return deciding_factor(density.plate, plain->plate) >= 0 ||
             std::any_of(plain->symbols.begin(), plain->symbols.end(),
                         [&](SymbolId s) { return model[s].levels > 0; });
    });
  });
}

/// Whether a scale stands beside coefficients of the block, and may be drawn with them integrated
/// out: it holds once, and where it is the variance of coefficients, these are in the block.
bool scales_block(const Model& model, const std::vector<Conditional>& conditionals, int scale,
                  const std::vector<int>& block) {
  const Conditional& c = conditionals[scale];
  if (!is_scale(model, c) || !c.plate.once() || reads_levels(model, c)) return false;
  bool beside = false;
  for (const Contribution& l : c.likelihood) {
    const Density& density = density_at(model, l.density);
    const auto in_block = [&](int b) { return conditionals[b].target == density.target; };
    const bool prior_of_coefficient =
        density.target >= 0 &&
        std::any_of(conditionals.begin(), conditionals.end(), [&](const Conditional& other) {
          return other.family == UpdateFamily::normal && other.target == density.target;
        });
    if (prior_of_coefficient && std::none_of(block.begin(), block.end(), in_block)) return false;
    beside |= prior_of_coefficient;
    for (const Expr& a : density.args) {
      const Expr plain = inline_derived(model, a);
      beside |= std::any_of(block.begin(), block.end(),
                            [&](int b) { return mentions(plain, conditionals[b].target); });
    }
  }
  return beside;
}

Schedule with_blocks(const char* name, bool marginals, const Model& model,
                     const std::vector<Conditional>& conditionals, const Sizes& sizes) {
  Schedule schedule{name, {}};
  std::vector<Plates> chains;
  extend(location_plates(conditionals, sizes), sizes, {}, chains);
  std::vector<bool> drawn(conditionals.size(), false), collapsed(conditionals.size(), false);
  std::vector<Step> blocks;
  for (const Plates& chain : chains) blocks.push_back({members(model, conditionals, chain)});
  if (chains.size() > 1) {
    Step together{.targets = all_targets(blocks), .sparse = true};
    schedule.crossing = crossing(model, conditionals, sizes, together.targets);
    if (schedule.crossing && schedule.crossing->together_pays()) blocks = {std::move(together)};
  }
  for (Step& step : blocks) {
    if (step.targets.empty()) continue;
    const bool fixed = std::none_of(step.targets.begin(), step.targets.end(),
                                    [&](int c) { return reads_levels(model, conditionals[c]); });
    if (marginals && fixed) {
      for (int c = 0; c < static_cast<int>(conditionals.size()); ++c) {
        if (collapsed[c] || !scales_block(model, conditionals, c, step.targets)) continue;
        step.marginal.push_back(c);
        for (SymbolId a : auxiliary_of_prior(model, conditionals[c].target))
          step.integrated.push_back(a);
        collapsed[c] = true;
      }
    }
    for (int c : step.targets) drawn[c] = true;
    schedule.steps.push_back(std::move(step));
  }
  for (int c = 0; c < static_cast<int>(conditionals.size()); ++c) {
    if (drawn[c]) continue;
    Step step{{c}};
    step.integrated = latent_between(model, conditionals[c]);
    schedule.steps.push_back(std::move(step));
  }
  return with_auxiliaries_after(std::move(schedule), conditionals);
}

}  // namespace

Schedule blocked(const Model& model, const std::vector<Conditional>& conditionals,
                 const Sizes& sizes) {
  return with_blocks("blocked", false, model, conditionals, sizes);
}

Schedule interweave(const Model& model, const std::vector<Conditional>& conditionals,
                    const Sizes& sizes) {
  return interweaved(with_blocks("interweave", false, model, conditionals, sizes), model,
                     conditionals);
}

Schedule marginal(const Model& model, const std::vector<Conditional>& conditionals,
                  const Sizes& sizes) {
  return collapsed(
      interweaved(with_blocks("marginal", true, model, conditionals, sizes), model, conditionals),
      model, conditionals, sizes);
}

}  // namespace lmmdsl
