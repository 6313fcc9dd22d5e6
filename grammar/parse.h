// Text -> tree. The grammar itself is grammar.h; the messages of its errors are messages.h.
#pragma once

#include "grammar/ast.h"
#include "grammar/diagnostic.h"

namespace lmmdsl {

struct ParseLimits {
  std::size_t bytes = 16u << 20;  ///< of the model text
  std::size_t tokens = 500'000;   ///< words and signs of it: bounds memory
  int nesting = 200;              ///< nested brackets
  int terms = 1000;      ///< operators that build on one another: bounds the depth of trees
  int identifier = 256;  ///< characters of a name
};

/// Parses a whole model file. Every statement in error is reported (recovery at the next
/// statement); the value is present whenever at least the statements could be told apart, so that
/// the compiler can report further independent errors: callers look at has_error().
Result<Ast> parse_model(SourcePtr source, const ParseLimits& limits = {});

/// Parses one expression (used by tests and by --set).
Result<AstExpr> parse_expression(SourcePtr source, const ParseLimits& limits = {});

}  // namespace lmmdsl
