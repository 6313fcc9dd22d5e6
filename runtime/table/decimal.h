// Exact decimal numbers, for labels that are numbers: 1.00 and 1e0 are the label 1, while two
// identifiers of twenty digits stay two labels, although they are one number in double precision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lmmdsl {

/// (-1)^negative * 0.DIGITS * 10^point. Digits neither begin nor end with 0; zero has none, and is
/// not negative, so equal numbers have equal members.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t point = 0;

  /// Shortest usual form: "1", "-0.25", "100000", "1e-9".
  std::string text() const;
};

/// A text that is all of a decimal number ("+1.50", ".5", "1e3"), with '.' or ',' as `mark`. Not
/// so: leading zeros ("007"), which mean a code and not a number.
std::optional<Decimal> parse_decimal(std::string_view text, char mark = '.');

/// By value.
bool operator<(const Decimal& a, const Decimal& b);
bool operator==(const Decimal& a, const Decimal& b);

}  // namespace lmmdsl
