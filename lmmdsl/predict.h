// `predict`: the response in new rows, at the draws of a run.
//
// Of each draw the expected value in a row is worked out from the likelihood as it is written, and
// an observation is drawn from it. Groups that the run has seen have the effects of the draw;
// others draw theirs from the prior, given the draw's values of all that the prior depends on, so
// that their predictions are as wide as the groups are different.
#pragma once

#include <string>
#include <vector>

#include "lmmdsl/interval.h"
#include "lmmdsl/saved_run.h"

namespace lmmdsl {

enum class Groups {
  existing,  ///< only groups of the run
  fresh,     ///< groups like those of the run, but none of them, whatever the labels
  both       ///< by the labels
};

struct PredictSettings {
  Groups groups = Groups::both;
  IntervalChoice interval = {IntervalKind::equal, 0.95};
};

struct PredictedFigures {
  double mean, sd, lower, upper;
};

/// One response in the new rows.
struct PredictedResponse {
  std::string name;      ///< of the column
  std::string expected;  ///< of what the likelihood is: log(yield), or the column
  std::vector<PredictedFigures> expectation, observation;  ///< row by row
};

struct Prediction {
  std::vector<PredictedResponse> responses;
  std::vector<std::string> factors;              ///< that the groups are made of
  std::vector<std::vector<std::string>> labels;  ///< row by row, one for each factor
  std::vector<bool> fresh;                       ///< row by row: an effect was drawn anew
  Draws draws;                                   ///< yield.mean[1], ..., yield[1], ...; no lp__
};

/// Errors: a column that the prediction needs and the table lacks, labels that the run has not seen
/// where only existing groups are asked for or where their effect has no prior to be drawn from,
/// two rows that are one component of one vector, draws that were not kept.
Result<Prediction> predict(const SavedRun& run, const Bound& bound, const Table& rows,
                           const PredictSettings& settings);

}  // namespace lmmdsl
