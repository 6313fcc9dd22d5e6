// summary.json and summary.csv: one entry for each scalar, in the order of the draws' columns, then
// those on plates whose draws are not kept.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/draws.h"
#include "runtime/running.h"
#include "runtime/summary.h"

namespace lmmdsl {

/// Which figures: those of every run, or also the errors of quantiles and the lag at which
/// autocorrelations die (within 50 lags; null if they do not).
enum class FigureSet { usual, all };

/// Takes a text piece by piece: that of 100,000s of scalars is never whole in memory.
using TextSink = std::function<void(std::string_view piece)>;

/// An array of objects, one a line:
///   {"name": "beta[plot=3, density^2]", "variable": "beta", "index": [3, 3],
///    "labels": {"plot": "3", "component": "density^2"}, "mean": ..., "mcse", "sd", "mcse_sd",
///    "median", "q5", "q95", "hpd_lower", "hpd_upper", "rhat", "ess_bulk", "ess_tail"}
/// null where a figure is not defined or not finite.
void write_summary_json(const TextSink& sink, const Draws& draws, const Summary& summary,
                        const std::vector<RunningQuantity>& running = {},
                        FigureSet set = FigureSet::usual);
std::string summary_json(const Draws& draws, const Summary& summary,
                         const std::vector<RunningQuantity>& running = {},
                         FigureSet set = FigureSet::usual);

/// The same figures; scalars are named as R's posterior names them, "beta[3,3]"; nothing stands
/// where a figure is not defined or not finite.
void write_summary_csv(const TextSink& sink, const Draws& draws, const Summary& summary,
                       const std::vector<RunningQuantity>& running = {},
                       FigureSet set = FigureSet::usual);
std::string summary_csv(const Draws& draws, const Summary& summary,
                        const std::vector<RunningQuantity>& running = {},
                        FigureSet set = FigureSet::usual);

}  // namespace lmmdsl
