// Errors to plant: the table. Each row says what is changed, on which model it shows, and which
// check must find it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lmmdsl/lmmdsl.h"
#include "mutation/hooks.h"

namespace lmmdsl::testing {

/// What an error does, and so who is to find it.
enum class Kind {
  value,       ///< changes how a conditional depends on its unknown: the identity must find it
  convention,  ///< mistakes what an argument means: the families' own checks must
  sampling     ///< draws, order, statistics: any check of the suite may
};

struct Mutation {
  std::string name;
  Kind kind = Kind::sampling;
  std::size_t model = 0;                      ///< of joint_models()
  std::function<void(Hooks&)> plant = {};     ///< before the model is compiled
  std::function<void(Program&)> change = {};  ///< after; the plan is lowered from what it leaves
  std::function<void(Program&)> change_plan = {};  ///< the plan itself
  const char* schedule = nullptr;                  ///< not null: the plan is of this schedule
};

std::vector<Mutation> mutations();

}  // namespace lmmdsl::testing
