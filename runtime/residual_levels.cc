#include "runtime/residual_levels.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/bound_plan.h"
#include "runtime/random_block.h"

namespace lmmdsl {

namespace {

/// How many times as large as its sum the terms of a sum may be.
constexpr double kMostCancelled = 1e4;

/// The rows of a ResidualSum, unpacked.
class Rows {
 public:
  explicit Rows(const ResidualSum& sum)
      : sum_(sum), columns_(sum.counts.size()), terms_(sum.terms.size()) {
    for (std::size_t c = 0; c < columns_; ++c)
      column_.insert(column_.end(), static_cast<std::size_t>(sum.counts[c]), c);
  }

  std::size_t size() const { return sum_.blocks * kLanes; }
  std::size_t columns() const { return columns_; }
  /// (y, A) of a row; zeros for rows that fill up the last block.
  Eigen::VectorXd numbers(std::size_t row) const {
    Eigen::VectorXd a(columns_ + 1);
    for (std::size_t c = 0; c <= columns_; ++c)
      a[static_cast<Eigen::Index>((c + 1) % (columns_ + 1))] =
          sum_.numbers[(row / kLanes * (columns_ + 1) + c) * kLanes + row % kLanes];
    return a;
  }
  std::size_t level(std::size_t row, std::size_t term) const {
    return static_cast<std::size_t>(
        sum_.index[(row / kLanes * terms_ + term) * kLanes + row % kLanes]);
  }
  /// The place of a term's column in (y, A).
  Eigen::Index place(std::size_t term) const {
    return static_cast<Eigen::Index>(column_[term] + 1);
  }

 private:
  const ResidualSum& sum_;
  std::size_t columns_, terms_;
  std::vector<std::size_t> column_;  ///< by term
};

/// Whether a product sum is s of term `by` for the effects of term `other`: for effects drawn at
/// random, to rounding.
bool serves(const LaneKernels& kernels, const Rows& rows, const ProductSum& sum, std::size_t levels,
            std::size_t by, std::size_t other, std::size_t others) {
  std::vector<double> x(others + 1), expected(levels), found(levels), size(levels);
  Random random({.seed = 1, .step = static_cast<std::uint32_t>(other)});
  normals(random, others, x.data());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Eigen::VectorXd a = rows.numbers(r);
    const double term = a[rows.place(by)] * a[rows.place(other)] * x[rows.level(r, other)];
    expected[rows.level(r, by)] += term;
    size[rows.level(r, by)] += std::abs(term);
  }
  kernels.products(sum.lanes(), x.data(), found.data());
  for (std::size_t l = 0; l < levels; ++l)
    if (!(std::abs(found[l] - expected[l]) <= 1e-12 * size[l])) return false;
  return true;
}

/// Of each pair of terms the product sums that may serve; empty where none does for a pair.
std::vector<std::vector<ResidualLevels::Seen>> find_pairs(const BoundPlan& bound,
                                                          const Fusion& fusion,
                                                          const ResidualSum& sum,
                                                          const Rows& rows) {
  const auto plate = [&](int v) -> const Plate& { return bound.plan->values[v].expr->plate; };
  const auto levels = [&](std::size_t term) { return bound.sizes[sum.terms[term].value].elements; };
  std::vector<std::vector<ResidualLevels::Seen>> pairs;
  for (std::size_t j = 0; j < sum.terms.size(); ++j) {
    for (std::size_t k = j + 1; k < sum.terms.size(); ++k) {
      std::vector<ResidualLevels::Seen> pair;
      for (std::size_t s = 0; s < fusion.product_sums.size(); ++s) {
        const ProductSum& product = fusion.product_sums[s];
        if (fusion.inside[product.value] || bound.sizes[product.value].block() != 1) continue;
        for (const auto& [by, other] : {std::pair{j, k}, std::pair{k, j}}) {
          if (product.moving == sum.terms[other].value &&
              plate(product.value) == plate(sum.terms[by].value) &&
              product.group.size() == levels(by) &&
              serves(*bound.lanes, rows, product, levels(by), by, other, levels(other)))
            pair.push_back({by, other, s});
        }
      }
      if (pair.empty()) return {};
      pairs.push_back(std::move(pair));
    }
  }
  return pairs;
}

/// The values of o that make the squares least where there are no effects.
Eigen::VectorXd find_centre(const Rows& rows) {
  const auto n = static_cast<Eigen::Index>(rows.columns());
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(n + 1, n + 1);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Eigen::VectorXd a = rows.numbers(r);
    squares += a * a.transpose();
  }
  return -squares.bottomRightCorner(n, n).completeOrthogonalDecomposition().solve(
      squares.bottomLeftCorner(n, 1));
}

