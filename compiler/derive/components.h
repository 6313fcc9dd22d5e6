// A Normal vector with a diagonal covariance is a product of scalar Normals:
//
//   b[g] ~ Normal(theta, diag(s1^2, s2^2))
//     is  b[g][1] ~ Normal(theta[1], s1^2)  times  b[g][2] ~ Normal(theta[2], s2^2)
//
// so that an unknown entry of the diagonal is a variance of its own, with the rules of scalars.
#pragma once

#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// The scalar densities that a vector density is the product of; empty where its covariance is not
/// known to be diagonal, entry by entry.
std::vector<Density> independent_components(const Density& density);

}  // namespace lmmdsl
