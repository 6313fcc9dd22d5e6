// Whether new rows can be predicted: they have what is needed, of groups and levels of which the
// draws know something.
#pragma once

#include "lmmdsl/new_effects.h"
#include "lmmdsl/predict_needs.h"

namespace lmmdsl {

/// Rows that lie in no element of a plate that is needed, and factors of which columns of a design
/// are made with levels that the run has not seen. `held` is the model with functions of columns
/// held, in which the needs are stated.
Diagnostics check_new_rows(const Model& held, const Data& old, const NewRows& rows,
                           const std::vector<PredictedLikelihood>& likelihoods,
                           const PredictionNeeds& needed, const NewRowsInput& input);

/// Groups that have to be drawn and may not, or cannot.
Diagnostics check_fresh(const Model& model, const NewRows& rows, const NewEffects& effects,
                        Groups groups, const NewRowsInput& input);

}  // namespace lmmdsl
