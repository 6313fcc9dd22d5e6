// A data table as text, with some columns replaced.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/table.h"

namespace lmmdsl {

/// Columns of numbers by their headers, one number for each row; NaN is written NA.
using NamedColumns = std::vector<std::pair<std::string, std::vector<double>>>;

/// The table with these columns in the place of those with their headers, or behind the others.
/// Separated as the table is, by commas if by blanks.
std::string table_csv(const Table& design, const NamedColumns& columns);

}  // namespace lmmdsl
