// Left-hand sides solved for the one thing in them that is drawn: x = log(y) for y, x = sigma^2 for
// sigma, x = inv(Sigma) for Sigma, x = y - mean(y) for y with the mean known.
#pragma once

#include <Eigen/Dense>
#include <functional>

#include "compiler/model/model.h"

namespace lmmdsl {

/// Whether x = e determines the symbol, everything else in e being known: e mentions it in one
/// place, below operations that have an inverse. Squares count where the symbol is positive.
bool is_solvable(const Model& model, const Expr& e, SymbolId unknown);

/// The value of the symbol where e has the value x. `known` gives the values of other parts of e.
Eigen::MatrixXd solve(const Model& model, const Expr& e, SymbolId unknown, Eigen::MatrixXd x,
                      const std::function<Eigen::MatrixXd(const Expr&)>& known);

}  // namespace lmmdsl
