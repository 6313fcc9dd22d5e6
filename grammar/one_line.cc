#include "grammar/one_line.h"

namespace lmmdsl {

std::string one_line(std::string_view text) {
  std::string line;
  bool blank = false, comment = false, label = false, escaped = false;
  for (const char c : text) {
    if (!label && c == '#') comment = true;
    if (c == '\n') comment = false;
    if (comment) continue;
    if (!label && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
      blank = !line.empty();
      continue;
    }
    if (blank) line += ' ';
    blank = false;
    line += c;
    if (c == '"' && !escaped) label = !label;
    escaped = label && c == '\\' && !escaped;
  }
  return line;
}

}  // namespace lmmdsl
