// A small table for models of tests: 48 rows, factors g (6 levels), h (4 levels) crossed and k
// nested above g (3 levels), t with one row for each pair with g (8 levels), covariates x1..x5, a
// weight w > 0, an offset o, responses y and z; numbers that are neither 0 nor 1, from a fixed
// linear congruential sequence; counts hits out of trials, hit which is 0 or 1, and a
// grade from 1 to 3.
#pragma once

#include <cstdint>
#include <string>

namespace lmmdsl::testing {

inline std::string site_table(double shift = 0) {
  std::uint64_t state = 12345;
  const auto next = [&] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) / 9007199254740992.0;
  };
  std::string text = "g,h,k,t,hits,trials,hit,x1,x2,x3,x4,x5,w,o,y,z,grade\n";
  for (int i = 0; i < 48; ++i) {
    const int g = i % 6, h = (i / 6) % 4;
    text += "g" + std::to_string(g + 1) + ",h" + std::to_string(h + 1) + ",k" +
            std::to_string(g / 2 + 1) + ",t" + std::to_string(i / 6 + 1);
    const int n = 1 + (i * 7) % 5;
    text += "," + std::to_string((i * 5) % (n + 1)) + "," + std::to_string(n) + "," +
            std::to_string((i * 3 + g) % 7 < 3);
    for (int j = 0; j < 5; ++j) text += "," + std::to_string(3 * next() - 1);
    text += "," + std::to_string(0.5 + 2 * next());
    text += "," + std::to_string(4 * next() - 2);
    text += "," + std::to_string(shift + 2.5 + g + 6 * (next() - 0.5));
    text += "," + std::to_string(1.5 - h + 5 * (next() - 0.5)) + "," +
            std::to_string(1 + (i * 7 + g) % 3) + "\n";
  }
  return text;
}

}  // namespace lmmdsl::testing
