// What the diagnostics of a run mean, in words, with the worst quantity named and what to do.
#pragma once

#include "grammar/diagnostic.h"
#include "runtime/draws.h"
#include "runtime/sampler.h"
#include "runtime/summary.h"

namespace lmmdsl {

/// Warnings: R-hat above 1.01, bulk or tail ESS below 400, draws that are not finite, too few draws
/// for any of this. The hint names the options of a longer run, computed from the smallest ESS.
Diagnostics advice(const Draws& draws, const Summary& summary, const SampleSettings& settings);

/// Warnings: chains in which proposals of a Metropolised step were given up, or rejected many times
/// in a row.
Diagnostics advice_on_acceptance(const std::vector<std::vector<Acceptance>>& by_chain);

}  // namespace lmmdsl
