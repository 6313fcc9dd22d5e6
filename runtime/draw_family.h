// One draw from a family, by the arguments of its slots as the language names them.
#pragma once

#include <Eigen/Dense>
#include <span>
#include <vector>

#include "compiler/rules/families.h"
#include "runtime/random.h"

namespace lmmdsl {

/// A scalar; `args` in the order of the family's slots (Normal: mean, variance), the numbers of a
/// vector one after the other. Of a horseshoe the scale that all of a statement share stands in the
/// place of its own (statement_scale). NaN where the arguments are not valid, and for families that are no
/// proper distributions of scalars.
double draw_from(FamilyId family, std::span<const double> args, Random& random);

/// What multiplies the scale of a horseshoe in all elements and components of a statement; 1 of
/// other families.
double statement_scale(FamilyId family, Random& random);

/// All arguments, one after the other.
std::vector<double> numbers_of(const std::vector<Eigen::MatrixXd>& args);

/// A scalar, vector or matrix, as the arguments have it; all NaN where these are not valid.
Eigen::MatrixXd draw_from(FamilyId family, const std::vector<Eigen::MatrixXd>& args,
                          Random& random);

/// n independent components of a family of scalars, each with arguments of its own where these are
/// vectors.
Eigen::MatrixXd draw_components(FamilyId family, const std::vector<Eigen::MatrixXd>& args, int n,
                                Random& random);

}  // namespace lmmdsl
