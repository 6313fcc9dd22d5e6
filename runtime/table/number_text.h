// Numbers as data files write them: a sign, digits, a decimal mark, an exponent. Nothing else that
// programs print for numbers (inf, nan, hexadecimal) is data. Never depends on the locale.
#pragma once

#include <string>
#include <string_view>

namespace lmmdsl {

enum class NumberFault {
  none,
  not_a_number,
  not_finite,  ///< inf, infinity, nan
  hexadecimal,
  too_large,  ///< beyond the range of double precision
  too_small,  ///< not zero, but zero in double precision
};

struct ParsedNumber {
  double value = 0;
  NumberFault fault = NumberFault::none;
  bool ok() const { return fault == NumberFault::none; }
};

/// A text as a number. Blanks around it do not matter. In a file separated by semicolons the
/// decimal mark may be a comma as well as a point.
ParsedNumber parse_number(std::string_view text, char separator);

/// What to do about a text that is not a number, or nothing if nothing is known about its kind.
std::string number_hint(std::string_view text, char separator);

}  // namespace lmmdsl
