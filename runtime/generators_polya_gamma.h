// The Polya-Gamma law PG(b, z), exact for every real b >= 1 (Polson, Scott and Windle 2013, JASA
// 108: 1339-1349). Its Laplace transform is
//
//     E exp(-t w) = cosh(z/2)^b / cosh(sqrt((z^2/2 + t) / 2))^b,
//
// its mean b tanh(z/2) / (2 z), or b/4 at z = 0. Given w ~ PG(n, x'beta), the likelihood of a
// binomial count among n with log odds x'beta is Normal in beta with precision w.
#pragma once

#include "runtime/random.h"

namespace lmmdsl {

/// PG(b, z). Only |z| matters. NaN unless b >= 1 and both are finite. The time is proportional to
/// b: a draw is the sum of floor(b) independent ones, the last of which has the fraction of b.
double polya_gamma_variate(Random& random, double b, double z);

}  // namespace lmmdsl
