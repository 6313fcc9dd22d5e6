// A schedule as a page: what each step draws, what is integrated out, why the order is valid.
#pragma once

#include "compiler/page/page.h"
#include "compiler/schedule/schedule.h"

namespace lmmdsl {

/// From the objects that are lowered to the plan: the joint conditionals are those of joint.h.
Page explain_schedule(const Model& model, const std::vector<Conditional>& conditionals,
                      const Schedule& schedule);

}  // namespace lmmdsl
