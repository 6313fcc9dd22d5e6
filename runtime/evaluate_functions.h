// Functions of numbers and matrices that the reference evaluator applies. NaN stands for NA and
// goes through all of them.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "compiler/math/expr.h"

namespace lmmdsl {

/// exp, log, ..., logical_not of one number.
double elementary(Op op, double x);
/// minimum, maximum, comparisons and logic of two numbers; truth is 1 or 0.
double compare(Op op, double a, double b);
/// Side by side or below each other.
Eigen::MatrixXd concatenate(const std::vector<Eigen::MatrixXd>& parts, bool side_by_side);
/// log |M|, NaN where |M| < 0; by LU, as a product of pivots could over- or underflow.
double log_determinant(const Eigen::MatrixXd& m);
/// C_ij / sqrt(C_ii C_jj).
Eigen::MatrixXd correlation_of(const Eigen::MatrixXd& covariance);

}  // namespace lmmdsl
