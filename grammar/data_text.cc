#include "grammar/data_text.h"

#include <algorithm>

namespace lmmdsl {

namespace {

constexpr int kLines = 8;

bool is_separator(char c) { return c == ',' || c == ';' || c == '\t' || c == ' '; }

bool is_number(std::string_view field) {
  if (field == "NA" || field == "\"NA\"") return true;
  bool digit = false;
  for (char c : field) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' && c != '"') {
      return false;
    }
    digit = digit || is_digit;
  }
  return digit;
}

/// Only numbers and labels between separators, and at least one number.
bool is_row(std::string_view line) {
  int fields = 0, numbers = 0;
  while (!line.empty()) {
    const auto end = static_cast<std::size_t>(std::find_if(line.begin(), line.end(), is_separator) -
                                              line.begin());
    if (end > 0) {
      ++fields;
      numbers += is_number(line.substr(0, end));
    }
    line.remove_prefix(std::min(line.size(), end + 1));
  }
  return numbers > 0 && 3 * numbers >= fields;
}

}  // namespace

std::optional<Diagnostic> looks_like_data(const SourcePtr& source) {
  std::string_view text = source->text();
  text = text.substr(source->line_begin(1));
  int rows = 0, first_row = 0;
  for (int number = 1, seen = 0; seen < kLines && !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.size() > 4096) line = line.substr(0, line.rfind(',', 4096));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.empty() || line[0] == '#') continue;
    ++seen;
    if (line.find_first_of("~=:([^*") != std::string_view::npos) {
      // Headers may have brackets, as in "Yield (t/ha)"; rows of a table do not.
      if (seen > 1 || line.find_first_of("~=:[") != std::string_view::npos) return std::nullopt;
      continue;
    }
    if (is_row(line)) {
      if (rows++ == 0) first_row = number;
    } else if (seen > 1) {
      return std::nullopt;
    }
  }
  if (rows == 0) return std::nullopt;
  Diagnostic d;
  d.source = source;
  d.span.begin = source->line_begin(first_row);
  d.span.end = d.span.begin + static_cast<std::uint32_t>(source->line(first_row).size());
  d.message = "this is a table of data, not a model";
  d.label = "a row of numbers";
  d.hint = "the model comes first, then the data: are the two files swapped?";
  return d;
}

}  // namespace lmmdsl
