#include "runtime/sparse_order.h"

#include <Eigen/OrderingMethods>
#include <algorithm>
#include <iterator>

namespace lmmdsl {

UpperPattern upper_pattern(std::int32_t unknowns, const Ties& ties) {
  const auto n = static_cast<std::size_t>(unknowns);
  UpperPattern pattern;
  pattern.columns.assign(n + 1, 1);  // of the diagonal
  pattern.columns[0] = 0;
  for (const auto& [i, j] : ties)
    if (i != j) ++pattern.columns[static_cast<std::size_t>(std::max(i, j)) + 1];
  for (std::size_t c = 0; c < n; ++c) pattern.columns[c + 1] += pattern.columns[c];
  std::vector<std::int32_t> rows(static_cast<std::size_t>(pattern.columns[n]));
  std::vector<std::int32_t> next(pattern.columns.begin(), pattern.columns.end() - 1);
  for (std::size_t c = 0; c < n; ++c)
    rows[static_cast<std::size_t>(next[c]++)] = static_cast<std::int32_t>(c);
  for (const auto& [i, j] : ties)
    if (i != j)
      rows[static_cast<std::size_t>(next[static_cast<std::size_t>(std::max(i, j))]++)] =
          std::min(i, j);
  // Each once.
  std::int32_t begin = 0;
  for (std::size_t c = 0; c < n; ++c) {
    const auto first = rows.begin() + begin, last = rows.begin() + pattern.columns[c + 1];
    begin = pattern.columns[c + 1];
    std::sort(first, last);
    pattern.columns[c] = static_cast<std::int32_t>(pattern.rows.size());
    std::unique_copy(first, last, std::back_inserter(pattern.rows));
  }
  pattern.columns[n] = static_cast<std::int32_t>(pattern.rows.size());
  return pattern;
}

std::int32_t UpperPattern::at(std::int32_t i, std::int32_t j) const {
  const auto c = static_cast<std::size_t>(std::max(i, j));
  const auto found =
      std::lower_bound(rows.begin() + columns[c], rows.begin() + columns[c + 1], std::min(i, j));
  return static_cast<std::int32_t>(found - rows.begin());
}

SparseOrder find_order(std::int32_t unknowns, const Ties& ties) {
  using Matrix = Eigen::SparseMatrix<double>;
  SparseOrder order;
  const UpperPattern pattern = upper_pattern(unknowns, ties);
  const std::vector<double> ones(pattern.rows.size(), 1);
  const Eigen::Map<const Matrix> upper(unknowns, unknowns,
                                       static_cast<Eigen::Index>(pattern.rows.size()),
                                       pattern.columns.data(), pattern.rows.data(), ones.data());
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> eliminated;
  Eigen::AMDOrdering<int>()(upper.selfadjointView<Eigen::Upper>(), eliminated);
  const auto& indices = eliminated.indices();  // indices[k]: what is eliminated as k-th
  order.place.resize(static_cast<std::size_t>(unknowns));
  for (std::int32_t k = 0; k < unknowns; ++k) order.place[static_cast<std::size_t>(indices[k])] = k;
  Ties placed;
  placed.reserve(ties.size());
  for (const auto& [i, j] : ties)
    placed.emplace_back(order.place[static_cast<std::size_t>(i)],
                        order.place[static_cast<std::size_t>(j)]);
  order.pattern = upper_pattern(unknowns, placed);
  return order;
}

double nanoseconds(const SparseWork& work) {
  return 0.5 * work.multiplications + 12 * work.numbers;
}

// Row k of the factor is not zero where the elimination tree leads from the rows of column k up to
// k (Liu 1990, SIAM J. Matrix Anal. 11: 134-172).
std::optional<SparseWork> work_of(const UpperPattern& pattern, const std::vector<double>& lengths,
                                  double most_numbers) {
  const auto n = static_cast<std::int32_t>(pattern.columns.size()) - 1;
  std::vector<std::int32_t> parent(static_cast<std::size_t>(n), -1), seen(parent);
  std::vector<double> count = lengths;  // numbers at and below each diagonal block
  SparseWork work;
  for (const double length : lengths) work.numbers += length * (length + 1) / 2;
  for (std::int32_t k = 0; k < n; ++k) {
    const auto at_k = static_cast<std::size_t>(k);
    seen[at_k] = k;
    for (std::int32_t e = pattern.columns[at_k]; e < pattern.columns[at_k + 1]; ++e) {
      std::int32_t i = pattern.rows[static_cast<std::size_t>(e)];
      while (seen[static_cast<std::size_t>(i)] != k) {
        const auto at_i = static_cast<std::size_t>(i);
        seen[at_i] = k;
        count[at_i] += lengths[at_k];
        work.numbers += lengths[at_i] * lengths[at_k];
        if (parent[at_i] < 0) parent[at_i] = k;
        i = parent[at_i];
      }
    }
    if (work.numbers > most_numbers) return std::nullopt;
  }
  for (std::size_t i = 0; i < count.size(); ++i)
    for (double c = count[i]; c > count[i] - lengths[i]; --c) work.multiplications += c * c;
  return work;
}

}  // namespace lmmdsl
