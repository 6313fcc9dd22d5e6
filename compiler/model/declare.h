// Which names a text introduces, and what each `~` statement is. Private to declare.cc and
// left_sides.cc.
#pragma once

#include <string>

#include "compiler/model/scope.h"

namespace lmmdsl::resolution {

/// Adds the name, or reports that it is there already.
SymbolId introduce_name(Scope& scope, const std::string& name, const std::string& spelling,
                        Span span, Role role);
/// What uses the name is silenced.
void poison(Scope& scope, const std::string& name, const std::string& spelling, Span span);
/// Adds a `~` statement to the scope's distributions, when all columns and definitions are known.
void take_apart(Scope& scope, const Statement& statement);

}  // namespace lmmdsl::resolution
