// Coefficients of factors that cross: what a sweep takes, and how it mixes, where all are drawn
// together by one sparse matrix, and where factor by factor.
#pragma once

#include "compiler/schedule/sizes.h"
#include "runtime/data.h"

namespace lmmdsl {

/// The larger the correlation of two factors' effects given the data, the less a sweep moves them
/// that draws one given the other: with r the square of their largest canonical correlation, of two
/// steps, an effective draw takes (1 + r) / (1 - r) sweeps (Roberts and Sahu 1997, J. R. Stat. Soc.
/// B 59: 291-317). With N the rows in each cell, D and E the rows of each level plus the ratio of
/// the error's variance to the effects', r is the largest eigenvalue of D^-1 N E^-1 N', apart from
/// that of constants where coefficients drawn with each factor take these up.
Crossing find_crossing(const TiedCoefficients& tied, const Data& data);

}  // namespace lmmdsl
