// The kept draws of all chains, and what each column of them is called.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lmmdsl {

/// One scalar of the draws.
struct Column {
  std::string name;        ///< as tables show it: beta[plot=3, density^2]
  std::string variable;    ///< beta; sigma^2 for the square of sigma
  std::vector<int> index;  ///< from 1, plate first, then component: {3, 3}; empty for a scalar
  std::vector<std::pair<std::string, std::string>> labels;  ///< {plot, 3}, {component, density^2}
  std::string csv_name;                                     ///< beta.3.3
  bool hyper = true;       ///< not on a plate: shown first, never cut from the table
  bool moments = true;     ///< false: a quotient that may have no mean (median and quantiles only)
  bool auxiliary = false;  ///< in summaries only (sds and correlations of covariances)
};

/// Draws: column-major in a chain, so that each scalar's draws of one chain are contiguous.
struct Draws {
  std::vector<Column> columns;  ///< lp__ first
  int chains = 0;
  std::size_t per_chain = 0;  ///< kept draws in each complete chain
  /// One for each chain: columns.size() * per_chain. Of each column the first kept[chain] are
  /// draws.
  std::vector<std::vector<double>> values;
  std::vector<std::size_t> kept;  ///< draws kept in each chain (fewer when interrupted)

  const double* column(int chain, std::size_t j) const {
    return values[chain].data() + j * per_chain;
  }
};

}  // namespace lmmdsl