/// The sums over rows, in all and by level, about the centre.
void add_rows(const Rows& rows, const Eigen::VectorXd& centre, ResidualLevels& found) {
  const Eigen::Index n = centre.size();
  const std::size_t height = rows.columns() + 2;
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(n + 1, n + 1);
  for (ResidualLevels::Factor& f : found.factors)
    f.numbers.resize((f.levels + kLanes - 1) / kLanes * height * kLanes);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    Eigen::VectorXd a = rows.numbers(r);
    a[0] += a.tail(n).dot(centre);
    squares += a * a.transpose();
    for (std::size_t j = 0; j < found.factors.size(); ++j) {
      const double own = a[rows.place(j)];
      const std::size_t level = rows.level(r, j);
      double* to =
          found.factors[j].numbers.data() + level / kLanes * height * kLanes + level % kLanes;
      for (Eigen::Index i = 0; i <= n; ++i, to += kLanes) *to += own * a[i];
      *to += own * own;
    }
  }
  found.squares.assign(squares.data(), squares.data() + squares.size());
}

}  // namespace

ResidualLevels find_residual_levels(const BoundPlan& bound, const Fusion& fusion,
                                    const ResidualSum& sum) {
  if (!bound.lanes) return {};
  for (const ResidualSum::Term& t : sum.terms)
    if (bound.sizes[t.value].block() != 1) return {};
  const Rows rows(sum);
  ResidualLevels found;
  found.pairs = find_pairs(bound, fusion, sum, rows);
  if (found.pairs.empty() && sum.terms.size() > 1) return {};
  for (const ResidualSum::Term& t : sum.terms)
    found.factors.push_back({bound.sizes[t.value].elements, {}});
  const Eigen::VectorXd centre = find_centre(rows);
  found.centre.assign(centre.data(), centre.data() + centre.size());
  add_rows(rows, centre, found);
  return found;
}

std::optional<double> sum_by_level(const LaneKernels& kernels, const ResidualLevels& levels,
                                   const double* once, const double* const* x, const Input* sums) {
  if (levels.empty()) return std::nullopt;
  std::array<std::array<const double*, kMostTerms>, kMostTerms> seen;  // by term
  std::array<int, kMostTerms> count = {};
  for (const auto& pair : levels.pairs) {
    bool found = false;
    for (const ResidualLevels::Seen& s : pair) {
      const double *result = sums++->data, *from = sums++->data;
      if (found) continue;
      const std::size_t size = levels.factors[s.other].levels;
      found = std::equal(from, from + size, x[s.other]);
      if (found) seen[s.by][count[s.by]++] = result;
    }
    if (!found) return std::nullopt;
  }
  const std::size_t n = levels.centre.size();
  std::array<double, kMostTerms + 1> g = {1};
  for (std::size_t c = 0; c < n; ++c) g[c + 1] = once[c] - levels.centre[c];
  double sum = 0, size = 0;
  for (std::size_t i = 0; i <= n; ++i) {
    for (std::size_t j = 0; j <= n; ++j) {
      const double term = g[i] * levels.squares[i * (n + 1) + j] * g[j];
      sum += term;
      size += std::abs(term);
    }
  }
  for (std::size_t j = 0; j < levels.factors.size(); ++j) {
    const ResidualLevels::Factor& f = levels.factors[j];
    double own = 0;
    sum += kernels.factor_levels({f.levels, static_cast<int>(n), f.numbers.data()}, g.data(),
                                 count[j], seen[j].data(), x[j], &own);
    size += own;
  }
  if (!(sum * kMostCancelled > size)) return std::nullopt;
  return sum;
}

}  // namespace lmmdsl
