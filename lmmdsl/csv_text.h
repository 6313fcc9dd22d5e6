// Pieces of CSV.
#pragma once

#include <string>
#include <string_view>

namespace lmmdsl {

/// A cell that reads back as this text: between quotes where it would otherwise be two cells, a
/// missing value (nothing, NA) or a comment, or lose the blanks at its ends.
std::string csv_cell(std::string_view text, char separator = ',');

/// The shortest text that reads back as the same number; nothing when it is not finite.
std::string csv_number(double x);

}  // namespace lmmdsl
