// Text -> tokens. Here live all questions of encoding and spelling: byte order marks, line ends,
// comments, Greek letters, superscripts, characters that do not belong.
#pragma once

#include <vector>

#include "grammar/diagnostic.h"
#include "grammar/parse.h"
#include "grammar/token.h"

namespace lmmdsl {

struct Comment {
  Span span;  ///< from `#` to the end of the line, without blanks at the end
  bool own_line = false;
};

struct Scan {
  Tokens tokens;
  std::vector<Comment> comments;
  Diagnostics diagnostics;
  bool stopped = false;  ///< the end of the text was not reached: nothing can be said about it
};

/// Reads the whole text. What is wrong becomes a diagnostic and a TokenKind::bad.
Scan scan(const SourcePtr& source, const ParseLimits& limits);

/// The exponent that a superscript token stands for: "2" or "-1".
std::string exponent_of(std::string_view superscript);

/// The text of a string token: quotes taken off, escapes resolved.
std::string string_value(std::string_view token);

}  // namespace lmmdsl
