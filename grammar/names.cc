#include "grammar/names.h"

#include <fmt/core.h>

#include <unordered_map>

#include "grammar/greek.h"

namespace lmmdsl {

NameRole role_of(const Tokens& tokens, std::size_t i, std::size_t bracket_depth) {
  const bool has_next = i + 1 < tokens.size();
  if (i > 0 && tokens[i - 1].kind == TokenKind::dot) return NameRole::field;
  if (has_next && tokens[i + 1].kind == TokenKind::open_paren) return NameRole::function;
  if (has_next && bracket_depth > 0 && tokens[i + 1].kind == TokenKind::assign) {
    return NameRole::argument;
  }
  return NameRole::quantity;
}

Diagnostics twin_spellings(const SourcePtr& source, const Tokens& tokens) {
  struct Seen {
    std::string folded;
    Span span;
    int line = 1;
    bool reported = false;
  };
  std::unordered_map<std::string, Seen> seen;
  Diagnostics result;
  std::size_t depth = 0;
  int line = 1;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (is_open(tokens[i].kind)) ++depth;
    if (is_close(tokens[i].kind) && depth > 0) --depth;
    if (tokens[i].kind != TokenKind::name) continue;
    if (role_of(tokens, i, depth) != NameRole::quantity) continue;
    while (source->line_begin(line + 1) <= tokens[i].span.begin) ++line;
    const std::string_view spelling = source->slice(tokens[i].span);
    const std::string folded = folded_name(spelling);
    const std::string name = canonical_name(spelling);
    auto [place, is_new] = seen.try_emplace(name, Seen{folded, tokens[i].span, line});
    Seen& first = place->second;
    if (is_new || first.folded == folded || first.reported) continue;
    first.reported = true;
    Diagnostic d;
    d.source = source;
    d.span = tokens[i].span;
    d.message = fmt::format("`{}` and `{}` are the same name", first.folded, folded);
    d.label = fmt::format("written `{}` in line {}", source->slice(first.span), first.line);
    d.hint = "use one spelling in a file: results are reported under the ASCII name";
    result.push_back(std::move(d));
  }
  return result;
}

void add_names_in_error(const SourcePtr& source, const Tokens& tokens,
                        const StatementRange& statement, std::vector<std::string>& names) {
  int depth = 0, index_depth = 0;  // index_depth: of the outermost index, 0 outside
  for (std::size_t i = statement.begin; i < statement.end; ++i) {
    const TokenKind kind = tokens[i].kind;
    if (is_open(kind)) {
      ++depth;
      const bool indexes = kind == TokenKind::open_bracket && i > statement.begin &&
                           ends_operand(tokens[i - 1].kind);
      if (indexes && index_depth == 0) index_depth = depth;
    } else if (is_close(kind)) {
      if (depth == index_depth) index_depth = 0;
      if (depth > 0) --depth;
    } else if (depth == 0 && (kind == TokenKind::tilde || kind == TokenKind::assign ||
                              kind == TokenKind::colon || kind == TokenKind::over)) {
      return;
    } else if (kind == TokenKind::name && index_depth == 0 &&
               role_of(tokens, i, 0) == NameRole::quantity) {
      names.push_back(canonical_name(source->slice(tokens[i].span)));
    }
  }
}

}  // namespace lmmdsl
