// Vector responses of which some components are missing. Rows (or the elements that `over` gathers)
// fall into patterns, by which components are observed; a pattern is a level of a factor that the
// data decide. Seen so, nothing about missing components is special:
//
//   [y1, y2] ~ Normal(m, V)      is      [y1, y2]_o ~ Normal(m_o, V_oo)
//
// with o the components observed in the row's pattern. What a density adds to a coefficient of its
// mean is A' W (x - b) with W the inverse of V_oo, filled up with zeros, in the place of V^-1: a
// value for each pattern, so that sums over rows are taken once for each pattern.
#pragma once

#include "compiler/model/model.h"

namespace lmmdsl {

/// The model with a pattern for each vector response: Density::observed is the vector of
/// indicators, and the density lives on all rows.
Model with_patterns(const Model& model);

}  // namespace lmmdsl
