#include "grammar/character_roles.h"

#include <string_view>

#include "grammar/characters.h"
#include "grammar/greek.h"
#include "grammar/unicode.h"

namespace lmmdsl {

namespace {

constexpr char32_t kTransposeSign = U'ᵀ';

}  // namespace

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

bool is_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || greek_name(c);
}

int superscript_digit(char32_t c) {
  constexpr char32_t digits[] = U"⁰¹²³⁴⁵⁶⁷⁸⁹";
  for (int i = 0; i < 10; ++i) {
    if (digits[i] == c) return i;
  }
  return -1;
}

bool is_subscript_digit(char32_t c) { return c >= U'₀' && c <= U'₉'; }

TokenKind sign(char32_t c) {
  switch (c) {
    case U'−':
      return TokenKind::minus;
    case U'·':
      return TokenKind::times;
    case U'∼':
      return TokenKind::tilde;
    case U'≤':
      return TokenKind::less_equal;
    case U'≥':
      return TokenKind::greater_equal;
    case U'≠':
      return TokenKind::not_equal;
    case kTransposeSign:
      return TokenKind::prime;
    default:
      break;
  }
  constexpr std::string_view ascii_signs = "+-*/^<>=~:,;.'()[]";
  const bool known = c < 0x80 && ascii_signs.find(static_cast<char>(c)) != std::string_view::npos;
  return known ? static_cast<TokenKind>(static_cast<char>(c)) : TokenKind::bad;
}

bool is_foreign_letter(char32_t c) {
  return c >= 0x80 && !is_letter(c) && sign(c) == TokenKind::bad && superscript_digit(c) < 0 &&
         c != kSuperscriptMinus && !find_foreign(c) && !is_hidden(c);
}

}  // namespace lmmdsl
