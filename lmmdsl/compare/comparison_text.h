// What `compare` prints and writes: a table for each kind of what is left out, one of the marginal
// likelihoods, and remarks on what is not to be trusted.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/compare/compare.h"

namespace lmmdsl {

/// Kinds of units that all models have, in the order of the first, with the same units in all.
std::vector<std::string> common_kinds(const std::vector<ModelFit>& fits);

std::string comparison_table(const std::vector<ModelFit>& fits,
                             const std::vector<std::string>& kinds, bool marginal);
std::string comparison_csv(const std::vector<ModelFit>& fits, const std::vector<std::string>& kinds,
                           bool marginal);
std::string comparison_json(const std::vector<ModelFit>& fits,
                            const std::vector<std::string>& kinds, bool marginal);

/// A line for each model and unit.
std::string pointwise_csv(const std::vector<ModelFit>& fits);

/// What is not to be trusted, and how groups were left out.
Diagnostics comparison_remarks(const std::vector<ModelFit>& fits);

}  // namespace lmmdsl
