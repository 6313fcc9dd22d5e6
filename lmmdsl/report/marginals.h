// Densities of single quantities in closed form: of priors, and of posteriors as the mean of the
// full conditional's density over draws of everything else (Gelfand and Smith 1990), which is
// smoother and more exact than a density drawn from the quantity's own draws.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "lmmdsl/report/posterior.h"

namespace lmmdsl {

using DensityFunction = std::function<double(double)>;

/// Prior densities by the csv_name of the draws' column, for unknowns whose prior has constant
/// arguments: Normal (components of vectors, too; between its bounds), and positive scalars without
/// bounds; variances of an inverse Wishart.
std::map<std::string, DensityFunction> prior_densities(const Posterior& posterior);

/// Posterior densities by csv_name: averages of Normal conditionals and of those of variances, over
/// some hundred draws.
std::map<std::string, DensityFunction> posterior_densities(const Posterior& posterior);

}  // namespace lmmdsl
