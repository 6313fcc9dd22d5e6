#include "runtime/table/decimal.h"

#include <cstddef>

#include "runtime/table/digits.h"

namespace lmmdsl {
namespace {

/// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  std::size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  const std::string_view digits = text.substr(0, length);
  text.remove_prefix(length);
  return digits;
}

bool take_sign(std::string_view& text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  return negative;
}

/// The rest of a text as an exponent, "e-3", or nothing if it is none. Ten digits would be no
/// label.
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(1);
  const bool negative = take_sign(text);
  const std::string_view digits = take_digits(text);
  if (digits.empty() || digits.size() > 9 || !text.empty()) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char digit : digits) exponent = 10 * exponent + (digit - '0');
  return negative ? -exponent : exponent;
}

std::string zeros(std::int64_t count) { return std::string(static_cast<std::size_t>(count), '0'); }

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text, char mark) {
  Decimal result;
  result.negative = take_sign(text);
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (!text.empty() && text.front() == mark) {
    text.remove_prefix(1);
    fraction = take_digits(text);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;
  const std::optional<std::int64_t> exponent = parse_exponent(text);
  if (!exponent) return std::nullopt;

  const std::string all = std::string(whole) + std::string(fraction);
  const std::size_t first = all.find_first_not_of('0');
  if (first == all.npos) return Decimal{};
  result.digits = all.substr(first, all.find_last_not_of('0') + 1 - first);
  result.point =
      static_cast<std::int64_t>(whole.size()) - static_cast<std::int64_t>(first) + *exponent;
  return result;
}

std::string Decimal::text() const {
  // Numbers within these powers of ten are written out.
  constexpr std::int64_t kSmallest = -5, kLargest = 21;
  if (digits.empty()) return "0";
  const auto size = static_cast<std::int64_t>(digits.size());
  const std::string sign = negative ? "-" : "";
  if (point > kLargest || point < kSmallest) {
    const std::string fraction = size > 1 ? "." + digits.substr(1) : "";
    return sign + digits[0] + fraction + "e" + std::to_string(point - 1);
  }
  if (point <= 0) return sign + "0." + zeros(-point) + digits;
  if (size <= point) return sign + digits + zeros(point - size);
  const auto whole = static_cast<std::size_t>(point);
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

bool operator==(const Decimal& a, const Decimal& b) {
  return a.negative == b.negative && a.point == b.point && a.digits == b.digits;
}

bool operator<(const Decimal& a, const Decimal& b) {
  const auto sign = [](const Decimal& d) { return d.digits.empty() ? 0 : d.negative ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) < sign(b);
  const Decimal& smaller = a.negative ? b : a;
  const Decimal& larger = a.negative ? a : b;
  if (smaller.point != larger.point) return smaller.point < larger.point;
  return smaller.digits < larger.digits;
}

}  // namespace lmmdsl
