// Whether two samples of n have one law. They have a Kolmogorov-Smirnov distance of at least k / n with
// probability at most 2 (2n choose n - k) / (2n choose n), exactly (Gnedenko and Korolyuk 1951).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace lmmdsl::testing {

/// n times the Kolmogorov-Smirnov distance of two samples of n.
inline std::size_t distance(std::vector<double> a, std::vector<double> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  std::size_t i = 0, j = 0, largest = 0;
  while (i < a.size() && j < b.size()) {
    (a[i] <= b[j] ? i : j) += 1;
    largest = std::max(largest, i > j ? i - j : j - i);
  }
  return largest;
}

/// The least k that is reached by chance with probability below `risk`.
inline std::size_t critical(std::size_t n, double risk) {
  double log_ratio = 0;  // log of (2n choose n - k) / (2n choose n)
  for (std::size_t k = 1; k <= n; ++k) {
    log_ratio += std::log(static_cast<double>(n - k + 1)) - std::log(static_cast<double>(n + k));
    if (std::log(2.0) + log_ratio <= std::log(risk)) return k;
  }
  return n + 1;
}

}  // namespace lmmdsl::testing
