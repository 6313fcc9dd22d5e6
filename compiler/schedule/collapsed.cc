// Coefficients with the auxiliary variables of their responses and priors integrated out.
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

bool arguments_mention(const Density& density, const Conditional& c) {
  return std::any_of(density.args.begin(), density.args.end(),
                     [&](const Expr& a) { return mentions(a, c.target); });
}

class Collapse {
 public:
  Collapse(const Model& model, const std::vector<Conditional>& conditionals, const Sizes& sizes)
      : model_(model),
        conditionals_(conditionals),
        sizes_(sizes),
        stated_(inlined_densities(model, model.stated)) {}

  /// The step for the coefficients of a block; none where there can be none.
  std::optional<Step> step_for(const Step& block) const {
    Step step{.targets = block.targets, .collapsed = true};
    for (const int c : block.targets)
      if (!is_location(conditionals_[c])) return std::nullopt;
    bool likelihood = false;
    for (const Rewrite& r : model_.rewrites) {
      const Density& density = stated_[static_cast<std::size_t>(r.stated)];
      const bool closed = family(density.family).log_density != nullptr;
      if (r.auxiliaries.empty() || !is_about(density, block.targets)) continue;
      if (density.response >= 0 && !closed) return std::nullopt;
      if (!closed) continue;  // such a prior is that given its auxiliary variables
      likelihood |= density.response >= 0;
      step.integrated.insert(step.integrated.end(), r.auxiliaries.begin(), r.auxiliaries.end());
    }
    if (step.integrated.empty()) return std::nullopt;
    for (int c = 0; c < static_cast<int>(conditionals_.size()); ++c)
      if (!has(step.targets, c) && stands_beside(c, block.targets, step.integrated))
        step.targets.push_back(c);
    if (few(step)) return step;
    if (!likelihood) return std::nullopt;
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
  /// Whether a density is a likelihood of coefficients, or the prior of some that hold once.
  bool is_about(const Density& density, const std::vector<int>& coefficients) const {
    return std::any_of(coefficients.begin(), coefficients.end(), [&](int c) {
      const Conditional& at = conditionals_[c];
      return density.response >= 0 ? arguments_mention(density, at)
                                   : density.target == at.target && at.plate.once();
    });
  }

  /// A positive number, a covariance, or the cuts of an ordered response that holds once in what is
  /// about the coefficients. Other auxiliary variables than those that are integrated out here, of
  /// which its own step takes account in that way, would be read before they are drawn again.
  bool stands_beside(int conditional, const std::vector<int>& coefficients,
                     const std::vector<SymbolId>& integrated) const {
    const Conditional& c = conditionals_[conditional];
    const bool matrix =
        c.family == UpdateFamily::wishart || c.family == UpdateFamily::inverse_wishart;
    const bool scalar = of_positive_scalars(c.family) && model_[c.target].shape.is_scalar();
    const bool cuts = c.family == UpdateFamily::ordered_normal;
    return (scalar || matrix || cuts) && c.plate.once() &&
           std::all_of(c.integrated.begin(), c.integrated.end(),
                       [&](SymbolId a) { return has(integrated, a); }) &&
           std::any_of(stated_.begin(), stated_.end(), [&](const Density& d) {
             return is_about(d, coefficients) && arguments_mention(d, c);
           });
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
  std::vector<Density> stated_;  ///< derived quantities written out
};

}  // namespace

Schedule collapsed(Schedule schedule, const Model& model,
                   const std::vector<Conditional>& conditionals, const Sizes& sizes) {
  if (model.rewrites.empty()) return schedule;
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
