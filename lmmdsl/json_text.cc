#include "lmmdsl/json_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "grammar/unicode.h"

namespace lmmdsl {

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (!c.valid) {
      result += "\xEF\xBF\xBD";
    } else if (c.code == '"' || c.code == '\\') {
      result += {'\\', static_cast<char>(c.code)};
    } else if (c.code == '\n') {
      result += "\\n";
    } else if (c.code == '\t') {
      result += "\\t";
    } else if (c.code < 0x20) {
      result += fmt::format("\\u{:04x}", static_cast<unsigned>(c.code));
    } else {
      result += text.substr(at, static_cast<std::size_t>(c.bytes));
    }
    at += static_cast<std::size_t>(c.bytes);
  }
  return result + '"';
}

std::string json_number(double x) {
  if (!std::isfinite(x)) return "null";
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr};
}

}  // namespace lmmdsl
