// A row of a table by the name that a command line gives.
//
//   const auto* row = row_named(kFormats, "format", "xml", errors);
//
// is null, and the errors then have "there is no format `xml`", hint "formats: table, csv, json".
#pragma once

#include <iterator>
#include <string>
#include <vector>

#include "grammar/diagnostic.h"

namespace lmmdsl {

/// `what` is a format, a schedule: its plural ends in s.
Diagnostic unknown_name(const std::string& what, const std::string& name,
                        const std::vector<std::string>& names);

/// The same, but the hint asks for the nearest name where one is near.
Diagnostic misspelt_name(const std::string& what, const std::string& name,
                         const std::vector<std::string>& names);

template <class Rows>
std::vector<std::string> row_names(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

template <class Rows>
auto row_named(const Rows& rows, const std::string& what, const std::string& name,
               Diagnostics& errors) -> decltype(&*std::begin(rows)) {
  for (const auto& row : rows)
    if (row.name == name) return &row;
  errors.push_back(unknown_name(what, name, row_names(rows)));
  return nullptr;
}

}  // namespace lmmdsl
