#include "runtime/table/number_text.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>

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

/// Eight characters as the bytes of a word, the first in the lowest.
using Word = std::uint64_t;
constexpr Word kZeros = 0x3030303030303030;  // "00000000"

/// The last eight of up to eight characters; zeros stand before them.
Word load_word(const char* text, std::size_t size) {
  const auto load = [text](auto word, std::size_t at) {
    std::memcpy(&word, text + at, sizeof word);
    return static_cast<Word>(word);
  };
  Word word = 0;
  if (size >= 4)
    word = load(std::uint32_t{}, 0) | load(std::uint32_t{}, size - 4) << 8 * (size - 4);
  else if (size >= 2)
    word = load(std::uint16_t{}, 0) | load(std::uint16_t{}, size - 2) << 8 * (size - 2);
  else if (size == 1) word = load(std::uint8_t{}, 0);
  return size == 8 ? word : word << 8 * (8 - size) | kZeros >> 8 * size;
}

bool are_digits(Word word) {
  constexpr Word kHigh = 0xF0F0F0F0F0F0F0F0, kSix = 0x0606060606060606;
  return ((word & kHigh) ^ kZeros) == 0 && (((word + kSix) & kHigh) ^ kZeros) == 0;
}

/// The number that eight digits are: pairs, then fours, then all, side by side in the word.
Word digits_value(Word word) {
  word -= kZeros;
  word = word * 10 + (word >> 8);
  return ((word & 0x000000FF000000FF) * 0x000F424000000064 +
          ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

/// Takes a mark out of a word: how many characters come after it; nothing where there is none.
std::optional<std::size_t> take_mark(Word& word, char mark) {
  constexpr Word kOnes = 0x0101010101010101, kTop = 0x8080808080808080;
  const Word other = word ^ kOnes * static_cast<unsigned char>(mark);
  const Word found = (other - kOnes) & ~other & kTop;
  if (found == 0) return std::nullopt;
  const auto at = static_cast<std::size_t>(std::countr_zero(found)) / 8;
  const Word after = at == 7 ? 0 : word >> 8 * (at + 1) << 8 * (at + 1);
  const Word before = word & ((Word{1} << 8 * at) - 1);
  word = after | before << 8 | '0';
  return 7 - at;
}

/// Most numbers have a few digits and a mark between two of them: the digits are then a whole
/// number that a double holds, and so is the power of ten, so that the quotient is rounded once
/// (Clinger 1990). Nothing where a text is not like that.
std::optional<double> short_number(std::string_view text, char mark) {
  constexpr double kPowers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6, 1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14};
  constexpr std::size_t kLongest = 15;
  if constexpr (std::endian::native != std::endian::little) return std::nullopt;
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > kLongest || !is_digit(digits.front()) ||
      !is_digit(digits.back()))
    return std::nullopt;
  const std::size_t first = digits.size() > 8 ? digits.size() - 8 : 0;
  Word last = load_word(digits.data() + first, digits.size() - first);
  std::optional<std::size_t> decimals = take_mark(last, mark);
  if (!are_digits(last)) return std::nullopt;
  Word whole = digits_value(last);
  if (first > 0) {
    Word before = load_word(digits.data(), first);
    Word scale = 100'000'000;
    if (decimals) scale = 10'000'000;
    else if (const auto more = take_mark(before, mark)) decimals = 8 + *more;
    if (!are_digits(before)) return std::nullopt;
    whole += scale * digits_value(before);
  }
  const double value = static_cast<double>(whole) / kPowers[decimals.value_or(0)];
  return negative ? -value : value;
}

}  // namespace

ParsedNumber parse_number(std::string_view text, char separator) {
  if (const std::optional<double> value = short_number(text, '.')) return {*value};
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
