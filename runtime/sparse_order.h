// The order in which the unknowns of a sparse symmetric matrix are eliminated, and what that costs.
//
// Each step of an elimination ties the neighbours of what is eliminated to one another (fill). An
// approximate minimum degree order (Amestoy, Davis and Duff 1996, SIAM J. Matrix Anal. 17: 886-905)
// keeps that low. Where factors nest it eliminates the finer before the coarser by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace lmmdsl {

/// Pairs of unknowns that the matrix ties; in any order, also more than once.
using Ties = std::vector<std::pair<std::int32_t, std::int32_t>>;

/// The upper triangle in compressed columns, rows ascending, with its diagonal. `ties` are of
/// places.
struct UpperPattern {
  std::vector<std::int32_t> columns;  ///< where each begins, and the end of the last
  std::vector<std::int32_t> rows;

  /// Where the number of two places stands.
  std::int32_t at(std::int32_t i, std::int32_t j) const;
};

UpperPattern upper_pattern(std::int32_t unknowns, const Ties& ties);

struct SparseOrder {
  std::vector<std::int32_t> place;  ///< of each unknown
  UpperPattern pattern;             ///< of places
};

SparseOrder find_order(std::int32_t unknowns, const Ties& ties);

struct SparseWork {
  double numbers = 0;          ///< that are not zero in the Cholesky factor
  double multiplications = 0;  ///< to find it: the sum of squares of these in each column
};

/// What the factorisation takes, about.
double nanoseconds(const SparseWork& work);
/// To draw, keep and summarise one number, about; and what else a step takes.
constexpr double kKeptNumber = 100, kStepByItself = 1000;

/// Where the unknown at each place stands for so many numbers. Nothing where the factor has more
/// than `most_numbers`. Takes time for each number of the pattern's factor.
std::optional<SparseWork> work_of(const UpperPattern& pattern, const std::vector<double>& lengths,
                                  double most_numbers);

}  // namespace lmmdsl
