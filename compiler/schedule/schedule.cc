#include "compiler/schedule/schedule.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/derive/joint.h"
#include "compiler/math/render.h"
#include "compiler/schedule/roles.h"

namespace lmmdsl {

Schedule textbook(const Model&, const std::vector<Conditional>& conditionals) {
  Schedule schedule{"textbook", {}};
  for (std::size_t i = 0; i < conditionals.size(); ++i) {
    schedule.steps.push_back({{static_cast<int>(i)}});
  }
  return with_auxiliaries_after(std::move(schedule), conditionals);
}

namespace {

/// The auxiliary variables that a step integrates out.
std::vector<SymbolId> integrated(const Step& step, const std::vector<Conditional>& conditionals) {
  std::vector<SymbolId> out = step.integrated;
  for (int c : step.targets)
    out.insert(out.end(), conditionals[c].integrated.begin(), conditionals[c].integrated.end());
  return out;
}

bool draws(const Step& step, const std::vector<Conditional>& conditionals, SymbolId symbol) {
  return std::any_of(step.targets.begin(), step.targets.end(),
                     [&](int c) { return conditionals[c].target == symbol; });
}

bool overlap(const std::vector<SymbolId>& a, const std::vector<SymbolId>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](SymbolId s) { return std::find(b.begin(), b.end(), s) != b.end(); });
}

/// Steps that belong together: those that integrate the same variables out, then those that draw
/// these.
struct Group {
  std::vector<Step> collapsed, rest;
};

