// Where a chain starts: spread more widely than the posterior, at the scale of the data.
#pragma once

#include <atomic>

#include "runtime/machine.h"
#include "runtime/random.h"

namespace lmmdsl {

/// Variances start at the residual variance of the pooled least squares fit (divided by the mean
/// square of their column for coefficients) times exp(N(0, 1)). Coefficients that hold once at the
/// top of the hierarchy start at a ridge fit to the responses plus noise of twice its standard
/// error; those below at their full conditional, level by level downwards, with the noise doubled.
/// A parameter that no data reach, and hyperparameters, start from their conditional. False, with
/// what to say of it, where none of this gives a finite value. Where `stop` becomes true, elements
/// are left as they are.
bool start(const BoundPlan& bound, Machine& machine, std::uint64_t seed, std::uint32_t chain,
           std::string& failure, const std::atomic<bool>* stop = nullptr);

/// The message for a model and data with which chains cannot start or go on, and why.
Diagnostic cannot_be_sampled(const std::string& failure);

}  // namespace lmmdsl
