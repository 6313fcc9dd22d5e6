// Designs with factors, [1, variety, nitro, variety * nitro]: which columns each entry becomes.
//
// An entry that is a factor, or a product with one, is coded by R's rule of marginality (Chambers
// and Hastie 1992, page 38): a factor of a term has an indicator for each level, unless the term
// without it, its margin, is in the design already; then it has contrasts, and the design keeps its
// rank. The margin of a factor that stands alone is the intercept, the entry that is the number 1.
//
//   [1, g]              g without its first level
//   [g]  [x, g]         all levels of g
//   [1, x, g * x]       slopes: differences from the first level's, which x has
//   [1, g * x]          a slope for each level
//   [g, h]              all levels of g, and h without its first: the columns of g add up to 1
//
// Like R the rule looks at the terms in the order of their numbers of variables; unlike R the
// columns stay in the order written, and [x, g * x] has contrasts for g.
#pragma once

#include <string>
#include <vector>

#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

/// A factor or a number in a product.
struct DesignPart {
  const AstExpr* text = nullptr;
  SymbolId factor = -1;  ///< -1: a number
  std::string coding;    ///< of the factor: "full", "treatment", "treatment:LABEL", "sum"
};

struct DesignEntry {
  const AstExpr* text = nullptr;
  /// In the order in which they first appear in the bracket; empty for an entry without factors,
  /// which is an expression like any other.
  std::vector<DesignPart> parts;
};

/// The entries of a bracket of one row.
std::vector<DesignEntry> design_entries(const Scope& scope, const AstExpr& bracket);

}  // namespace lmmdsl::resolution
