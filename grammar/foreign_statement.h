// Statements of other languages, such as loops and the declarations of Stan.
#pragma once

#include "grammar/build.h"

namespace lmmdsl {

/// The message for a statement of another language: a loop, or a declaration that begins with a
/// type. Known by its first words, whatever else is wrong with it.
std::optional<Diagnostic> foreign_statement(const StatementTokens& tokens);

}  // namespace lmmdsl
