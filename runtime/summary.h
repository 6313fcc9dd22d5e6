// Draws -> one line of figures for each scalar.
#pragma once

#include <cmath>
#include <vector>

#include "runtime/diagnostics.h"
#include "runtime/draws.h"

namespace lmmdsl {

/// NaN is "not defined": null in JSON, an en dash in tables, empty in CSV.
struct SummaryRow {
  std::size_t column = 0;  ///< index into Draws::columns
  double mean, mcse, sd, mcse_sd, median, q5, q95, rhat, ess_bulk, ess_tail;
  std::size_t not_finite = 0;  ///< draws in which a derived quantity is not finite: no moments then
  double tail_index = 0;       ///< generalised Pareto k of the heavier tail
  /// Highest posterior density interval (95 % unless asked otherwise).
  double hpd_lower = NAN, hpd_upper = NAN;
};

struct Summary {
  std::vector<SummaryRow> rows;  ///< in the order of the columns, without lp__
};

/// Uses complete draws of all chains (the shortest chain's length). Columns with moments == false,
/// with draws that are not finite, or with a tail index above 0.7 have no mean, sd and MCSE.
/// Infinite draws have a place in the order, hence quantiles; with a NaN there is no order and no
/// figure. The figures do not depend on the number of threads.
Summary summarize(const Draws& draws, int threads = 1, double hpd_probability = 0.95);

/// The draws of one column that a summary uses: complete ones of all chains.
Chains complete_chains(const Draws& draws, std::size_t column);

}  // namespace lmmdsl
