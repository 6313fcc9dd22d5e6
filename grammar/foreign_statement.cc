#include "grammar/foreign_statement.h"

#include <fmt/core.h>

#include <algorithm>

#include "grammar/place.h"

namespace lmmdsl {

namespace {

using K = TokenKind;

/// `for (i in 1:n)`, `for j in 1:n`.
bool loop(const Place& p, Diagnostic& d) {
  const std::string_view word = p.tokens.text(0);
  if (word != "for" && word != "while" && word != "if") return false;
  if (p.kind(1) != K::open_paren && p.kind(1) != K::name) return false;
  d.span = p.span(0);
  say(d, fmt::format("there is no `{}` in a model", word), "",
      "repetition comes from factors: beta[plot] is one beta for each level of the column plot");
  return true;
}

/// The declarations of Stan and its kin: `real<lower=0> sigma`, `vector[N] y`, `int N`.
bool typed_declaration(const Place& p, Diagnostic& d) {
  const std::string_view type = p.tokens.text(0);
  static constexpr std::string_view types[] = {"int",    "real",  "vector", "row_vector", "matrix",
                                               "array",  "float", "double", "numeric",    "count",
                                               "factor", "var",   "let",    "const"};
  if (std::find(std::begin(types), std::end(types), type) == std::end(types)) return false;
  std::size_t i = 1;
  for (const auto& [open, close] :
       {std::pair(K::less, K::greater), std::pair(K::open_bracket, K::close_bracket)}) {
    if (p.kind(i) != open) continue;
    while (i < p.tokens.count && p.kind(i) != close) ++i;
    ++i;
  }
  if (p.kind(i) != K::name) return false;
  d.span = p.span(0);
  say(d, "a statement does not begin with a type", "",
      "a column of the data is declared by  data y : real,  an unknown by its prior, as in  "
      "beta ~ Normal(0, 100)");
  return true;
}

}  // namespace

std::optional<Diagnostic> foreign_statement(const StatementTokens& tokens) {
  const Place place{tokens, 0, ""};
  Diagnostic d;
  d.source = tokens.source;
  if (loop(place, d) || typed_declaration(place, d)) return d;
  return std::nullopt;
}

}  // namespace lmmdsl
