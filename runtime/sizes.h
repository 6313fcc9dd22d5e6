// The numbers about data that a schedule is chosen by.
#pragma once

#include "compiler/derive/conditional.h"
#include "compiler/schedule/sizes.h"
#include "runtime/data.h"

namespace lmmdsl {

/// Elements of the parameters' plates, which of these nest in which, and what crossing costs, as
/// long as `data` are there.
Sizes find_sizes(const std::vector<Conditional>& conditionals, const Data& data);

}  // namespace lmmdsl
