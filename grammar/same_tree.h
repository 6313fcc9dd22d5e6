// Equality of trees: places and spellings aside.
#pragma once

#include "grammar/ast.h"

namespace lmmdsl {

bool same_tree(const AstExpr& a, const AstExpr& b);

/// A `data` statement of several names equals the statements of one name each that say the same,
/// and a column without `from` equals one whose header is spelled out.
bool same_tree(const Ast& a, const Ast& b);

}  // namespace lmmdsl
