// Statements as a page quotes them.
#pragma once

#include <string>

#include "compiler/model/model.h"

namespace lmmdsl {

/// A statement on one line, as it was written, without comments and the blanks that align it.
std::string statement_text(const Model& model, Span span);
int line_of(const Model& model, Span span);
std::string line_name(const Model& model, Span span);  ///< "line 7"

}  // namespace lmmdsl
