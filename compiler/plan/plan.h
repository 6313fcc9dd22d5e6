// How a schedule is executed: every expression it needs as a list of operations on whole plates,
// each computed as rarely as its inputs change.
#pragma once

#include <optional>
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

/// A term of a sum: `value`, or scale * value with a scale that holds once and a value that is
/// constant, so that nothing on the plate is recomputed.
struct ScaledValue {
  int value = -1;
  int scale = -1;
};
using ScaledSum = std::vector<ScaledValue>;

/// Values of a joint step (derive/joint.h).
struct JointValues {
  std::vector<ScaledSum> precisions, shifts;  ///< by target
  struct Coupling {
    int first = 0, second = 0;  ///< positions among the targets
    ScaledSum precision;
  };
  std::vector<Coupling> couplings;
};

/// Values of a marginal or a collapsed step: the log densities that mention what it draws, and all
/// values to recompute when that has changed.
struct MarginalValues {
  std::vector<int> log_densities;  ///< summed over their plates
  std::vector<int> refresh;
};

/// Ordered responses of whose cuts the latent variables are integrated out.
struct CutResponse {
  int density = 0;    ///< index into Model::stated
  int eta = -1;       ///< value: the linear predictor
  int category = -1;  ///< value: 1, 2, ...
};

/// Values of a step that draws a scale while coefficients move with it. These are standardised by
/// their means and variances; both may have changed when the scale has.
struct MovedValues {
  struct Coefficient {
    int conditional = 0;
    int mean = -1, variance = -1;
  };
  std::vector<Coefficient> coefficients;
  std::vector<int> log_densities;   ///< that mention anything which changes
  std::vector<int> refresh_priors;  ///< values to recompute for means and variances
  std::vector<int> refresh;  ///< the same for log_densities, when the coefficients have moved
};

struct PlanStep {
  std::vector<int> targets;                ///< conditionals, as in the schedule's step
  std::vector<int> marginal;               ///< likewise
  std::vector<SymbolId> integrated;        ///< as in the schedule's step
  std::vector<int> refresh;                ///< values to recompute before the draw, in order
  std::optional<JointValues> joint;        ///< of a joint step
  std::optional<MarginalValues> proposal;  ///< of a step with a marginal part, or a collapsed one
  std::vector<CutResponse> cuts = {};      ///< of a step that draws cuts with these integrated out
  std::optional<MovedValues> moved = {};   ///< of a step that draws a scale, coefficients moving
  bool fallback = false;                   ///< as in the schedule's step
  bool sparse = false;                     ///< likewise
  bool collapsed = false;                  ///< likewise
  std::vector<int> shifted = {};           ///< likewise
  bool spare = false;                      ///< likewise

  int conditional() const { return targets.front(); }  ///< of a step that is not joint
  /// Whether it is left out of some sweeps, with all that it computes.
  bool may_rest() const { return collapsed || spare; }
};

/// Standard deviations and correlations of a covariance parameter.
struct SpreadValues {
  SymbolId parameter = -1;
  int sd = -1;
  int correlation = -1;
};

/// Pooled least squares fits of one Normal likelihood's response: they set where chains start.
struct Pilot {
  int density = 0;
  /// Triangle of [A_1, A_2, ..., y], the designs of all coefficients in the mean, whatever group
  /// they belong to: the scale of the residuals. Of a vector response: of [1, y'].
  int triangle = -1;
  std::vector<std::pair<SymbolId, Dim>> coefficients;  ///< parameter and number of its columns
  /// Triangle of [D_1, D_2, ..., y], the designs (mean_design.h) of the coefficients at the top of
  /// the hierarchy, which hold once: where these start. -1 if there are none.
  int top_triangle = -1;
  std::vector<std::pair<SymbolId, Dim>> top;
};

/// A response that is NA in some rows: there it is drawn from its predictive distribution after
/// the sweep, a vector's missing components given the others. The arguments of its density, on the
/// plate of these rows or, under `over`, of all elements.
struct MissingResponse {
  int density = 0;  ///< index into Model::stated
  Plate plate;
  std::vector<int> arguments;
  int value = -1;  ///< of a vector: what is observed of it
};

/// The design of a coefficient in the mean of a likelihood on rows (mean_design.h); value -1 where
/// it has no fixed one. Kept for coefficients that are flat or whose variance has an improper
/// prior.
struct DesignValue {
  int response = 0;  ///< index into Plan::responses
  SymbolId target = -1;
  int value = -1;
};

/// A likelihood on rows that has designs, or auxiliary variables between it and them. One whose
/// categories lie between flat cuts stands twice: by how far the cut above a row lies above its
/// mean, and by how far the mean lies above the cut below it.
struct PlanResponse {
  int density = 0;      ///< whose mean the coefficients are in
  int value = -1;       ///< the response where its density is a Normal one
  int open_above = -1;  ///< 1 for each row where the likelihood does not vanish as the mean grows
  int open_below = -1;  ///< the same as it falls; -1 of both: it vanishes everywhere
};

struct Plan {
  std::vector<PlanValue> values;
  std::vector<int> setup;  ///< constants, in order
  std::vector<PlanStep> steps;
  std::vector<std::vector<int>> natural;  ///< by conditional: values of its natural
                                          ///< parameters, then of bounds if there are
  std::vector<int> report;  ///< values recomputed before a draw is kept (derived quantities, lp__)
  std::vector<std::pair<SymbolId, int>> derived;      ///< derived symbol and its value
  std::vector<std::pair<SymbolId, int>> row_derived;  ///< the same of those with one for each row;
                                                      ///< of unobserved factors, which level it is
  std::vector<SpreadValues> spread;
  std::vector<Pilot> pilots;
  std::vector<MissingResponse> missing;
  std::vector<DesignValue> designs;
  std::vector<PlanResponse> responses;
  std::vector<std::pair<int, int>>
      log_densities;  ///< density (summed over its plate) and its value
  std::vector<std::pair<int, int>>
      stated_log_densities;  ///< rewrite whose density was stated in closed form, and its value
  std::vector<int> log_posterior;  ///< values whose sum is lp__: of what was stated
  std::vector<Conditional> conditionals;

  /// What is kept of a quantity in row_derived: of an unobserved factor the number of the level.
  int stored_value(SymbolId symbol, int value) const;
};

struct PlanOptions {
  bool hoist = true;  ///< sums over rows become sufficient statistics
};

Plan lower(const Model& model, const std::vector<Conditional>& conditionals,
           const Schedule& schedule, const PlanOptions& options = {});

/// The conditionals whose parameters a step proposes.
const std::vector<int>& proposed_by(const PlanStep& step);

/// What a step reads: natural parameters, blocks of a joint precision, log densities, priors of
/// what moves.
std::vector<int> read_values(const Plan& plan, const PlanStep& step);

/// Nothing reads a value older than a parameter it mentions. Empty, or what is wrong.
std::string verify(const Plan& plan, const Model& model);

/// Set-up and sweep as numbered operations: `explain --stage plan`.
std::string to_text(const Plan& plan, const Model& model);

}  // namespace lmmdsl