std::vector<Group> grouped(const std::vector<Step>& steps,
                           const std::vector<Conditional>& conditionals) {
  std::vector<Group> groups;
  std::vector<bool> placed(steps.size(), false);
  std::vector<SymbolId> all;
  for (const Step& s : steps)
    for (SymbolId a : integrated(s, conditionals)) all.push_back(a);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::vector<SymbolId> out = integrated(steps[i], conditionals);
    if (placed[i]) continue;
    if (out.empty()) {
      const bool waits = std::any_of(all.begin(), all.end(),
                                     [&](SymbolId a) { return draws(steps[i], conditionals, a); });
      if (!waits) groups.push_back({{}, {steps[i]}}), placed[i] = true;
      continue;
    }
    Group group;
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t j = i; j < steps.size(); ++j) {
        const std::vector<SymbolId> other = integrated(steps[j], conditionals);
        if (placed[j] || !overlap(out, other)) continue;
        group.collapsed.push_back(steps[j]);
        out.insert(out.end(), other.begin(), other.end());
        placed[j] = grown = true;
      }
    }
    for (std::size_t j = 0; j < steps.size(); ++j) {
      const bool drawn = std::any_of(out.begin(), out.end(),
                                     [&](SymbolId a) { return draws(steps[j], conditionals, a); });
      if (placed[j] || !drawn) continue;
      group.rest.push_back(steps[j]);
      placed[j] = true;
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

Schedule with_auxiliaries_after(Schedule schedule, const std::vector<Conditional>& conditionals) {
  std::vector<Step> steps;
  for (const Group& group : grouped(schedule.steps, conditionals)) {
    steps.insert(steps.end(), group.collapsed.begin(), group.collapsed.end());
    steps.insert(steps.end(), group.rest.begin(), group.rest.end());
  }
  schedule.steps = std::move(steps);
  return schedule;
}

const std::vector<ScheduleRow>& schedules() {
  static const std::vector<ScheduleRow> table = {
      {"auto", "as marginal", marginal},
      {"textbook", "parameter by parameter, in the order of the model's statements",
       [](const Model& m, const std::vector<Conditional>& c, const Sizes&) {
         return textbook(m, c);
       }},
      {"blocked", "all coefficients together, given the variances", blocked},
      {"interweave", "as blocked, and variances once more, given standardised coefficients",
       interweave},
      {"marginal",
       "as blocked, and variances first, with the coefficients integrated out, where that is "
       "possible, else as interweave; few coefficients also with auxiliary variables integrated "
       "out",
       marginal},
  };
  return table;
}

Schedule reversed(const Schedule& schedule, const std::vector<Conditional>& conditionals) {
  Schedule result{schedule.name + ", reversed", {}};
  const std::vector<Group> groups = grouped(schedule.steps, conditionals);
  for (auto g = groups.rbegin(); g != groups.rend(); ++g) {
    result.steps.insert(result.steps.end(), g->collapsed.rbegin(), g->collapsed.rend());
    result.steps.insert(result.steps.end(), g->rest.rbegin(), g->rest.rend());
  }
  return result;
}

// Twice through the sweep.
std::string reads_stale(const Schedule& schedule, const std::vector<Conditional>& conditionals) {
  std::vector<SymbolId> stale;
  for (int pass = 0; pass < 2; ++pass) {
    for (const Step& step : schedule.steps) {
      for (const std::vector<int>* part : {&step.marginal, &step.targets, &step.moved}) {
        for (int c : *part) {
          std::vector<Expr> read = conditionals[c].parameters;
          for (const Expr& end : {conditionals[c].lower, conditionals[c].upper})
            if (end) read.push_back(end);
          for (const Expr& e : read)
            for (SymbolId s : stale)
              if (s != conditionals[c].target && mentions(e, s) &&
                  std::find(step.integrated.begin(), step.integrated.end(), s) ==
                      step.integrated.end())
                return "a step reads an auxiliary variable that was integrated out";
        }
      }
      for (int c : step.targets) std::erase(stale, conditionals[c].target);
      const std::vector<SymbolId> out = integrated(step, conditionals);
      stale.insert(stale.end(), out.begin(), out.end());
    }
  }
  return {};
}

std::string verify(const Schedule& schedule, const Model& model,
                   const std::vector<Conditional>& conditionals) {
  std::vector<bool> drawn(conditionals.size(), false);
  for (const Step& step : schedule.steps) {
    for (const std::vector<int>* part : {&step.targets, &step.marginal}) {
      for (int c : *part) {
        if (c < 0 || c >= static_cast<int>(conditionals.size()))
          return "a step draws a conditional that does not exist";
        drawn[c] = true;
      }
    }
    if (step.targets.empty()) return "a step draws nothing";
    for (int c : step.marginal) {
      if (std::find(step.targets.begin(), step.targets.end(), c) != step.targets.end())
        return "a step integrates out what it draws before";
    }
    if (!step.moved.empty()) {
      const std::vector<int> moving = moving_with(model, conditionals, step.targets.front());
      for (int c : step.moved) {
        if (std::find(moving.begin(), moving.end(), c) == moving.end())
          return "a step moves what does not move with its scale";
      }
    }
    if (step.joint() && !join_conditionals(model, conditionals, step.targets))
      return "a joint step draws parameters that are not jointly Normal";
  }
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    if (!drawn[i]) return fmt::format("conditional {} is not drawn", i + 1);
  }
  return reads_stale(schedule, conditionals);
}

std::string to_text(const Schedule& schedule, const Model& model,
                    const std::vector<Conditional>& conditionals) {
  const auto list = [&](const std::vector<int>& which) {
    std::vector<std::string> names;
    for (int c : which) names.push_back(render(conditionals[c].quantity, &model));
    return fmt::format("{}", fmt::join(names, ", "));
  };
  std::vector<std::string> steps;
  for (const Step& step : schedule.steps) {
    if (step.fallback) continue;
    std::string text = list(step.targets);
    if (!step.moved.empty()) text += " moving " + list(step.moved);
    if (!step.shifted.empty()) text += ", but of " + list(step.shifted) + " the mean";
    if (step.collapsed) text = "proposed (" + text + ")";
    if (step.joint()) text = "(" + text + ")";
    if (!step.marginal.empty()) text = "(" + list(step.marginal) + ") before " + text;
    steps.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(steps, ", "));
}

}  // namespace lmmdsl
