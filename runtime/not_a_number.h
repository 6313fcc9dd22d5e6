// Numbers that are none.
#pragma once

#include <limits>

namespace lmmdsl {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace lmmdsl
