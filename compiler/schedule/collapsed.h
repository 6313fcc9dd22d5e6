#pragma once

#include "compiler/schedule/schedule.h"

namespace lmmdsl {

/// With a collapsed step for the first block of coefficients between which and their responses, or
/// their prior if they hold once, auxiliary variables stand: its coefficients, and the scales
/// beside them, are proposed together and accepted by the densities as they were stated, which have
/// no auxiliary variables (partially collapsed; van Dyk and Park 2008). Where the coefficients are
/// many, those of a plate are moved together, by what is added to all of them: the intercept or the
/// cuts with which they trade, and their own mean, need no more. The steps of the schedule stay. As
/// it was where nothing stands between, or a likelihood has no closed form.
Schedule collapsed(Schedule schedule, const Model& model,
                   const std::vector<Conditional>& conditionals, const Sizes& sizes);

/// A proposal about the mode reaches that many coordinates, and its search may take that many rows
/// times coordinates squared.
constexpr std::size_t kMostCollapsed = 32;
constexpr double kMostModeSearch = 1e7;

}  // namespace lmmdsl
