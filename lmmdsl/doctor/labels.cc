// Columns of labels.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lmmdsl/display_width.h"
#include "lmmdsl/doctor/doctor.h"
#include "runtime/bind.h"

namespace lmmdsl {
namespace {

/// What is left of a label when it is typed carelessly: small letters and digits.
std::string careless(const std::string& label) {
  std::string result;
  for (const char c : label) {
    if (c == ' ' || c == '\t' || c == '-' || c == '_' || c == '.') continue;
    result += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

std::vector<std::vector<std::size_t>> rows_of_levels(const Factor& factor) {
  std::vector<std::vector<std::size_t>> rows(factor.levels.size());
  for (std::size_t row = 0; row < factor.codes.size(); ++row)
    if (factor.codes[row] >= 0) rows[factor.codes[row]].push_back(row);
  return rows;
}

void two_spellings(const std::string& name, const Table& table, const ExaminedColumn& c,
                   const std::vector<std::vector<std::size_t>>& rows, Diagnostics& found) {
  const std::vector<std::string>& levels = c.labels.levels;
  std::map<std::string, std::size_t> seen;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const auto [at, first] = seen.emplace(careless(levels[k]), k);
    if (first) continue;
    // The rarer one is the slip.
    std::size_t often = at->second, seldom = k;
    if (rows[seldom].size() > rows[often].size()) std::swap(often, seldom);
    found.push_back(remark(
        Severity::warning, table, c.column, rows[seldom].front(),
        fmt::format("`{}` has the levels `{}` and `{}`: are they one?", name,
                    printable(levels[often]), printable(levels[seldom])),
        fmt::format("`{}` is in {}", printable(levels[seldom]), describe_rows(rows[seldom]))));
  }
}

}  // namespace

Diagnostics examine_labels(const Model& model, const Table& table,
                           const std::vector<ExaminedColumn>& columns) {
  Diagnostics found;
  for (const ExaminedColumn& c : columns) {
    if (!c.used || !c.numbers.empty() || c.labels.levels.empty()) continue;
    const std::string& name = model[c.id].spelling;
    const auto rows = rows_of_levels(c.labels);
    two_spellings(name, table, c, rows, found);
    if (model[c.id].column_type != ColumnType::factor || table.joined(c.column)) continue;
    std::vector<std::string> single;
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (rows[k].size() == 1) single.push_back('`' + printable(c.labels.levels[k]) + '`');
    if (single.empty()) continue;
    if (single.size() == rows.size()) {
      found.push_back(remark(
          Severity::note, table, c.column, 0,
          fmt::format("each level of `{}` has one row: what differs between levels cannot be told "
                      "from what differs between rows, unless one of them is known",
                      name)));
      continue;
    }
    constexpr std::size_t kShown = 6;
    const std::size_t more = single.size() > kShown ? single.size() - kShown : 0;
    single.resize(single.size() - more);
    found.push_back(remark(
        Severity::note, table, c.column, 0,
        fmt::format("{} of {} levels of `{}` {} one row: {}{}", single.size() + more, rows.size(),
                    name, single.size() == 1 ? "has" : "have", fmt::join(single, ", "),
                    more > 0 ? fmt::format(" and {} more", more) : "")));
  }
  return found;
}

}  // namespace lmmdsl
