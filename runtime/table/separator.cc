#include "runtime/table/separator.h"

#include <algorithm>
#include <cstddef>

namespace lmmdsl {
namespace {

/// The header line: up to the first line end outside of double quotes, or the first one of all if a
/// quote is never closed.
std::string_view header_line(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (!quoted && (text[i] == '\n' || text[i] == '\r')) return text.substr(0, i);
  }
  return quoted ? text.substr(0, text.find_first_of("\r\n")) : text;
}

}  // namespace

char find_separator(std::string_view from_header) {
  std::size_t semicolons = 0, commas = 0, tabs = 0;
  bool quoted = false, run_of_tabs = false;
  char before = 0;
  const std::string_view line = header_line(from_header);
  // Of quotes that do not pair, none is trusted.
  const bool quotes = std::count(line.begin(), line.end(), '"') % 2 == 0;
  for (const char c : line) {
    if (quotes && c == '"') quoted = !quoted;
    if (!quoted) {
      semicolons += c == ';';
      commas += c == ',';
      tabs += c == '\t';
      run_of_tabs |= c == '\t' && before == '\t';
    }
    before = c;
  }
  if (semicolons > 0 && semicolons >= commas && semicolons >= tabs) return ';';
  if (commas > 0 && commas >= tabs) return ',';
  if (tabs > 0 && !run_of_tabs) return '\t';
  return ' ';
}

std::string separator_name(char separator) {
  switch (separator) {
    case ',':
      return "commas";
    case ';':
      return "semicolons";
    case '\t':
      return "tabs";
    case ' ':
      return "blanks";
    default:
      return std::string("`") + separator + "`";
  }
}

}  // namespace lmmdsl
