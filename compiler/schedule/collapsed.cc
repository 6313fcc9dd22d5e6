// Coefficients with the auxiliary variables of their responses integrated out.
#include "compiler/schedule/collapsed.h"

#include <algorithm>
#include <optional>

#include "compiler/derive/inline.h"
#include "compiler/schedule/roles.h"

namespace lmmdsl {

namespace {

template <class T>
bool has(const std::vector<T>& list, const T& x) {
  return std::find(list.begin(), list.end(), x) != list.end();
}

/// A likelihood that was stated without its auxiliary variables.
struct Likelihood {
  const Rewrite* rewrite;
  Density stated;  ///< derived quantities written out

  bool mentions_target(const Conditional& c) const {
    return std::any_of(stated.args.begin(), stated.args.end(),
                       [&](const Expr& a) { return mentions(a, c.target); });
  }
};

std::vector<Likelihood> augmented_likelihoods(const Model& model) {
  const std::vector<Density> stated = inlined_densities(model, model.stated);
  std::vector<Likelihood> found;
  for (const Rewrite& r : model.rewrites) {
    const Density& density = stated[static_cast<std::size_t>(r.stated)];
    if (density.response >= 0 && !r.auxiliaries.empty()) found.push_back({&r, density});
  }
  return found;
}

class Collapse {
 public:
  Collapse(const Model& model, const std::vector<Conditional>& conditionals, const Sizes& sizes)
      : model_(model),
        conditionals_(conditionals),
        sizes_(sizes),
        likelihoods_(augmented_likelihoods(model)) {}

  /// The step for the coefficients of a block; none where there can be none.
  std::optional<Step> step_for(const Step& block) const {
    Step step{.targets = block.targets, .collapsed = true};
    for (const int c : block.targets)
      if (!is_location(conditionals_[c])) return std::nullopt;
    std::vector<const Likelihood*> between;
    for (const Likelihood& l : likelihoods_)
      if (mentions_any(l, block.targets)) between.push_back(&l);
    for (const Likelihood* l : between) {
      if (!family(l->stated.family).log_density) return std::nullopt;
      for (const SymbolId a : l->rewrite->auxiliaries) step.integrated.push_back(a);
    }
    for (int c = 0; c < static_cast<int>(conditionals_.size()); ++c)
      if (stands_beside(c, between, step.integrated) && !has(step.targets, c))
        step.targets.push_back(c);
    if (between.empty()) return std::nullopt;
    if (few(step)) return step;
    for (const int c : block.targets)
      if (!conditionals_[c].plate.once()) step.shifted.push_back(c);
    return few(step) ? std::optional(step) : std::nullopt;
  }

  /// The schedule with the step in an order that is valid, if there is one.
  std::optional<Schedule> with(const Schedule& schedule, const Step& step) const {
    Schedule first = schedule;
    first.steps.insert(first.steps.begin(), step);
    Schedule next{schedule.name, {step}, schedule.crossing};
    for (const bool auxiliary : {true, false})
      for (const Step& s : schedule.steps)
        if (draws_only(s, step.integrated) == auxiliary) next.steps.push_back(s);
    first = with_auxiliaries_after(std::move(first), conditionals_);
    for (const Schedule* s : {&first, &next})
      if (verify(*s, model_, conditionals_).empty()) return *s;
    return std::nullopt;
  }

  /// Whether proposals may go where the auxiliary variables, which others read, are not drawn in
  /// practice: where most of what was rejected is beyond the limits.
  bool may_fail(const Schedule& schedule, const Step& step) const {
    const bool rests = std::any_of(schedule.steps.begin(), schedule.steps.end(),
                                   [](const Step& s) { return s.spare; });
    return !rests && std::any_of(conditionals_.begin(), conditionals_.end(), [&](const auto& c) {
      return c.family == UpdateFamily::rejected_normals && has(step.integrated, c.target);
    });
  }

  /// Marks the steps that may rest: all that draw nothing else, if no other reads what they draw.
  void mark_spare(Schedule& schedule) const {
    const Step& step = *std::find_if(schedule.steps.begin(), schedule.steps.end(),
                                     [](const Step& s) { return s.collapsed; });
    std::vector<SymbolId> known = step.integrated;
    for (const int c : step.targets)
      if (!has(step.shifted, c)) known.push_back(conditionals_[c].target);
    Schedule resting = schedule;
    std::erase_if(resting.steps,
                  [&](const Step& s) { return !s.collapsed && draws_only(s, known); });
    if (!reads_stale(resting, conditionals_).empty()) return;
    for (Step& s : schedule.steps) s.spare = !s.collapsed && draws_only(s, known);
  }

 private:
  bool mentions_any(const Likelihood& l, const std::vector<int>& which) const {
    return std::any_of(which.begin(), which.end(),
                       [&](int c) { return l.mentions_target(conditionals_[c]); });
  }

  /// A positive number, a covariance, or the cuts of an ordered response that holds once in one of
  /// these likelihoods. Other auxiliary variables than theirs, which its own step integrates out,
  /// would be read before they are drawn again.
  bool stands_beside(int conditional, const std::vector<const Likelihood*>& between,
                     const std::vector<SymbolId>& integrated) const {
    const Conditional& c = conditionals_[conditional];
    const bool matrix =
        c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
    const bool scalar = of_positive_scalars(c.family) && model_[c.target].shape.is_scalar();
    const bool cuts = c.family == UpdateFamily::ordered_normal;
    return (scalar || matrix || cuts) && c.plate.once() &&
           std::all_of(c.integrated.begin(), c.integrated.end(),
                       [&](SymbolId a) { return has(integrated, a); }) &&
           std::any_of(between.begin(), between.end(),
                       [&](const Likelihood* l) { return l->mentions_target(c); });
  }

  bool draws_only(const Step& step, const std::vector<SymbolId>& symbols) const {
    const auto known = [&](int c) { return has(symbols, conditionals_[c].target); };
    return step.moved.empty() && std::all_of(step.targets.begin(), step.targets.end(), known) &&
           std::all_of(step.marginal.begin(), step.marginal.end(), known);
  }

  bool few(const Step& step) const {
    if (!sizes_.elements) return true;
    std::size_t coordinates = 0;
    for (const int c : step.targets) {
      const Conditional& at = conditionals_[c];
      const std::size_t elements = has(step.shifted, c) ? 1 : sizes_.elements(at.plate);
      const std::size_t n = sizes_.numbers(model_[at.target].shape) * elements;
      if (n > kMostCollapsed * kMostCollapsed) return false;
      coordinates += n;
    }
    const auto d = static_cast<double>(coordinates);
    return coordinates <= kMostCollapsed &&
           d * d * static_cast<double>(sizes_.rows) <= kMostModeSearch;
  }

  const Model& model_;
  const std::vector<Conditional>& conditionals_;
  const Sizes& sizes_;
  std::vector<Likelihood> likelihoods_;
};

}  // namespace

Schedule collapsed(Schedule schedule, const Model& model,
                   const std::vector<Conditional>& conditionals, const Sizes& sizes) {
  const Collapse collapse(model, conditionals, sizes);
  for (const Step& block : schedule.steps) {
    if (!block.moved.empty()) continue;
    const std::optional<Step> step = collapse.step_for(block);
    if (!step) continue;
    std::optional<Schedule> with = collapse.with(schedule, *step);
    if (!with) continue;
    collapse.mark_spare(*with);
    if (collapse.may_fail(*with, *step)) continue;
    return std::move(*with);
  }
  return schedule;
}

}  // namespace lmmdsl
