// The stages of parsing: text -> tokens (scan.h) -> statements (split.h) -> trees of the grammar
// (tree.h) -> statements of the language (build.h).
#include "grammar/parse.h"

#include <fmt/core.h>

#include <algorithm>

#include "grammar/build.h"
#include "grammar/data_text.h"
#include "grammar/foreign_statement.h"
#include "grammar/mistakes.h"
#include "grammar/names.h"
#include "grammar/scan.h"
#include "grammar/split.h"
#include "grammar/tree.h"

namespace lmmdsl {

namespace {

std::string kinds_of(const Tokens& tokens, const StatementRange& range) {
  std::string result;
  result.reserve(range.end - range.begin);
  for (std::size_t i = range.begin; i < range.end; ++i) {
    result += static_cast<char>(tokens[i].kind);
  }
  return result;
}

std::optional<Diagnostic> too_large(const SourcePtr& source, const ParseLimits& limits) {
  if (source->size() <= limits.bytes) return std::nullopt;
  return plain_error(ExitCode::limit, fmt::format("the model {} is too large: {} bytes, at most {}",
                                                  source->name(), source->size(), limits.bytes));
}

void append(Diagnostics& to, Diagnostics from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

Diagnostic empty_model(const SourcePtr& source) {
  Diagnostic d;
  d.source = source;
  d.message = "the model has no statement";
  d.hint = "a likelihood is a statement such as  y ~ Normal(mu, sigma^2)";
  return d;
}

}  // namespace

Result<Ast> parse_model(SourcePtr source, const ParseLimits& limits) {
  if (auto error = too_large(source, limits)) return *error;
  if (auto error = looks_like_data(source)) return *error;

  Scan scanned = scan(source, limits);
  if (scanned.stopped) return scanned.diagnostics;
  const Tokens& tokens = scanned.tokens;
  Split statements = split(source, tokens, limits);
  Result<Ast> result;
  Diagnostics& diagnostics = result.diagnostics;
  append(diagnostics, std::move(scanned.diagnostics));
  append(diagnostics, std::move(statements.diagnostics));

  Ast ast;
  ast.source = source;
  for (StatementRange& range : statements.statements) {
    const StatementTokens here{source, &tokens[range.begin], range.end - range.begin};
    if (auto foreign = foreign_statement(here)) {
      diagnostics.push_back(std::move(*foreign));
      range.in_error = true;
    }
    if (!range.in_error) {
      SyntaxTree tree = statement_tree(kinds_of(tokens, range));
      if (!tree.root) {
        diagnostics.push_back(explain_syntax_error(here, tree.error));
        range.in_error = true;
      } else if (auto built = build_statement(*tree.root, here, limits, diagnostics)) {
        ast.statements.push_back(std::move(*built));
      } else {
        range.in_error = true;
      }
    }
    if (range.in_error) ast.complete = false;
    if (range.in_error) add_names_in_error(source, tokens, range, ast.names_in_error);
  }
  append(diagnostics, twin_spellings(source, tokens));
  if (tokens.empty() && !has_error(diagnostics)) diagnostics.push_back(empty_model(source));
  std::stable_sort(
      diagnostics.begin(), diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  result.value = std::move(ast);
  return result;
}

Result<AstExpr> parse_expression(SourcePtr source, const ParseLimits& limits) {
  if (auto error = too_large(source, limits)) return *error;
  Scan scanned = scan(source, limits);
  const Tokens& tokens = scanned.tokens;
  Split statements = split(source, tokens, limits);
  Result<AstExpr> result;
  append(result.diagnostics, std::move(scanned.diagnostics));
  append(result.diagnostics, std::move(statements.diagnostics));
  if (has_error(result.diagnostics)) return result;
  if (tokens.empty()) {
    result.diagnostics.push_back(empty_model(source));
    result.diagnostics.back().message = "the expression is empty";
    result.diagnostics.back().hint = "";
    return result;
  }
  const StatementRange all{0, tokens.size(), false};
  const StatementTokens here{source, tokens.data(), tokens.size()};
  SyntaxTree tree = expression_tree(kinds_of(tokens, all));
  if (!tree.root) {
    result.diagnostics.push_back(explain_syntax_error(here, tree.error));
    return result;
  }
  result.value = build_expression(*tree.root, here, limits, result.diagnostics);
  return result;
}

}  // namespace lmmdsl
