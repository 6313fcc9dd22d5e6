// The draws of one scalar in order, and what is read off that order: quantiles and normal scores.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/diagnostics.h"
#include "runtime/diagnostics_ess.h"

namespace lmmdsl {

/// A draw and where it came from: chain * length + t.
struct Ranked {
  double value;
  std::uint32_t from;
};

/// Sorted by value; no value is NaN. -0 counts as 0.
std::vector<Ranked> sort_draws(const Chains& chains);

/// |x - centre| of sorted draws, sorted: the two sides of the centre merged.
std::vector<Ranked> fold(const std::vector<Ranked>& sorted, double centre);

/// Split chains of the normal scores of the ranks (averaged over ties) among the draws that
/// splitting keeps.
SplitChains rank_normalise(const std::vector<Ranked>& sorted, std::size_t chains,
                           const NormalScores& scores);

/// The generalised Pareto shape of the heavier tail of sorted values, of which each tail has
/// `tail_length`; see tail_index().
double pareto_shape(std::span<const double> sorted, std::size_t tail_length);

}  // namespace lmmdsl
