#include "lmmdsl/json_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "grammar/unicode.h"

namespace lmmdsl {

void append_json_string(std::string& to, std::string_view text) {
  const auto as_it_is = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
  to += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    while (at < text.size() && as_it_is(text[at])) ++at;
    to += text.substr(begin, at - begin);
    if (at == text.size()) break;
    const Character c = character_at(text, at);
    if (!c.valid) {
      to += "\xEF\xBF\xBD";
    } else if (c.code == '"' || c.code == '\\') {
      to += {'\\', static_cast<char>(c.code)};
    } else if (c.code == '\n') {
      to += "\\n";
    } else if (c.code == '\t') {
      to += "\\t";
    } else if (c.code < 0x20) {
      to += fmt::format("\\u{:04x}", static_cast<unsigned>(c.code));
    } else {
      to += text.substr(at, static_cast<std::size_t>(c.bytes));
    }
    at += static_cast<std::size_t>(c.bytes);
  }
  to += '"';
}

void append_json_number(std::string& to, double x) {
  char buffer[32];
  if (std::isfinite(x)) to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, x).ptr);
  else to += "null";
}

std::string json_string(std::string_view text) {
  std::string result;
  append_json_string(result, text);
  return result;
}

std::string json_number(double x) {
  std::string result;
  append_json_number(result, x);
  return result;
}

}  // namespace lmmdsl
