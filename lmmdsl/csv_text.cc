#include "lmmdsl/csv_text.h"

#include <cmath>

#include "lmmdsl/json_text.h"

namespace lmmdsl {

std::string csv_cell(std::string_view text, char separator) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  const bool as_it_is = !text.empty() && text != "NA" && text.front() != '#' &&
                        !blank(text.front()) && !blank(text.back()) &&
                        text.find_first_of("\"\n\r") == text.npos &&
                        text.find(separator) == text.npos;
  if (as_it_is) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += c;
    cell += c;
  }
  return cell + '"';
}

std::string csv_number(double x) { return std::isfinite(x) ? json_number(x) : ""; }

}  // namespace lmmdsl
