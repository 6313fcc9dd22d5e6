// What is shown and written of quantities with a value for each row: a table cut after a few rows,
// and rows.csv with a line for each.
#pragma once

#include <string>
#include <vector>

#include "runtime/running.h"

namespace lmmdsl {

struct RowTableOptions {
  std::vector<std::string> variables = {};  ///< show these, whole; empty: all, cut
  std::size_t shown = 10;                   ///< rows of each
  bool colour = false;
};

/// Empty when there is nothing to show.
std::string row_table(const std::vector<RowQuantity>& quantities,
                      const RowTableOptions& options = {});

/// A header  row,fitted.mean,fitted.sd,fitted.mcse,fitted.rhat,...  and a line for each row of the
/// data file, counted from 1; of a vector the components are fitted.1, fitted.2. Nothing stands
/// where a figure is not defined.
std::string rows_csv(const std::vector<RowQuantity>& quantities);

}  // namespace lmmdsl
