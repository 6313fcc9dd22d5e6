// Recognises a data file that was given as a model.
#pragma once

#include <optional>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// An error if the text is plainly a table: its first lines have no sign of a model, and at least
/// one of them is mostly numbers.
std::optional<Diagnostic> looks_like_data(const SourcePtr& source);

}  // namespace lmmdsl
