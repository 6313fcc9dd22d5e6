// The table that `run` prints: one line for each scalar, hyper-parameters first, labelled by the
// data's labels, with the digits that the draws support.
#pragma once

#include <string>
#include <vector>

#include "runtime/draws.h"
#include "runtime/summary.h"

namespace lmmdsl {

// Thresholds of Vehtari et al. (2021).
constexpr double kLargestRhat = 1.01;
constexpr double kLeastEss = 400;

struct SummaryTableOptions {
  std::vector<std::string> variables = {};  ///< show these, whole; empty: all, long plates cut
  std::vector<std::string> symmetric = {};  ///< matrices of which one triangle is shown
  std::size_t longest = 12;                 ///< more elements of a plate than this are cut ...
  std::size_t shown = 10;                   ///< ... to this many
  bool colour = false;                      ///< diagnostics beyond the thresholds in colour
};

/// The table, then footnotes on figures that are not defined.
std::string summary_table(const Draws& draws, const Summary& summary,
                          const SummaryTableOptions& options = {});

/// Autocorrelations of hyper-parameters (or of the options' variables) at lags 1, 2, 5, 10, 20, 50,
/// 100, ... and `most`; over the complete draws of all chains.
std::string autocorrelation_table(const Draws& draws, int most,
                                  const SummaryTableOptions& options = {});

}  // namespace lmmdsl
