// In which order the conditionals are drawn. The order changes mixing, never the target.
#pragma once

#include <string>
#include <vector>

#include "compiler/derive/conditional.h"

namespace lmmdsl {

/// One step of a sweep: all elements of one parameter from its full conditional.
struct Step {
  int conditional = 0;  ///< index into the conditionals
};

struct Schedule {
  std::string name;  ///< "textbook"
  std::vector<Step> steps;
};

/// The page's own sampler: parameter by parameter, in the order of their statements.
Schedule textbook(const Model& model, const std::vector<Conditional>& conditionals);

/// Every parameter is drawn exactly once a sweep; an empty text, or what is wrong.
std::string verify(const Schedule& schedule, const std::vector<Conditional>& conditionals);

/// One line: "theta, beta[plot], inv(Sigma), sigma^2".
std::string to_text(const Schedule& schedule, const Model& model,
                    const std::vector<Conditional>& conditionals);

}  // namespace lmmdsl
