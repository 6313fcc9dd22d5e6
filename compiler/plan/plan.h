// How a schedule is executed: every expression it needs as a list of operations on whole plates,
// each computed as rarely as its inputs change.
#pragma once

#include <string>
#include <vector>

#include "compiler/schedule/schedule.h"

namespace lmmdsl {

/// One value: an expression on a plate, kept in a buffer. Values are numbered in an order in which
/// each comes after its arguments.
struct PlanValue {
  Expr expr;
  std::vector<int> args;    ///< values, in the order of expr->args
  bool constant = false;    ///< mentions no parameter: computed once when data are bound
  SymbolId parameter = -1;  ///< the current value of a parameter
  int definition = -1;      ///< of a constant symbol: the value of its definition
};

struct PlanStep {
  int conditional = 0;
  std::vector<int> refresh;     ///< values to recompute before the draw, in order
  std::vector<int> parameters;  ///< values of the natural parameters
};

/// Standard deviations and correlations of a covariance parameter.
struct SpreadValues {
  SymbolId parameter = -1;
  int sd = -1;
  int correlation = -1;
};

/// A least squares fit of one Normal likelihood's response on the coefficients of its mean, pooled
/// over all groups: it sets the scale on which chains start.
struct Pilot {
  int density = 0;
  int triangle = -1;                                   ///< value: triangle of [A_1, A_2, ..., y]
  std::vector<std::pair<SymbolId, Dim>> coefficients;  ///< parameter and number of its columns
};

/// A scalar response that is NA in some rows: there it is drawn from its predictive distribution
/// after the sweep. The arguments of its density, on the plate of these rows.
struct MissingResponse {
  int density = 0;
  Plate plate;
  std::vector<int> arguments;
};

/// The design of a coefficient in the mean of a likelihood on rows (mean_design.h); value -1 where
/// it has no fixed one. Kept for coefficients that are flat or whose variance has an improper
/// prior.
struct DesignValue {
  int density = 0;
  SymbolId target = -1;
  int value = -1;
};

struct Plan {
  std::vector<PlanValue> values;
  std::vector<int> setup;  ///< constants, in order
  std::vector<PlanStep> steps;
  std::vector<int> report;  ///< values recomputed before a draw is kept (derived quantities, lp__)
  std::vector<std::pair<SymbolId, int>> derived;  ///< derived symbol and its value
  std::vector<SpreadValues> spread;
  std::vector<Pilot> pilots;
  std::vector<MissingResponse> missing;
  std::vector<DesignValue> designs;
  std::vector<std::pair<int, int>> responses;  ///< density with designs, value of its response
  std::vector<std::pair<int, int>>
      log_densities;  ///< density (summed over its plate) and its value
  std::vector<Conditional> conditionals;
};

struct PlanOptions {
  bool hoist = true;  ///< sums over rows become sufficient statistics
};

Plan lower(const Model& model, const std::vector<Conditional>& conditionals,
           const Schedule& schedule, const PlanOptions& options = {});

/// Nothing reads a value older than a parameter it mentions. Empty, or what is wrong.
std::string verify(const Plan& plan, const Model& model);

/// Set-up and sweep as numbered operations: `explain --stage plan`.
std::string to_text(const Plan& plan, const Model& model);

}  // namespace lmmdsl
