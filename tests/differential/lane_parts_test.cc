// Plates cut into parts: with any team the same to the last bit, and what the kernels give for the
// whole plate, up to the rounding of sums.
#include "runtime/kernels/lane_parts.h"

#include <cmath>
#include <string>
#include <vector>

#include "runtime/kernels/lanes.h"
#include "runtime/random_block.h"
#include "runtime/team.h"
#include "support/catch.h"
#include "support/run_model.h"

namespace lmmdsl::testing {
namespace {

constexpr std::size_t kElements = 3 * kPart + 5, kBlocks = kElements / kLanes + 1;
constexpr int kP = 3, kQ = 2, kTriangle = 6, kRows = 4, kCoefficients = 2;

std::vector<double> numbers(std::size_t n, std::uint64_t which) {
  std::vector<double> x(n);
  Random random({.seed = 11, .sweep = which});
  normals(random, n, x.data());
  return x;
}

std::vector<double> packed(std::size_t rows, std::uint64_t which) {
  return numbers(kBlocks * rows * kLanes, which);
}

/// What each function gives: numbers of single elements, and sums.
struct Found {
  std::vector<double> elements, sums;
};

/// All functions one after the other; `whole`: the kernels are called directly.
Found run(bool whole) {
  const LaneKernels& kernels = lane_kernels();
  Found found;
  const auto keep = [&](const std::vector<double>& x) {
    found.elements.insert(found.elements.end(), x.begin(), x.end());
  };
  std::vector<double> K = packed(kTriangle, 1);
  for (std::size_t i = 0; i < K.size(); ++i) {
    const std::size_t row = i / kLanes % kTriangle;
    const bool diagonal = row == 0 || row == 2 || row == 5;
    K[i] = diagonal ? 4 + K[i] * K[i] : 0.3 * std::tanh(K[i]);
  }
  const std::vector<double> C = packed(kP * kQ, 2), h = packed(kP, 3), u = packed(kP, 4);
  const std::vector<double> above = packed(kQ, 5), once = numbers(kQ, 6), scale = {0.8};
  const std::vector<double> K0 = {1, 0, 0, 0, 1, 0, 0, 0, 1}, C0 = numbers(kP * kQ, 7),
                            h0 = numbers(kP, 8);
  const double *Ks[] = {K.data()}, *Cs[] = {C.data()}, *hs[] = {h.data()};
  const LaneSystem s = {kElements, kP, kQ,        1,         scale.data(), Ks,
                        Cs,        hs, K0.data(), C0.data(), h0.data()};

  std::vector<double> L(kBlocks * kTriangle * kLanes), W(kBlocks * kP * kQ * kLanes),
      w(kBlocks * kP * kLanes), products(3), shifts(kQ);
  LaneElimination e;
  e.L = L.data();
  e.W = W.data();
  e.w = w.data();
  e.products = products.data();
  e.shifts = shifts.data();
  e.u = u.data();
  e.v.packed = above.data();
  REQUIRE((whole ? kernels.eliminate(s, e) : eliminate_parts(kernels, s, e)));
  keep(L), keep(W), keep(w);
  found.sums.insert(found.sums.end(), {e.log_det, e.square});
  found.sums.insert(found.sums.end(), products.begin(), products.end());
  found.sums.insert(found.sums.end(), shifts.begin(), shifts.end());

  // One factor for all: its diagonal holds the inverse.
  const std::vector<double> shared = {0.5, 0.2, 0.4, -0.1, 0.3, 0.8};
  for (const bool same : {false, true}) {
    for (const LaneAbove& v : {LaneAbove{once.data(), nullptr}, LaneAbove{nullptr, above.data()}}) {
      const double* factor = same ? shared.data() : L.data();
      std::vector<double> z = packed(kP, 9);
      REQUIRE((whole ? kernels.draw(s, factor, same, v, z.data(), z.data())
                     : draw_parts(kernels, s, factor, same, v, z.data(), z.data())));
      keep(z);
    }
  }
  const std::vector<double> same_W = numbers(kP * kQ, 10);
  std::vector<double> sum(kP);
  if (whole) kernels.solve(s, shared.data(), same_W.data(), e, sum.data());
  else solve_parts(kernels, s, shared.data(), same_W.data(), e, sum.data());
  keep(w);
  found.sums.insert(found.sums.end(), sum.begin(), sum.end());
  found.sums.push_back(e.square);

  const std::vector<double> T = packed(kRows * (kRows + 1) / 2, 12);
  const std::vector<double> t = numbers(kElements * (kRows - 1), 13), mean = numbers(kRows - 1, 14);
  std::vector<double> out(kElements), square_sums((kRows - 1) * (kRows - 1));
  if (whole) kernels.distance(kRows, kElements, T.data(), t.data(), out.data());
  else distance_parts(kernels, kRows, kElements, T.data(), t.data(), out.data());
  keep(out);
  const double* terms[] = {t.data(), mean.data()};
  const std::size_t step[] = {1, 0};
  if (whole) kernels.outer(kRows - 1, kElements, 2, terms, step, square_sums.data());
  else outer_parts(kernels, kRows - 1, kElements, 2, terms, step, square_sums.data());
  found.sums.insert(found.sums.end(), square_sums.begin(), square_sums.end());

  const std::vector<int> counts = {1, 1};
  const std::vector<double> residual = packed(kCoefficients + 1, 15);
  std::vector<int> index(kBlocks * kCoefficients * kLanes);
  for (std::size_t i = 0; i < index.size(); ++i) index[i] = static_cast<int>(i * 7 % 50);
  const LaneResiduals r = {kBlocks, kCoefficients, counts.data(), residual.data(), index.data()};
  const double* x[] = {u.data(), h.data()};
  found.sums.push_back(whole ? kernels.residuals(r, once.data(), x)
                             : residuals_parts(kernels, r, once.data(), x));
  return found;
}

}  // namespace

TEST_CASE("long plates in parts are as in one piece, whoever computes the parts") {
  const Found whole = run(true), alone = run(false);
  CHECK(whole.elements == alone.elements);
  REQUIRE(whole.sums.size() == alone.sums.size());
  for (std::size_t i = 0; i < whole.sums.size(); ++i) {
    INFO(i);
    CHECK(alone.sums[i] == Approx(whole.sums[i]).epsilon(1e-10));
  }
  for (const int threads : {1, 2, 5}) {
    const Team team(threads);
    const Found together = run(false);
    INFO(threads << " threads");
    CHECK(together.elements == alone.elements);
    CHECK(together.sums == alone.sums);
  }
  CHECK(Team::current() == nullptr);
}

TEST_CASE("a matrix that is not positive definite is found in any part") {
  std::vector<double> K = packed(1, 1);
  for (double& x : K) x = 1;
  K[kBlocks * kLanes - 20] = -1;
  const std::vector<double> h = packed(1, 2), scale = {1};
  const double *Ks[] = {K.data()}, *none[] = {nullptr}, *hs[] = {h.data()};
  const std::vector<double> zero = {0};
  const LaneSystem s = {kElements, 1,  0,           1,           scale.data(), Ks,
                        none,      hs, zero.data(), zero.data(), zero.data()};
  std::vector<double> L(kBlocks * kLanes);
  LaneElimination e;
  e.L = L.data();
  CHECK_FALSE(eliminate_parts(lane_kernels(), s, e));
}

TEST_CASE("draws of a large plate are the same for any number of threads") {
  const std::string groups =
      "data y : real\ndata g : factor\ny ~ Normal(b[g], s^2)\nb[g] ~ Normal(m, t^2)\n"
      "m ~ Normal(0, 10)\ns^2 ~ InverseGamma(2, 1)\nt^2 ~ InverseGamma(2, 1)\n";
  const std::string rows =
      "data hit : binary\ndata y : real\nhit ~ Bernoulli(logit = m + b * y)\nm ~ Normal(0, 10)\n"
      "b ~ Normal(0, 10)\n";
  std::string table = "y,g,hit\n";
  for (std::size_t row = 0; row < 2 * kPart + 300; ++row)
    table += std::to_string(std::sin(static_cast<double>(row * row % 1009))) + "," +
             std::to_string(row / 2) + "," + std::to_string(row % 3 == 0) + "\n";
  for (const std::string& model : {groups, rows}) {
    const Bound bound = bind_texts(text("large.lmm", model), text("large.csv", table),
                                   {.headers = {}, .schedule = "auto"});
    const auto sample_with = [&](int threads) {
      Progress progress;
      return sample(*bound.plan,
                    {.chains = 1, .warmup = 12, .draws = 6, .seed = 4, .threads = threads},
                    progress);
    };
    const Samples one = sample_with(1), three = sample_with(3);
    REQUIRE(one.draws.kept[0] == 6);
    CHECK(one.draws.values == three.draws.values);
  }
}

}  // namespace lmmdsl::testing
