// The log marginal likelihood log p(y) by Chib (1995), JASA 90: 1313-1321: at any s*,
//
//   log p(y) = log p(y | s*) + log p(s*) - log p(s* | y).
//
// s are the parameters that are not integrated out (integrated.h): with the coefficients integrated
// out the first two terms are exact. The last is the average of full conditionals over the draws;
// where those of s mention each other, it is taken block by block, the later ones from further
// runs with the earlier ones held at s*.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/report/posterior.h"
#include "runtime/sampler.h"

namespace lmmdsl {

struct MarginalLikelihood {
  double log_value = 0;
  double error = 0;     ///< Monte Carlo standard error
  double k = 0;         ///< shape of the largest terms of the averages (psis.h), the worst
  std::string refused;  ///< not empty: why there is none
  std::vector<std::string> notes;
};

/// At up to `draws` draws, and as many in each further run.
MarginalLikelihood marginal_likelihood(const Posterior& posterior, std::size_t draws,
                                       Progress& progress);

/// Draws and sweeps that it goes through; 0 where it is refused at once.
std::uint64_t marginal_steps(const Posterior& posterior, std::size_t draws);

}  // namespace lmmdsl
