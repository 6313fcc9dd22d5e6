// Values of parameters as JSON, by name: a number, an array for a vector, an array of rows for a
// matrix. For a parameter on a plate an object by the labels of its factors, one inside the other;
// for one on the rows, as the level of each in an unobserved factor, an object by their numbers in
// the file.
//
//   {"sigma": 3.2, "theta": [10, 2], "Sigma": [[2, 0.3], [0.3, 1]],
//    "beta": {"I": [9, 2.1], "II": [11, 1.8]}, "w": {"W1": {"A": 0.3, "B": -1}},
//    "kind": {"1": 2, "2": 1}}
#pragma once

#include <string>

#include "grammar/diagnostic.h"
#include "runtime/data.h"

namespace lmmdsl {

/// Reads values of some or all parameters; those that are not named stay empty. Errors name the
/// place in the text, or the parameter and what is wrong with its value: the shape, a label, a level
/// that there is not, a variance or a covariance matrix that is not positive.
Result<State> read_state(const SourcePtr& source, const Model& model, const Data& data);

/// Values of all parameters, a line for each.
std::string state_json(const Model& model, const Data& data, const State& state);

}  // namespace lmmdsl
