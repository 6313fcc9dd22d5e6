// summary.json and summary.csv: one entry for each scalar, in the order of the draws' columns.
#pragma once

#include <string>

#include "runtime/draws.h"
#include "runtime/summary.h"

namespace lmmdsl {

/// An array of objects, one a line:
///   {"name": "beta[plot=3, density^2]", "variable": "beta", "index": [3, 3],
///    "labels": {"plot": "3", "component": "density^2"}, "mean": ..., "mcse", "sd", "mcse_sd",
///    "median", "q5", "q95", "rhat", "ess_bulk", "ess_tail"}
/// null where a figure is not defined or not finite.
std::string summary_json(const Draws& draws, const Summary& summary);

/// The same figures; scalars are named as R's posterior names them, "beta[3,3]"; nothing stands
/// where a figure is not defined or not finite.
std::string summary_csv(const Draws& draws, const Summary& summary);

}  // namespace lmmdsl
