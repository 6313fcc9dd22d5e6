// What can be wrong with the names of columns.
#pragma once

#include <string>
#include <vector>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// Names that are empty, twice there or not UTF-8, each at its span.
Diagnostics header_errors(const SourcePtr& source, const std::vector<std::string>& headers,
                          const std::vector<Span>& spans);

/// The first line, which should be the header, holds numbers.
Diagnostic no_header_error(const SourcePtr& source, Span line);

}  // namespace lmmdsl
