#include "lmmdsl/display_width.h"

#include "grammar/unicode.h"

namespace lmmdsl {

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    width += columns(c.code);
    at += c.bytes;
  }
  return width;
}

std::string printable(std::string_view text, int most) {
  std::string result;
  int width = 0;
  std::size_t cut = 0;  // bytes of `result` that leave room for the ellipsis
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    const std::string piece = visible(c);
    width += display_width(piece);
    if (width > most) return result.substr(0, cut) + "…";
    result += piece;
    if (width < most) cut = result.size();
    at += c.bytes;
  }
  return result;
}

}  // namespace lmmdsl
