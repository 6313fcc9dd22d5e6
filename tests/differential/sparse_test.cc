// Joint steps as one sparse matrix against the same plate by plate, where plates nest: two ways to
// the same factor, density and law of draws. And the order of elimination against dense algebra.
// (Where factors cross: joint_step_test.cc, against the oracle.)

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "runtime/gaussian_block.h"
#include "runtime/initial.h"
#include "runtime/sparse_block.h"
#include "support/block_density.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

const std::string kHead = "data x1, o, y : real\ndata w : real > 0\ndata g, h : factor\n";

const std::vector<std::string> kModels = {
    "X = [1, x1]\ny ~ Normal(X * b[g], s^2 / w)\nb[g] ~ Normal(t, S)\nt ~ Normal(0, 5 * I(2))\n"
    "S ~ InverseWishart(5, I(2))\ns^2 ~ InverseGamma(2, 3)\n",
    "y ~ Normal(a[g] + b[g] * x1 - o, v)\na[g] ~ Normal(m, va)\nb[g] ~ Normal(0, vb)\n"
    "m ~ Normal(0, 9)\nv ~ InverseGamma(2, 3)\nva ~ InverseGamma(2, 3)\nvb ~ InverseGamma(2, 3)\n",
    "y ~ Normal(d[g, h], v)\nd[g, h] ~ Normal(a[g], vd)\na[g] ~ Normal(m, va)\nm ~ Normal(0, 9)\n"
    "v ~ InverseGamma(2, 1)\nvd ~ InverseGamma(2, 1)\nva ~ InverseGamma(2, 1)\n"};

/// The one joint step of a model, both ways, with the factors where a chain starts.
struct Both {
  Bound bound;
  PlanStep step, as_sparse;
  Machine machine;
  std::unique_ptr<GaussianBlock> nested;
  std::unique_ptr<SparseBlock> sparse;
  GaussianFactor a, b;  ///< of nested, of sparse

  explicit Both(const std::string& model)
      : bound(bind_texts(text("m.lmm", kHead + model), text("d.csv", site_table()), options())),
        machine(*bound.plan) {
    for (const PlanStep& s : bound.program->plan.steps)
      if (s.joint) step = s;
    REQUIRE(step.joint);
    as_sparse = step;
    as_sparse.sparse = true;
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    machine.run_all();
    nested = std::make_unique<GaussianBlock>(*bound.plan, step);
    sparse = std::make_unique<SparseBlock>(*bound.plan, as_sparse);
    a = nested->make_factor();
    b = sparse->make_factor();
    REQUIRE(nested->factor(machine, a));
    REQUIRE(sparse->factor(machine, b));
  }

  static BindOptions options() {
    BindOptions options;
    options.schedule = "marginal";
    return options;
  }
};

bool close(double a, double b) { return std::abs(a - b) <= 1e-9 * (1 + std::abs(b)); }

TEST_CASE("a joint step as a sparse matrix has the density it has plate by plate") {
  for (const std::string& model : kModels) {
    Both both(model);
    auto& [bound, step, as_sparse, machine, nested, sparse, a, b] = both;
    CAPTURE(model);
    CHECK(close(a.log_det, b.log_det));
    for (std::uint64_t k = 0; k < 3; ++k) {
      REQUIRE(sparse->draw(machine, b, {.seed = 3, .sweep = k}));
      const double density = density_of_block(*sparse, machine, b);
      CHECK(close(density_of_block(*nested, machine, a), density));
    }
  }
}

// Of n numbers the squares of z = L'(t - mean) are chi-squared with n degrees of freedom, summed
// over draws approximately Normal: beyond 6 standard deviations with probability 2e-9. Their mean
// is that of the other way.
TEST_CASE("draws by a sparse matrix have its law") {
  const int kDraws = 4000;
  for (const std::string& model : kModels) {
    Both both(model);
    auto& [bound, step, as_sparse, machine, nested, sparse, a, b] = both;
    const auto n = static_cast<double>(sparse->unknowns());
    double squares = 0;
    for (int k = 0; k < kDraws; ++k) {
      REQUIRE(sparse->draw(machine, b, {.seed = 9, .sweep = static_cast<std::uint64_t>(k)}));
      squares += a.log_det - 2 * density_of_block(*nested, machine, a);
    }
    CAPTURE(model);
    CHECK(std::abs(squares - n * kDraws) <= 6 * std::sqrt(2 * n * kDraws));
  }
}

/// Ties of a graph with an edge of each pair by chance.
Ties random_ties(std::int32_t n, std::uint64_t one_in, std::uint64_t seed) {
  Ties ties;
  std::uint64_t state = seed;
  for (std::int32_t i = 0; i < n; ++i)
    for (std::int32_t j = 0; j < i; ++j) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      if ((state >> 33) % one_in != 0) continue;
      ties.emplace_back(i, j);
      if (i % 3 == 0) ties.emplace_back(j, i);
    }
  return ties;
}

// Numbers that are not zero in a factor: with these values no entry vanishes by chance.
TEST_CASE("the work of an order is that of the factor it leads to") {
  for (const std::int32_t n : {1, 2, 9, 40}) {
    for (const std::uint64_t one_in : {2, 5, 12}) {
      const SparseOrder order = find_order(n, random_ties(n, one_in, 7));
      std::vector<std::int32_t> sorted = order.place;
      std::sort(sorted.begin(), sorted.end());
      for (std::int32_t i = 0; i < n; ++i) CHECK(sorted[static_cast<std::size_t>(i)] == i);
      Eigen::MatrixXd K = Eigen::MatrixXd::Zero(n, n);
      for (std::int32_t c = 0; c < n; ++c)
        for (std::int32_t e = order.pattern.columns[static_cast<std::size_t>(c)];
             e < order.pattern.columns[static_cast<std::size_t>(c) + 1]; ++e) {
          const std::int32_t r = order.pattern.rows[static_cast<std::size_t>(e)];
          K(r, c) = K(c, r) = r == c ? 2 * n : -1 - 1.0 / (2 + r + 3 * c);
          CHECK(order.pattern.at(c, r) == e);
          CHECK(order.pattern.at(r, c) == e);
        }
      const Eigen::MatrixXd L = K.llt().matrixL();
      double numbers = 0, multiplications = 0;
      for (std::int32_t c = 0; c < n; ++c) {
        const auto in_column = static_cast<double>((L.col(c).array() != 0).count());
        numbers += in_column;
        multiplications += in_column * in_column;
      }
      const auto work = work_of(order.pattern, std::vector<double>(static_cast<std::size_t>(n), 1),
                                std::numeric_limits<double>::infinity());
      CAPTURE(n, one_in);
      REQUIRE(work);
      CHECK(work->numbers == numbers);
      CHECK(work->multiplications == multiplications);
      CHECK_FALSE(
          work_of(order.pattern, std::vector<double>(static_cast<std::size_t>(n), 1), numbers - 1));
    }
  }
}

// What all others meet comes last: eliminated first it would tie all of them.
TEST_CASE("an order of elimination leaves what all meet to the end") {
  const std::int32_t n = 50;
  Ties star;
  for (std::int32_t i = 1; i < n; ++i) star.emplace_back(0, i);
  const SparseOrder order = find_order(n, star);
  const auto work = work_of(order.pattern, std::vector<double>(static_cast<std::size_t>(n), 1),
                            std::numeric_limits<double>::infinity());
  REQUIRE(work);
  CHECK(work->numbers == 2 * n - 1);
  CHECK(work->multiplications == 4 * (n - 1) + 1);
}

}  // namespace
}  // namespace lmmdsl::testing
