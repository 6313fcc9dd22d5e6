// UTF-8 characters: decoding that never fails, and how a terminal shows them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lmmdsl {

/// One character of a text. An invalid byte is a character of its own, with `valid` false and the
/// byte as its code.
struct Character {
  char32_t code = 0;
  int bytes = 1;
  bool valid = true;
};

/// The character that begins at `at`, which must be inside the text.
Character character_at(std::string_view text, std::size_t at);

std::string to_utf8(char32_t code);

/// Columns on a terminal: 0 for combining marks, 2 for CJK and its kin, otherwise 1.
int columns(char32_t code);

/// True for controls, bidirectional marks and other characters that would show nothing or
/// reorder the line.
bool is_hidden(char32_t code);

/// "U+202E", as the Unicode tables write it.
std::string code_point(char32_t code);

/// The text as it may safely go to a terminal: hidden characters as \u{202e}, invalid bytes as
/// \x{e9}. Tabs become blanks.
std::string visible(std::string_view text);

/// One character in that form.
std::string visible(Character c);

}  // namespace lmmdsl
