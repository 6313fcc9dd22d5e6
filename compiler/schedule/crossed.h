// Where factors cross, as pupils and their teachers: whether all coefficients are drawn together,
// by one sparse matrix, or factor by factor. That depends on the cells of the data
// (`Sizes::crossing`); what the model has to say of it is found here: which coefficients share a
// mean, and which of them have one that holds once beside them.
#pragma once

#include <optional>
#include <vector>

#include "compiler/derive/conditional.h"
#include "compiler/schedule/sizes.h"

namespace lmmdsl {

/// What either way takes. Nothing where no two of the coefficients that share a mean cross, or not
/// all are jointly Normal.
std::optional<Crossing> crossing(const Model& model, const std::vector<Conditional>& conditionals,
                                 const Sizes& sizes, const std::vector<int>& coefficients);

}  // namespace lmmdsl
