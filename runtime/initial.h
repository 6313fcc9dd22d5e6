// Where a chain starts: spread more widely than the posterior, at the scale of the data.
#pragma once

#include "runtime/machine.h"
#include "runtime/random.h"

namespace lmmdsl {

/// Variances start at the residual variance of the pooled least squares fit (divided by the mean
/// square of their column for coefficients) times exp(N(0, 1)); locations at a ridge fit plus noise
/// of twice its standard error; a parameter that no data reach, and hyperparameters, from their
/// conditional. False, with the parameter's name, where none of this gives a finite value.
bool start(const BoundPlan& bound, Machine& machine, std::uint64_t seed, std::uint32_t chain,
           std::string& failed);

}  // namespace lmmdsl
