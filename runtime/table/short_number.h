// Most numbers of data files have a few digits and a mark between two of them: the digits are then
// a whole number that a double holds, and so is the power of ten, so that the quotient is rounded
// once (Clinger 1990).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/not_a_number.h"
#include "runtime/table/digits.h"

namespace lmmdsl {

/// Eight characters as the bytes of a word, the first in the lowest, each less "0" in binary: a
/// digit is its value, and only digits are below ten.
namespace eight_digits {

constexpr std::uint64_t kOnes = 0x0101010101010101, kTop = 0x8080808080808080;

/// The last `size` of the eight characters before `end`, 1 to 8; zeros stand for the others.
inline std::uint64_t load(const char* end, std::size_t size) {
  std::uint64_t word;
  std::memcpy(&word, end - 8, 8);
  return (word ^ kOnes * '0') & (~std::uint64_t{0} << 8 * (8 - size));
}

/// The lowest bit of the first byte that is the mark; 0 where there is none.
inline std::uint64_t find_mark(std::uint64_t word) {
  const std::uint64_t other = word ^ kOnes * ('.' ^ '0');
  const std::uint64_t found = (other - kOnes) & ~other & kTop;
  return (found & -found) >> 7;
}

/// Without the mark: what stands before it moves up.
inline std::uint64_t without_mark(std::uint64_t word, std::uint64_t mark) {
  return (word & -(mark << 8)) | (word & (mark - 1)) << 8;
}

inline unsigned characters_after(std::uint64_t mark) {
  return 7 - static_cast<unsigned>(std::countr_zero(mark)) / 8;
}

inline bool are_digits(std::uint64_t word) {
  return (((word + kOnes * (0x80 - 10)) | word) & kTop) == 0;
}

/// The number that eight digits are: pairs, then fours, then all, side by side in the word.
inline std::uint64_t value(std::uint64_t word) {
  word = word * 10 + (word >> 8);
  return ((word & 0x000000FF000000FF) * 0x000F424000000064 +
          ((word >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

/// By which a whole number is divided: for each sign, by how many decimals there are.
inline constexpr double kDivisors[2][16] = {
    {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14},
    {-1, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7, -1e8, -1e9, -1e10, -1e11, -1e12, -1e13, -1e14}};

}  // namespace eight_digits

/// The characters from `begin` to `end` of a text as a number. NaN where they are not like that, or
/// too near to the front of the text: parse_number (number_text.h) then has the answer.
inline double short_number(std::string_view text, std::size_t begin, std::size_t end) {
  using namespace eight_digits;
  constexpr std::size_t kLongest = 15;
  constexpr std::size_t kBefore = 16;  // what is read before the end
  if (std::endian::native != std::endian::little || begin == end || end < kBefore) return kNan;
  const std::size_t negative = text[begin] == '-' ? 1 : 0;
  const std::size_t size = end - begin - negative;
  if (size - 1 >= kLongest || !is_digit(text[end - 1])) return kNan;
  std::uint64_t last = load(text.data() + end, std::min<std::size_t>(size, 8));
  const std::uint64_t mark = find_mark(last);
  unsigned decimals = 0;
  if (mark != 0) {
    last = without_mark(last, mark);
    decimals = characters_after(mark);
  }
  if (!are_digits(last)) return kNan;
  std::uint64_t whole = value(last);
  if (size > 8) {
    std::uint64_t before = load(text.data() + end - 8, size - 8);
    if (const std::uint64_t earlier = mark == 0 ? find_mark(before) : 0; earlier != 0) {
      before = without_mark(before, earlier);
      decimals = 8 + characters_after(earlier);
    }
    if (!are_digits(before)) return kNan;
    whole += (mark == 0 ? 100'000'000 : 10'000'000) * value(before);
  }
  // All are below 2^53: the conversion of a signed number is one instruction.
  return static_cast<double>(static_cast<std::int64_t>(whole)) / kDivisors[negative][decimals];
}

}  // namespace lmmdsl
