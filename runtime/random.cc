// Philox4x64 with 10 rounds (Salmon, Moraes, Dror and Shaw 2011, Parallel random numbers: as easy
// as 1, 2, 3; table 2 has the constants), and where a stream's address goes in its key and counter.
#include "runtime/random.h"

namespace lmmdsl {

namespace {

__extension__ using Wide = unsigned __int128;

inline void philox_block(std::uint64_t c0, std::uint64_t c1, std::uint64_t c2, std::uint64_t c3,
                         std::uint64_t k0, std::uint64_t k1, std::uint64_t* out) {
  const auto round = [&] {
    const Wide a = Wide{0xD2E7470EE14C6C93} * c0, b = Wide{0xCA5A826395121157} * c2;
    c0 = static_cast<std::uint64_t>(b >> 64) ^ c1 ^ k0;
    c2 = static_cast<std::uint64_t>(a >> 64) ^ c3 ^ k1;
    c1 = static_cast<std::uint64_t>(b);
    c3 = static_cast<std::uint64_t>(a);
    k0 += 0x9E3779B97F4A7C15;
    k1 += 0xBB67AE8584CAA73B;
  };
  // Written out: as a loop, g++ 12 makes vectors of it, which take almost twice as long.
  round(), round(), round(), round(), round();
  round(), round(), round(), round(), round();
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

}  // namespace

void philox(const std::uint64_t counter[4], const std::uint64_t key[2], std::uint64_t out[4]) {
  philox_block(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
}

Random::Random(const StreamAddress& address, std::uint64_t block)
    : key_{address.seed, static_cast<std::uint64_t>(address.step) << 32 | address.chain},
      counter_{block, address.sweep, address.level, 0} {}

void Random::refill() {
  philox_block(counter_[0], counter_[1], counter_[2], counter_[3], key_[0], key_[1], buffer_);
  ++counter_[0];
  left_ = 4;
}

void Random::bits(std::uint64_t* out, std::size_t n) {
  left_ = 0;
  const std::uint64_t first = counter_[0], c1 = counter_[1], c2 = counter_[2], c3 = counter_[3];
  const std::uint64_t k0 = key_[0], k1 = key_[1];
  const std::size_t blocks = n / 4;
  for (std::size_t k = 0; k < blocks; ++k) philox_block(first + k, c1, c2, c3, k0, k1, out + 4 * k);
  counter_[0] = first + blocks;
  std::size_t done = 4 * blocks;
  for (; done < n; ++done) out[done] = bits();
}

}  // namespace lmmdsl
