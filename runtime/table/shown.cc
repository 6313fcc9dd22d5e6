#include "runtime/table/shown.h"

#include "grammar/unicode.h"

namespace lmmdsl {

std::string shown(std::string_view text) {
  constexpr int kLongest = 40;
  std::string result = "`";
  int characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == kLongest) {
      result += "...";
      break;
    }
    const Character character = character_at(text, at);
    result += visible(character);
    at += static_cast<std::size_t>(character.bytes);
  }
  return result + "`";
}

std::size_t first_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (!character.valid) return at;
    at += static_cast<std::size_t>(character.bytes);
  }
  return text.size();
}

}  // namespace lmmdsl
