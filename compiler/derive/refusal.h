// Why a parameter has no exact conjugate update: the message, the place, and what would mend it.
#pragma once

#include "compiler/derive/conditional.h"
#include "compiler/math/dependence.h"

namespace lmmdsl {

struct Refusal {
  SymbolId target = -1;
  int density = -1;
  int slot = 0;
  UpdateFamily family = UpdateFamily::normal;  ///< what the prior would be updated as
  Obstacle obstacle;         ///< empty reason: the form is right, the prior is not
  bool rule_exists = false;  ///< some rule has this family, density and slot
  double exponent = 0;       ///< power of the target that the slot is proportional to
};

Diagnostic refuse(const Model& model, const Refusal& refusal);

/// The target stands in the mean and in the variance of one density, given by its index.
Diagnostic refuse_two_slots(const Model& model, SymbolId target, int density,
                            const std::vector<int>& slots);

/// Of parameters that are refused for one reason at one place, as the terms of v1 + v2: one
/// message.
void merge_alike(Diagnostics& refused);

}  // namespace lmmdsl
