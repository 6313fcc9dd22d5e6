// The next byte of a text that is one of a few. Of 64 bytes at a time it is found which they are:
// most cells are short, and a loop that ends after a different number of bytes each time is
// mispredicted each time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace lmmdsl {

constexpr std::size_t kByteBlock = 64;

/// Which of 64 bytes are equal to `byte`: bit i of the i-th.
inline std::uint64_t equal_bytes(const char* block, char byte) {
  std::uint64_t found = 0;
#ifdef __SSE2__
  const __m128i wanted = _mm_set1_epi8(byte);
  for (int k = 0; k < 4; ++k) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block) + k);
    const int equal = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted));
    found |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(equal)) << (16 * k);
  }
#else
  for (std::size_t i = 0; i < kByteBlock; ++i)
    found |= static_cast<std::uint64_t>(block[i] == byte) << i;
#endif
  return found;
}

/// How many bits are set: pairs, then fours, then bytes added up. std::popcount is a call where the
/// processor need not have an instruction for it.
inline std::size_t count_bits(std::uint64_t bits) {
  bits -= (bits >> 1) & 0x5555555555555555;
  bits = (bits & 0x3333333333333333) + ((bits >> 2) & 0x3333333333333333);
  return ((bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0F) * 0x0101010101010101 >> 56;
}

/// For each block of 64 bytes of a text `find(pointer)`; of the last, beyond the text, zeros.
template <class Find>
std::uint64_t find_in_block(std::string_view text, std::size_t at, const Find& find) {
  const std::size_t rest = text.size() - at;
  if (rest >= kByteBlock) return find(text.data() + at);
  char block[kByteBlock] = {};
  std::memcpy(block, text.data() + at, rest);
  return find(block) & ((std::uint64_t{1} << rest) - 1);
}

/// Finds bytes of one text, from anywhere in it, fastest from front to back.
template <std::size_t N>
class ByteFinder {
 public:
  ByteFinder(std::string_view text, const std::array<char, N>& bytes)
      : text_(text), bytes_(bytes) {}

  /// Offset of the first of the bytes from `at` on; the size of the text if there is none.
  std::size_t operator()(std::size_t at) {
    if (at - begin_ >= kByteBlock || !looked_) look(at);
    for (;;) {
      const std::uint64_t rest = found_ >> (at - begin_);
      if (rest != 0) return at + static_cast<std::size_t>(std::countr_zero(rest));
      at = begin_ + kByteBlock;
      if (at >= text_.size()) return text_.size();
      look(at);
    }
  }

 private:
  void look(std::size_t at) {
    begin_ = std::min(at, text_.size());
    looked_ = true;
    found_ = find_in_block(text_, begin_, [&](const char* block) {
      std::uint64_t found = 0;
      for (const char byte : bytes_) found |= equal_bytes(block, byte);
      return found;
    });
  }

  std::string_view text_;
  std::array<char, N> bytes_;
  std::size_t begin_ = 0;    ///< of the block looked at last
  std::uint64_t found_ = 0;  ///< in it
  bool looked_ = false;
};

}  // namespace lmmdsl
