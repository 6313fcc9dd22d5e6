// Split chains, and what is computed from them: R-hat and effective sample size of plain values.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lmmdsl {

/// The two halves of each chain as chains of their own; the middle draw of an odd number is left
/// out, a single draw is kept. Piece i is values[i * length .. (i + 1) * length).
struct SplitChains {
  SplitChains(std::size_t chains, std::size_t draws);

  std::size_t pieces;
  std::size_t length;
  std::vector<double> values;

  std::span<const double> piece(std::size_t i) const { return {&values[i * length], length}; }
  /// Where draw `from` = chain * draws + t goes, as an index into values; npos for a middle draw.
  std::size_t place(std::size_t from) const {
    if (all_kept_) return from;
    const std::size_t chain = from / draws_, t = from % draws_;
    if (t < length) return from - chain;
    return t == length ? npos : from - chain - 1;
  }
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  std::size_t draws_;
  bool all_kept_;
};

/// The sum of f(x), in four partial sums that the processor adds side by side.
template <class F>
double sum_of(std::span<const double> x, F f) {
  double s[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= x.size(); i += 4)
    for (std::size_t j = 0; j < 4; ++j) s[j] += f(x[i + j]);
  for (; i < x.size(); ++i) s[0] += f(x[i]);
  return (s[0] + s[1]) + (s[2] + s[3]);
}

/// The mean in two passes: exact for constants, whatever the rounding of the sum.
double accurate_mean(std::span<const double> x);

/// False if a value is not finite or all lie within 2.2e-16: nothing can be said of convergence.
bool varies(std::span<const double> x);

/// sqrt((B / W + n - 1) / n) with B and W the variances between and within pieces.
double basic_rhat(const SplitChains& x);

/// Effective sample size by Geyer's (1992) initial monotone sequence of the autocorrelations that
/// are combined over the pieces.
double basic_ess(const SplitChains& x);

}  // namespace lmmdsl
