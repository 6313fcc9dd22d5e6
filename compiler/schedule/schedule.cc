#include "compiler/schedule/schedule.h"

#include <fmt/format.h>

#include "compiler/math/render.h"

namespace lmmdsl {

Schedule textbook(const Model&, const std::vector<Conditional>& conditionals) {
  Schedule schedule{"textbook", {}};
  for (std::size_t i = 0; i < conditionals.size(); ++i) {
    schedule.steps.push_back({static_cast<int>(i)});
  }
  return schedule;
}

std::string verify(const Schedule& schedule, const std::vector<Conditional>& conditionals) {
  std::vector<int> times(conditionals.size(), 0);
  for (const Step& step : schedule.steps) {
    if (step.conditional < 0 || step.conditional >= static_cast<int>(conditionals.size())) {
      return "a step draws a conditional that does not exist";
    }
    ++times[step.conditional];
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] != 1)
      return fmt::format("conditional {} is drawn {} times a sweep", i + 1, times[i]);
  }
  return {};
}

std::string to_text(const Schedule& schedule, const Model& model,
                    const std::vector<Conditional>& conditionals) {
  std::string text;
  for (const Step& step : schedule.steps) {
    if (!text.empty()) text += ", ";
    text += render(conditionals[step.conditional].quantity, &model);
  }
  return text;
}

}  // namespace lmmdsl
