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
  std::size_t longest = 12;    ///< plates of more elements than this are cut to the first few,
  std::size_t most_rows = 40;  ///< and so are those that take more rows than this;
  std::size_t shown = 10;      ///< at most so many elements are left, and fewer if each takes rows
  bool colour = false;         ///< diagnostics beyond the thresholds in colour
};

/// The table, then footnotes on figures that are not defined.
std::string summary_table(const Draws& draws, const Summary& summary,
                          const SummaryTableOptions& options = {});

/// Autocorrelations of hyper-parameters (or of the options' variables) at lags 1, 2, 5, 10, 20, 50,
/// 100, ... and `most`; over the complete draws of all chains.
std::string autocorrelation_table(const Draws& draws, int most,
                                  const SummaryTableOptions& options = {});

}  // namespace lmmdsl
