#include "lmmdsl/exchange/columns_of.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lmmdsl {
namespace {

/// The numbers of "3,2" or "3.2"; empty unless it is nothing else.
std::vector<int> numbers_of(std::string_view text, char between) {
  std::vector<int> result;
  while (true) {
    int value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0) return {};
    result.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (text.empty()) return result;
    if (text[0] != between) return {};
    text.remove_prefix(1);
  }
}

}  // namespace

Column column_of(const std::string& name) {
  Column column;
  column.variable = name;
  const auto bracket = name.find('[');
  if (bracket != name.npos && bracket > 0 && name.back() == ']') {
    column.index =
        numbers_of(std::string_view(name).substr(bracket + 1, name.size() - bracket - 2), ',');
    if (!column.index.empty()) column.variable = name.substr(0, bracket);
  } else {
    for (auto dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
      column.index = numbers_of(std::string_view(name).substr(dot + 1), '.');
      if (column.index.empty() || dot == 0) continue;
      column.variable = name.substr(0, dot);
      break;
    }
  }
  column.hyper = column.index.empty();
  column.name = bracket_name(column);
  column.csv_name = column.variable;
  for (const int i : column.index) column.csv_name += "." + std::to_string(i);
  return column;
}

bool is_of_sampler(const std::string& name) {
  return name.ends_with("__") || name.starts_with('.');
}

std::string bracket_name(const Column& column) {
  if (column.index.empty()) return column.variable;
  return fmt::format("{}[{}]", column.variable, fmt::join(column.index, ","));
}

}  // namespace lmmdsl
