// Posterior predictive checks: data drawn from the model at draws of the posterior, against the
// data.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/report/posterior.h"

namespace lmmdsl {

/// A statistic of the response and of its replications.
struct StatisticCheck {
  std::string name;  ///< "mean", "sd", "smallest", ..., "largest mean of a plot"
  double observed = 0;
  std::vector<double> replicated;
  double share_above = 0;  ///< of replications at or above the observed: the p-value
  /// Whether the data are far out among the replications.
  bool extreme() const { return share_above < 0.02 || share_above > 0.98; }
};

struct PredictiveCheck {
  std::string response;
  std::vector<double> observed;
  std::vector<std::vector<double>> replicated;  ///< a data set each
  std::vector<StatisticCheck> statistics;
};

/// One for each response of a likelihood. The components of a vector are replicated together, and
/// each is a response of its own. Fewer replications for long tables.
struct PredictiveChecks {
  std::vector<PredictiveCheck> checks;
  std::vector<std::string> left_out;  ///< "y: ", and the reason
};
PredictiveChecks predictive_checks(const Posterior& posterior, std::size_t replications = 200);

/// What was left out, a note each.
Diagnostics left_out_notes(const PredictiveChecks& checks);

}  // namespace lmmdsl
