#include "runtime/diagnostics_ranks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <utility>

namespace lmmdsl {
namespace {

struct Keyed {
  std::uint64_t key;
  std::uint32_t from;
};

/// Orders as the doubles do: all bits of negative numbers flipped, the sign bit of the others.
std::uint64_t key_of(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);  // + 0.0 makes one zero of -0 and 0
  return bits >> 63 ? ~bits : bits | std::uint64_t{1} << 63;
}

double value_of(std::uint64_t key) {
  return std::bit_cast<double>(key >> 63 ? key & ~(std::uint64_t{1} << 63) : ~key);
}

/// Least significant digit first, 11 bits at a time; digits that all keys share are skipped.
void radix_sort(std::vector<Keyed>& items) {
  constexpr int kBits = 11, kDigits = 6;
  constexpr std::size_t kValues = std::size_t{1} << kBits;
  const auto digit = [](std::uint64_t key, int d) { return key >> (kBits * d) & (kValues - 1); };
  std::vector<std::array<std::uint32_t, kValues>> counts(kDigits);
  for (const Keyed& item : items)
    for (int d = 0; d < kDigits; ++d) ++counts[d][digit(item.key, d)];
  std::vector<Keyed> other(items.size());
  for (int d = 0; d < kDigits; ++d) {
    if (counts[d][digit(items[0].key, d)] == items.size()) continue;
    std::uint32_t start = 0;
    for (std::uint32_t& count : counts[d]) start += std::exchange(count, start);
    for (const Keyed& item : items) other[counts[d][digit(item.key, d)]++] = item;
    items.swap(other);
  }
}

}  // namespace

NormalScores::NormalScores(std::size_t n) : n_(n), z_(2 * n + 2) {
  for (std::size_t k = 2; k < n + 1; ++k) {  // twice the rank, lower half; the middle has score 0
    const double p = (0.5 * static_cast<double>(k) - 0.375) / (static_cast<double>(n) + 0.25);
    z_[k] = -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p);
    z_[2 * (n + 1) - k] = -z_[k];
  }
}

std::size_t split_size(std::size_t chains, std::size_t length) {
  return chains * (length > 1 ? length / 2 * 2 : length);
}

std::vector<Ranked> sort_draws(const Chains& chains) {
  std::vector<Keyed> items;
  items.reserve(chains.size() * chains[0].size());
  std::uint32_t from = 0;
  for (const auto& chain : chains)
    for (const double value : chain) items.push_back({key_of(value), from++});
  if (items.size() < 500) {
    std::stable_sort(items.begin(), items.end(),
                     [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
  } else {
    radix_sort(items);
  }
  std::vector<Ranked> sorted;
  sorted.reserve(items.size());
  for (const Keyed& item : items) sorted.push_back({value_of(item.key), item.from});
  return sorted;
}

std::vector<Ranked> fold(const std::vector<Ranked>& sorted, double centre) {
  std::vector<Ranked> folded;
  folded.reserve(sorted.size());
  auto above = std::lower_bound(sorted.begin(), sorted.end(), centre,
                                [](const Ranked& r, double c) { return r.value < c; });
  auto below = above;  // one past the next on the lower side
  while (folded.size() < sorted.size()) {
    const double up = above == sorted.end() ? 0 : above->value - centre;
    const double down = below == sorted.begin() ? 0 : centre - (below - 1)->value;
    if (below == sorted.begin() || (above != sorted.end() && up <= down)) {
      folded.push_back({up, (above++)->from});
    } else {
      folded.push_back({down, (--below)->from});
    }
  }
  return folded;
}

SplitChains rank_normalise(const std::vector<Ranked>& sorted, std::size_t chains,
                           const NormalScores& scores) {
  SplitChains split(chains, sorted.size() / chains);
  std::vector<std::size_t> tied;  // places of the draws that share one value
  std::size_t below = 0;          // draws of smaller value
  for (std::size_t i = 0; i < sorted.size();) {
    const double value = sorted[i].value;
    tied.clear();
    for (; i < sorted.size() && sorted[i].value == value; ++i) {
      const std::size_t place = split.place(sorted[i].from);
      if (place != SplitChains::npos) tied.push_back(place);
    }
    // The mean of the ranks below + 1, ..., below + size, twice.
    const double score = tied.empty() ? 0 : scores(2 * below + tied.size() + 1);
    for (const std::size_t place : tied) split.values[place] = score;
    below += tied.size();
  }
  return split;
}

}  // namespace lmmdsl
