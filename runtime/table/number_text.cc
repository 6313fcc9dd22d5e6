#include "runtime/table/number_text.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>

#include "runtime/table/digits.h"

namespace lmmdsl {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool equal_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() &&
         std::equal(text.begin(), text.end(), lower.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// What a text without its sign is, if it does not parse.
NumberFault fault_of(std::string_view unsigned_text) {
  for (const char* word : {"inf", "infinity", "nan"}) {
    if (equal_ignoring_case(unsigned_text, word)) return NumberFault::not_finite;
  }
  const bool hexadecimal = unsigned_text.size() > 2 && unsigned_text[0] == '0' &&
                           (unsigned_text[1] == 'x' || unsigned_text[1] == 'X');
  return hexadecimal ? NumberFault::hexadecimal : NumberFault::not_a_number;
}

}  // namespace

ParsedNumber parse_number(std::string_view text, char separator) {
  text = trimmed(text);
  const bool has_sign = !text.empty() && (text.front() == '+' || text.front() == '-');
  const std::string_view digits = text.substr(has_sign ? 1 : 0);
  const char mark = separator == ';' && digits.find(',') != digits.npos ? ',' : '.';
  if (digits.empty() || !(is_digit(digits.front()) || digits.front() == mark)) {
    return {0, fault_of(digits)};
  }
  // from_chars knows no plus sign.
  const std::string_view number = text.front() == '+' ? digits : text;
  double value = 0;
  const auto [end, error] = fast_float::from_chars_advanced(
      number.data(), number.data() + number.size(), value,
      fast_float::parse_options(fast_float::chars_format::general, mark));
  if (end != number.data() + number.size()) return {0, fault_of(digits)};
  if (std::isinf(value)) return {0, NumberFault::too_large};
  if (value == 0) {
    const std::string_view mantissa = digits.substr(0, digits.find_first_of("eE"));
    if (mantissa.find_first_of("123456789") != mantissa.npos) return {0, NumberFault::too_small};
  }
  if (error != std::errc()) return {0, NumberFault::not_a_number};
  return {value, NumberFault::none};
}

}  // namespace lmmdsl
