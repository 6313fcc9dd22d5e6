// What to tell the user about a statement that is none of the language.
#pragma once

#include "grammar/build.h"

namespace lmmdsl {

/// The message for a syntax error in a statement. Common mistakes (a missing `*`, `=` for `==`,
/// `<-` for `~`, ...) are recognised by the tokens around the place.
Diagnostic explain_syntax_error(const StatementTokens& tokens, const SyntaxError& error);

}  // namespace lmmdsl
