// Flat coefficients: the design of all of them together in the marginal mean of the responses must
// have full column rank; otherwise some direction is left to the flat prior. Where responses are
// known by half only, no direction may be left in which no likelihood falls (separation.h).
#pragma once

#include <Eigen/Dense>

#include "runtime/bound_plan.h"
#include "runtime/propriety_findings.h"

namespace lmmdsl {

struct FlatCoefficients {
  std::vector<SymbolId> targets;
  bool known = true;         ///< false: their design is not fixed or too wide
  Eigen::MatrixXd triangle;  ///< R of the QR decomposition of their design
  Eigen::Index rank = 0;
};

/// Their design and its rank; directions that the data leave to flat priors are refused.
FlatCoefficients check_flat(const BoundPlan& bound, std::vector<SymbolId> targets,
                            ProprietyFindings& findings);

}  // namespace lmmdsl
