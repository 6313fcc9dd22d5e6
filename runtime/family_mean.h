// The expected value of a scalar with a named distribution.
#pragma once

#include <span>

#include "compiler/rules/families.h"

namespace lmmdsl {

/// `args` in the order of the family's slots (Normal: mean, variance). NaN where there is no mean,
/// or where the family's is not in the table.
double family_mean(FamilyId family, std::span<const double> args);

}  // namespace lmmdsl
