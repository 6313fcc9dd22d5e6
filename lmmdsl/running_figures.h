// What is shown and written of quantities that were figured while sampling: a table cut after a few
// elements, and of those with a value for each row rows.csv. (Those on plates are in summary.csv.)
#pragma once

#include <string>
#include <vector>

#include "runtime/running.h"
#include "runtime/summary.h"

namespace lmmdsl {

struct RunningTableOptions {
  std::vector<std::string> variables = {};  ///< show these, whole; empty: all, cut
  std::size_t shown = 10;                   ///< elements of each
  bool colour = false;
};

/// Empty when there is nothing to show.
std::string running_table(const std::vector<RunningQuantity>& quantities,
                          const RunningTableOptions& options = {});

/// A line of the summary: what only draws can tell is NaN.
SummaryRow summary_row(const RunningFigures& figures);

/// A header  row,fitted.mean,fitted.sd,fitted.mcse,fitted.rhat,...  and a line for each row of the
/// data file, counted from 1; of a vector the components are fitted.1, fitted.2. Nothing stands
/// where a figure is not defined. Empty when there are no quantities on the rows.
std::string rows_csv(const std::vector<RunningQuantity>& quantities);

}  // namespace lmmdsl
