// The words and signs of a model text. A token's kind is a printable character, so that the tokens
// of a statement are a string, and the grammar (grammar.h) is one over the characters of that
// string: "y ~ Normal(0, 1)" is `n~n(0,0)`.
#pragma once

#include <string_view>
#include <vector>

#include "grammar/source.h"

namespace lmmdsl {

enum class TokenKind : char {
  name = 'n',
  number = '0',
  string = '"',
  superscript = 's',  ///< a run of superscripts: σ² or Σ⁻¹
  plus = '+',
  minus = '-',
  times = '*',
  divide = '/',
  power = '^',
  less = '<',
  less_equal = 'l',
  greater = '>',
  greater_equal = 'g',
  equal = 'q',
  not_equal = 'x',
  assign = '=',
  tilde = '~',
  colon = ':',
  comma = ',',
  semicolon = ';',
  dot = '.',
  prime = '\'',
  open_paren = '(',
  close_paren = ')',
  open_bracket = '[',
  close_bracket = ']',
  data = 'D',
  model = 'M',
  param = 'P',
  latent = 'L',
  over = 'O',
  by = 'B',
  from = 'F',
  logical_and = 'A',
  logical_or = 'R',
  logical_not = 'N',
  identity = 'I',
  bad = '?',  ///< has been reported: the statement it stands in is not looked at
  end = '$'   ///< after the last token of a statement, in messages
};

struct Token {
  TokenKind kind = TokenKind::bad;
  bool first_on_line = false;
  Span span;
};

using Tokens = std::vector<Token>;

inline bool is_open(TokenKind k) {
  return k == TokenKind::open_paren || k == TokenKind::open_bracket;
}

inline bool is_close(TokenKind k) {
  return k == TokenKind::close_paren || k == TokenKind::close_bracket;
}

/// A reserved word.
bool is_keyword(TokenKind kind);

/// A sign or word that stands between two things: a line that ends with one goes on, and no line
/// begins with one.
bool joins_lines(TokenKind kind);

bool is_comparison(TokenKind kind);

/// An operand can end here: what follows it is an operator.
bool ends_operand(TokenKind kind);

/// An operand can begin here (signs aside).
bool begins_operand(TokenKind kind);

/// How the kind is written in ASCII, e.g. "<=" or "over"; empty for names, numbers and the like.
std::string_view ascii(TokenKind kind);

/// The reserved word that `text` is, or TokenKind::name.
TokenKind keyword(std::string_view text);

}  // namespace lmmdsl
