// The same model with proper priors, so that parameters can be drawn from them.
//
//   theta ~ Flat()                    ->  theta ~ Normal([83; 110], diag(400, 2300))
//   sigma ~ Flat()                    ->  sigma^2 ~ InverseGamma(3, 510)
//   tau^2 ~ InverseGamma(0.001, q)    ->  tau^2 ~ InverseGamma(3, q)
//
// Replaced are priors that are improper, and those so near to it that draws have no sensible scale:
// (inverse) gammas with a shape below 1/2, (inverse) Wisharts with fewer degrees of freedom than
// rows, Normals with a standard deviation above 1000 times the scale of the posterior. The new ones
// are about as informative as the data: centred on a short run of the sampler, for coefficients
// twice as wide as the posterior, for variances worth six observations. All else of the model
// stays.
#pragma once

#include "lmmdsl/lmmdsl.h"

namespace lmmdsl {

struct ProperModel {
  SourcePtr source;  ///< the model text with these statements
  std::vector<ReplacedPrior> replaced;
};

/// Errors: the sampler cannot be run, or a prior cannot be written in another way.
Result<ProperModel> with_proper_priors(const Bound& bound, std::uint64_t seed);

}  // namespace lmmdsl
