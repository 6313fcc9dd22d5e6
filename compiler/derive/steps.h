// The derivation of one full conditional, step by step. Each step is an expression; as a function
// of the target all steps of a density are the same up to a constant, which tests verify.
#pragma once

#include "compiler/derive/conditional.h"

namespace lmmdsl {

/// The logarithm of one density that mentions the target.
struct DensitySteps {
  int density = 0;            ///< index into Model::densities
  int component = 0;          ///< of independent components the one, from 1; 0: all
  Expr value;                 ///< left-hand side: of the component
  Expr log;                   ///< of one element of its plate
  Expr kept;                  ///< the terms that mention the target
  std::vector<Expr> dropped;  ///< the others
  Expr collected;             ///< in the form of the family: a quadratic, powers, a trace
  Expr summed;                ///< the same over all elements that lie in one of the target
};

struct Steps {
  std::vector<DensitySteps> densities;  ///< the prior first
  std::vector<Expr> names;              ///< that stand for the natural parameters
  Expr sum;                             ///< the log density of the family with these names
  Expr square;                          ///< Normal: the square completed; else null
  Expr rest;  ///< Normal: what the square leaves, free of the target; else null
};

/// `letters`: names for the natural parameters.
Steps derive_steps(const Model& model, const Conditional& conditional,
                   const std::vector<std::string>& letters);

/// The logarithms of all densities that mention a parameter, its prior first, whether or not they
/// have a conjugate form in it: `collected` and `summed` are null.
std::vector<DensitySteps> log_densities(const Model& model, SymbolId target);

/// The square completed: -1/2 (q - P^-1 h)' P (q - P^-1 h).
Expr completed_square(const Expr& q, const Expr& precision, const Expr& shift);

}  // namespace lmmdsl
