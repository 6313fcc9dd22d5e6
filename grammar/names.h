// Names over the whole file: two spellings of one name, and the names that statements in error
// would have introduced.
#pragma once

#include "grammar/ast.h"
#include "grammar/diagnostic.h"
#include "grammar/split.h"
#include "grammar/token.h"

namespace lmmdsl {

/// `theta` and `θ` in one text would print alike: an error that names both places.
Diagnostics twin_spellings(const SourcePtr& source, const Tokens& tokens);

/// Adds the names on the left of a statement in error to `names`.
void add_names_in_error(const SourcePtr& source, const Tokens& tokens,
                        const StatementRange& statement, std::vector<std::string>& names);

/// What a name token stands for; only quantities share a name space.
enum class NameRole { quantity, function, argument, field };
NameRole role_of(const Tokens& tokens, std::size_t i, std::size_t bracket_depth);

}  // namespace lmmdsl
