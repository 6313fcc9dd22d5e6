// Philox from the Random123 library, and where a stream's address goes in its key and counter.
#include "runtime/random.h"

#include <Random123/philox.h>

namespace lmmdsl {

void philox(const std::uint64_t counter[4], const std::uint64_t key[2], std::uint64_t out[4]) {
  const philox4x64_ctr_t c = {{counter[0], counter[1], counter[2], counter[3]}};
  const philox4x64_key_t k = {{key[0], key[1]}};
  const philox4x64_ctr_t r = philox4x64_R(10, c, k);
  for (int i = 0; i < 4; ++i) out[i] = r.v[i];
}

Random::Random(const StreamAddress& address)
    : key_{address.seed, static_cast<std::uint64_t>(address.step) << 32 | address.chain},
      counter_{0, address.sweep, address.level, 0} {}

void Random::refill() {
  philox(counter_, key_, buffer_);
  ++counter_[0];
  left_ = 4;
}

}  // namespace lmmdsl
