// A place in a statement where something is wrong: questions about the tokens around it, and what
// is said of it.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "grammar/build.h"

namespace lmmdsl {

/// The statement and the token `at` where the grammar stopped.
struct Place {
  const StatementTokens& tokens;
  std::size_t at;
  std::string expected;

  TokenKind kind(std::size_t i) const {
    return i < tokens.count ? tokens.tokens[i].kind : TokenKind::end;
  }
  TokenKind found() const { return kind(at); }
  TokenKind before() const { return at > 0 ? kind(at - 1) : TokenKind::end; }
  Span span(std::size_t i) const {
    if (i < tokens.count) return tokens.tokens[i].span;
    const std::uint32_t end = tokens.tokens[tokens.count - 1].span.end;
    return {end, end};
  }
  std::string text(std::size_t i) const {
    if (i >= tokens.count) return "the end of the statement";
    std::string text(tokens.text(i));
    return text.size() <= 40 ? fmt::format("`{}`", text) : "a long word";
  }
  /// Nothing stands between token i and the next.
  bool touches(std::size_t i) const {
    return i + 1 < tokens.count && tokens.tokens[i].span.end == tokens.tokens[i + 1].span.begin;
  }
  /// The bracket that is open at `i`, or tokens.count.
  std::size_t bracket_at(std::size_t i) const {
    int depth = 0;
    while (i-- > 0) {
      if (is_close(kind(i))) ++depth;
      if (is_open(kind(i)) && --depth < 0) return i;
    }
    return tokens.count;
  }
  /// The first token outside brackets, before `end`, that `is_wanted(i)`; or tokens.count.
  template <class Wanted>
  std::size_t find_outside(std::size_t end, Wanted is_wanted) const {
    int depth = 0;
    for (std::size_t i = 0; i < std::min(end, tokens.count); ++i) {
      if (is_open(kind(i))) ++depth;
      if (is_close(kind(i))) --depth;
      if (depth == 0 && is_wanted(i)) return i;
    }
    return tokens.count;
  }
  bool relates(std::size_t i) const {
    return kind(i) == TokenKind::assign || kind(i) == TokenKind::tilde;
  }
  /// A `=` or `~` outside brackets stands before `end`.
  bool related_before(std::size_t end) const {
    return find_outside(end, [&](std::size_t i) { return relates(i); }) < tokens.count;
  }
  bool in_declaration() const {
    return kind(0) == TokenKind::data || kind(0) == TokenKind::param ||
           kind(0) == TokenKind::latent || kind(0) == TokenKind::model;
  }
};

/// Puts the three sentences of a message into a diagnostic.
inline void say(Diagnostic& d, std::string message, std::string label, std::string hint) {
  d.message = std::move(message);
  d.label = std::move(label);
  d.hint = std::move(hint);
}

}  // namespace lmmdsl
