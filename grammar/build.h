// Tree of the grammar -> statements and expressions of the language (ast.h), with the checks that
// need no names: types that exist, rows of one length, positional arguments before named ones.
#pragma once

#include <optional>

#include "grammar/ast.h"
#include "grammar/diagnostic.h"
#include "grammar/parse.h"
#include "grammar/token.h"
#include "grammar/tree.h"

namespace lmmdsl {

/// Tokens of one statement.
struct StatementTokens {
  const SourcePtr& source;
  const Token* tokens;
  std::size_t count;

  std::string_view text(std::size_t i) const { return source->slice(tokens[i].span); }
  Span span(std::size_t begin, std::size_t end) const {
    return {tokens[begin].span.begin, tokens[end - 1].span.end};
  }
};

/// Nothing if the statement was in error, which `diagnostics` then says.
std::optional<Statement> build_statement(const SyntaxNode& root, const StatementTokens& tokens,
                                         const ParseLimits& limits, Diagnostics& diagnostics);

std::optional<AstExpr> build_expression(const SyntaxNode& root, const StatementTokens& tokens,
                                        const ParseLimits& limits, Diagnostics& diagnostics);

}  // namespace lmmdsl
