// Columns from the names that other programs give to scalars.
#pragma once

#include <string>

#include "runtime/draws.h"

namespace lmmdsl {

/// "beta.3.2" (CmdStan) or "beta[3,2]" (CODA, posterior): variable beta, index {3, 2}. Any other
/// name is that of a scalar.
Column column_of(const std::string& name);

/// Whether a column is of the sampler, not of the model: lp__, stepsize__, .chain, ...
bool is_of_sampler(const std::string& name);

/// As posterior and CODA name a scalar: "beta[3,2]".
std::string bracket_name(const Column& column);

}  // namespace lmmdsl
