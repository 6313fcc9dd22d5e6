// What a single character is in a model: a letter of a name, a digit, a part of an exponent, a
// sign. Characters without a role are in characters.h.
#pragma once

#include "grammar/token.h"

namespace lmmdsl {

inline constexpr char32_t kSuperscriptMinus = U'⁻';

bool is_digit(char32_t c);
/// Of a name: also Greek letters and _.
bool is_letter(char32_t c);
/// The digit that a superscript shows, or -1.
int superscript_digit(char32_t c);
bool is_subscript_digit(char32_t c);
/// Signs of one character.
TokenKind sign(char32_t c);
/// A character beyond ASCII that people would take for a letter of a name.
bool is_foreign_letter(char32_t c);

}  // namespace lmmdsl
