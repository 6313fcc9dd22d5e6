// What predictions need: the likelihoods, all that their arguments depend on, and so the columns
// that new rows must have.
#pragma once

#include <vector>

#include "lmmdsl/new_rows.h"
#include "lmmdsl/predict.h"

namespace lmmdsl {

struct PredictedLikelihood {
  int density;                    ///< of the model
  std::vector<SymbolId> columns;  ///< its responses
};

/// The likelihoods, of which all responses are predicted. Errors: one that cannot be, or none.
Result<std::vector<PredictedLikelihood>> predicted_likelihoods(const Model& model);

struct PredictionNeeds {
  Needs needs;             ///< of the likelihoods, and of the priors of new groups
  std::vector<Expr> used;  ///< the arguments of these densities
  std::vector<NewVectors> vectors;
  std::vector<SymbolId> factors;  ///< that tell components and groups apart
};

/// `held` is the model with functions of columns held. Error: a value within groups that new rows
/// cannot have.
Result<PredictionNeeds> needs_of(const Model& held,
                                 const std::vector<PredictedLikelihood>& likelihoods,
                                 Groups groups);

/// How to bind the new rows.
NewRowsInput input_of(const SavedRun& run, const Bound& bound, const Table& rows,
                      const HeldFunctions& held,
                      const std::vector<PredictedLikelihood>& likelihoods,
                      const PredictionNeeds& needed, Groups groups);

}  // namespace lmmdsl
