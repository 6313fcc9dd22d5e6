// Which Normal coefficients can be integrated out of a joint density, and which of them lie within
// the groups that are left out.
#pragma once

#include <vector>

#include "runtime/data.h"

namespace lmmdsl {

/// Which coefficients are integrated out: those with a Normal prior, without bounds, that enter only densities in
/// which all of them together are linear.
struct Integrable {
  std::vector<SymbolId> coefficients;
  std::vector<SymbolId> others;  ///< parameters that were asked for and stay
};
Integrable integrable(const Model& model, const std::vector<SymbolId>& candidates);

/// Whether each element of a plate lies in one level of the factor.
bool lies_within(const Data& data, const Plate& plate, SymbolId factor);

}  // namespace lmmdsl
