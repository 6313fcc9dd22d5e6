// Tokens -> statements: which tokens belong together. One statement a line; a line goes on while a
// bracket is open or after a sign that joins lines. What is wrong with brackets and line ends is
// found here, before the grammar is asked, so that it never takes one statement for another.
#pragma once

#include <cstddef>
#include <vector>

#include "grammar/diagnostic.h"
#include "grammar/parse.h"
#include "grammar/token.h"

namespace lmmdsl {

/// The tokens [begin, end) of one statement.
struct StatementRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool in_error = false;  ///< something has been reported: the grammar need not be asked
};

struct Split {
  std::vector<StatementRange> statements;
  Diagnostics diagnostics;
};

Split split(const SourcePtr& source, const Tokens& tokens, const ParseLimits& limits);

}  // namespace lmmdsl
