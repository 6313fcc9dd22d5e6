// `lmmdsl fmt`: the same text in one style, ASCII or Unicode, keeping comments and blank lines.
#pragma once

#include <string>

#include "grammar/diagnostic.h"

namespace lmmdsl {

enum class Spelling { ascii, unicode };

/// Formats a model text. Idempotent; the tree of the result equals that of the input (checked); a
/// text with syntax errors is returned as errors. Header names in `from "..."` and the columns of
/// `data` statements without `from` keep their spelling: where the spelling of a declared column
/// would change, `from "old name"` is added, so the data file still fits.
Result<std::string> format_model(SourcePtr source, Spelling spelling);

}  // namespace lmmdsl
