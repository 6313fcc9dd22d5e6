// The next byte of a text that is one of a few, eight bytes at a time: most cells are shorter than
// that, and a loop that ends after a different number of bytes each time is mispredicted each time.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lmmdsl {

template <std::size_t N>
class ByteFinder {
 public:
  explicit ByteFinder(const std::array<char, N>& bytes) : bytes_(bytes) {
    for (std::size_t i = 0; i < N; ++i) repeated_[i] = kOnes * static_cast<unsigned char>(bytes[i]);
  }

  /// Offset of the first of the bytes from `at` on; the size of the text if there is none.
  std::size_t operator()(std::string_view text, std::size_t at) const {
    if constexpr (std::endian::native == std::endian::little) {
      for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, 8);
        std::uint64_t found = 0;
        for (const std::uint64_t repeated : repeated_) found |= zero_bytes(word ^ repeated);
        if (found != 0) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
      }
    }
    while (at < text.size() && !is_one(text[at])) ++at;
    return at;
  }

 private:
  static constexpr std::uint64_t kOnes = 0x0101010101010101;
  static constexpr std::uint64_t kHighBits = 0x8080808080808080;

  /// The high bit of each zero byte; of the bytes above the lowest zero also others.
  static std::uint64_t zero_bytes(std::uint64_t word) { return (word - kOnes) & ~word & kHighBits; }

  bool is_one(char c) const {
    for (const char byte : bytes_)
      if (c == byte) return true;
    return false;
  }

  std::array<char, N> bytes_;
  std::array<std::uint64_t, N> repeated_{};
};

}  // namespace lmmdsl
