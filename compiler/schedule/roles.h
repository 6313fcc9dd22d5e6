// What a parameter can be in a schedule: a coefficient of a block, a scale, or a coefficient that
// moves with a scale. In  y ~ Normal(X * theta[plot], sigma^2), theta[plot] ~ Normal(mu, Sigma)
// theta and mu are coefficients, sigma^2 and Sigma scales, and theta can move with Sigma.
#pragma once

#include <vector>

#include "compiler/derive/conditional.h"

namespace lmmdsl {

/// A coefficient that may be drawn together with others: nothing cuts it off, and the data say
/// which rows it belongs to.
bool is_location(const Conditional& c);

/// Variances, precisions and covariances.
bool is_scale(const Model& model, const Conditional& c);

/// The coefficients that can move with a scale which holds once: their prior is Normal, with a
/// variance that mentions the scale, and a mean that mentions none of them.
std::vector<int> moving_with(const Model& model, const std::vector<Conditional>& conditionals,
                             int scale);

}  // namespace lmmdsl
