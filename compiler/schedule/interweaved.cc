#include "compiler/schedule/interweaved.h"

#include <algorithm>

#include "compiler/schedule/roles.h"

namespace lmmdsl {

Schedule interweaved(Schedule schedule, const Model& model,
                     const std::vector<Conditional>& conditionals) {
  const auto has = [](const std::vector<int>& list, int c) {
    return std::find(list.begin(), list.end(), c) != list.end();
  };
  for (int scale = 0; scale < static_cast<int>(conditionals.size()); ++scale) {
    const std::vector<int> moved = moving_with(model, conditionals, scale);
    if (moved.empty()) continue;
    bool fallback = false;
    std::size_t after = 0;
    for (std::size_t s = 0; s < schedule.steps.size(); ++s) {
      if (!schedule.steps[s].moved.empty()) continue;
      fallback |= has(schedule.steps[s].marginal, scale);
      for (const int c : moved)
        if (has(schedule.steps[s].targets, c)) after = s;
    }
    // As soon as everything that was integrated out has been drawn again.
    for (std::size_t at = after + 1; at <= schedule.steps.size(); ++at) {
      Schedule with = schedule;
      with.steps.insert(with.steps.begin() + static_cast<std::ptrdiff_t>(at),
                        Step{.targets = {scale}, .moved = moved, .fallback = fallback});
      if (!verify(with, model, conditionals).empty()) continue;
      schedule = std::move(with);
      break;
    }
  }
  return schedule;
}

}  // namespace lmmdsl
