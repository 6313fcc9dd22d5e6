// Eight states side by side: the kernels against Eigen, on every instruction set of this machine;
// values and densities of a plan against a machine and a block that stand at each state in turn.
#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "runtime/gaussian_states.h"
#include "runtime/initial.h"
#include "runtime/kernels/lanes.h"
#include "runtime/marginal_step.h"
#include "runtime/random_block.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

Matrix normal_matrix(Random& random, int rows, int cols) {
  Matrix m(rows, cols);
  for (double& x : m.reshaped()) x = normal(random);
  return m;
}

Matrix positive_definite(Random& random, int p) {
  const Matrix A = normal_matrix(random, p + 2, p);
  return A.transpose() * A + 0.3 * Matrix::Identity(p, p);
}

/// Numbers of eight states, side by side.
template <class At>
std::vector<double> side_by_side(int size, At at) {
  std::vector<double> all(static_cast<std::size_t>(size * kLanes));
  for (int i = 0; i < size; ++i)
    for (int k = 0; k < kLanes; ++k) all[static_cast<std::size_t>(i * kLanes + k)] = at(k, i);
  return all;
}

double distance_of(const std::vector<double>& found, int state, const Matrix& expected) {
  double worst = 0;
  for (Eigen::Index i = 0; i < expected.size(); ++i)
    worst = std::max(
        worst, std::abs(found[static_cast<std::size_t>(i * kLanes + state)] - expected.data()[i]));
  return worst / (1 + expected.norm());
}

/// The same bits, not a number included.
bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("logarithms of lanes are those of the library to two units in the last place") {
  std::vector<double> x = {1,
                           2,
                           0.5,
                           0.7071067811865475,
                           0.7071067811865476,
                           1.4142135623730951,
                           1.4142135623730949,
                           3e-308,
                           1.7e308,
                           1 + 1e-15,
                           1 - 1e-15,
                           1e-310,
                           0,
                           -1,
                           std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()};
  Random random({.seed = 21});
  while (x.size() < 8000) x.push_back(std::exp((x.size() % 2 == 0 ? 1 : 200) * normal(random)));
  std::vector<double> first;
  for (const LaneKernels* kernels : lane_kernel_sets()) {
    std::vector<double> found(x.size());
    for (std::size_t i = 0; i < x.size(); i += kLanes) kernels->log(&x[i], &found[i]);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double expected = std::log(x[i]);
      CAPTURE(kernels->name, x[i], expected);
      if (!std::isfinite(expected)) {
        CHECK((found[i] == expected || (std::isnan(found[i]) && std::isnan(expected))));
        continue;
      }
      // The larger of log m and e log 2, where these cancel.
      const double unit = std::max(std::abs(expected), x[i] > 0.7 && x[i] < 1.42 ? 0 : 0.34);
      CHECK(std::abs(found[i] - expected) <= 4.5e-16 * unit);
    }
    if (first.empty()) first = found;
    CHECK(same_bits(found, first));
  }
}

TEST_CASE("matrices of eight states are multiplied and inverted as by Eigen") {
  Random random({.seed = 22});
  for (int p = 1; p <= kMostLaneSize; ++p) {
    std::vector<Matrix> S, A, B;
    const int cols = 1 + p % 3;
    for (int k = 0; k < kLanes; ++k) {
      S.push_back(positive_definite(random, p));
      A.push_back(S.back().llt().matrixL());
      B.push_back(normal_matrix(random, p, cols));
    }
    const auto all = [&](const std::vector<Matrix>& m) {
      return side_by_side(static_cast<int>(m[0].size()),
                          [&](int k, int i) { return m[k].data()[i]; });
    };
    const auto s = all(S), a = all(A), b = all(B);
    std::vector<double> first;
    for (const LaneKernels* kernels : lane_kernel_sets()) {
      const std::size_t square = s.size();
      std::vector<double> product(b.size()), inverse(square), log_det(kLanes), AA(square),
          inverse_AA(square);
      kernels->product(p, p, cols, s.data(), b.data(), product.data());
      REQUIRE(kernels->inverse(p, s.data(), inverse.data()));
      REQUIRE(kernels->log_determinant(p, s.data(), log_det.data()));
      kernels->square_triangle(p, false, a.data(), AA.data());
      kernels->square_triangle(p, true, a.data(), inverse_AA.data());
      for (int k = 0; k < kLanes; ++k) {
        CAPTURE(kernels->name, p, k);
        CHECK(distance_of(product, k, S[k] * B[k]) < 1e-13);
        CHECK(distance_of(inverse, k, S[k].inverse()) < 1e-11);
        CHECK(std::abs(log_det[k] - std::log(S[k].determinant())) < 1e-11);
        CHECK(distance_of(AA, k, S[k]) < 1e-13);
        CHECK(distance_of(inverse_AA, k, S[k].inverse()) < 1e-11);
        for (int i = 0; i < p; ++i)
          for (int j = 0; j < i; ++j)
            CHECK(inverse[(i + j * p) * kLanes + k] == inverse[(j + i * p) * kLanes + k]);
      }
      std::vector<double> found = product;
      for (const auto* part : {&inverse, &log_det, &AA, &inverse_AA})
        found.insert(found.end(), part->begin(), part->end());
      if (first.empty()) first = found;
      CHECK(same_bits(found, first));
      // One of them not positive definite, with one negative pivot, then with two.
      std::vector<double> wrong = s;
      for (int i = p - 1; i >= std::max(0, p - 2); --i) {
        wrong[static_cast<std::size_t>((i + i * p) * kLanes + 5)] = -1;
        CHECK_FALSE(kernels->inverse(p, wrong.data(), inverse.data()));
        CHECK_FALSE(kernels->log_determinant(p, wrong.data(), log_det.data()));
      }
    }
  }
}

TEST_CASE("a level and the one above have the density of the whole system, at eight states") {
  Random random({.seed = 23});
  for (int p = 1; p <= kMostLaneSize; ++p) {
    for (const int q : {0, 1, 3, kMostLaneAbove}) {
      for (const int n : {1, 7, 19}) {
        for (const bool shared : {false, true}) {
          const int T = p * (p + 1) / 2;
          const std::size_t blocks = static_cast<std::size_t>((n + kLanes - 1) / kLanes);
          const auto packed = [&](int rows) {
            std::vector<double> x(blocks * static_cast<std::size_t>(rows * kLanes));
            return x;
          };
          std::vector<double> K = packed(T), C = packed(p * q), h = packed(p), u = packed(p);
          std::vector<Matrix> Ke, Ce;
          std::vector<Vector> he, ue;
          const auto put = [&](std::vector<double>& to, int rows, int e, int row, double x) {
            to[static_cast<std::size_t>((e / kLanes * rows + row) * kLanes + e % kLanes)] = x;
          };
          for (int e = 0; e < n; ++e) {
            Ke.push_back(shared ? Matrix::Zero(p, p) : positive_definite(random, p));
            Ce.push_back(shared ? Matrix::Zero(p, q) : normal_matrix(random, p, q));
            he.push_back(normal_matrix(random, p, 1));
            ue.push_back(normal_matrix(random, p, 1));
            for (int i = 0, at = 0; i < p; ++i) {
              for (int j = 0; j <= i; ++j, ++at) put(K, T, e, at, Ke[e](i, j));
              for (int c = 0; c < q; ++c) put(C, p * q, e, i * q + c, Ce[e](i, c));
              put(h, p, e, i, he[e][i]);
              put(u, p, e, i, ue[e][i]);
            }
          }
          const Vector v = normal_matrix(random, q, 1);
          std::vector<Matrix> K0, C0, K1;
          std::vector<Vector> h0, h1;
          std::array<double, kLanes> scale;
          for (int k = 0; k < kLanes; ++k) {
            scale[k] = std::exp(0.3 * normal(random));
            K0.push_back(positive_definite(random, p));
            C0.push_back(normal_matrix(random, p, q));
            h0.push_back(normal_matrix(random, p, 1));
            h1.push_back(normal_matrix(random, q, 1));
            // Above it, large enough for the whole to be positive definite.
            Matrix above = Matrix::Identity(q, q);
            for (int e = 0; e < n; ++e) {
              const Matrix Ck = C0[k] + scale[k] * Ce[e];
              above += Ck.transpose() * (K0[k] + scale[k] * Ke[e]).llt().solve(Ck);
            }
            K1.push_back(above);
          }
          const auto rows = [](const std::vector<Matrix>& m) {
            const int cols = static_cast<int>(m[0].cols());
            return side_by_side(static_cast<int>(m[0].size()),
                                [&](int k, int i) { return m[k](i / cols, i % cols); });
          };
          const auto vectors = [](const std::vector<Vector>& m) {
            return side_by_side(static_cast<int>(m[0].size()),
                                [&](int k, int i) { return m[k][i]; });
          };
          const auto K0s = rows(K0), C0s = q > 0 ? rows(C0) : std::vector<double>(),
                     K1s = q > 0 ? rows(K1) : std::vector<double>(), h0s = vectors(h0),
                     h1s = vectors(h1);
          const double *Ks[] = {shared ? nullptr : K.data()}, *Cs[] = {shared ? nullptr : C.data()},
                       *hs[] = {h.data()};
          LaneStates s;
          s.level = {static_cast<std::size_t>(n),
                     p,
                     q,
                     1,
                     scale.data(),
                     Ks,
                     Cs,
                     hs,
                     K0s.data(),
                     C0s.data(),
                     h0s.data()};
          s.shared = shared;
          s.K_above = K1s.data();
          s.h_above = h1s.data();
          s.u = u.data();
          s.v = v.data();
          std::vector<double> first, drawn, z(static_cast<std::size_t>(n * p + q) * kLanes);
          for (double& each : z) each = normal(random);
          for (const LaneKernels* kernels : lane_kernel_sets()) {
            std::vector<double> found(2 * kLanes), x(z.size());
            REQUIRE(kernels->states(s, found.data(), found.data() + kLanes));
            REQUIRE(kernels->draw_states(s, z.data(), x.data()));
            if (first.empty()) first = found, drawn = x;
            CAPTURE(kernels->name, p, q, n, shared);
            CHECK(same_bits(found, first));
            CHECK(same_bits(x, drawn));
          }
          for (int k = 0; k < kLanes; ++k) {
            const int size = n * p + q;
            Matrix whole = Matrix::Zero(size, size);
            Vector shift(size), at(size);
            whole.bottomRightCorner(q, q) = K1[k];
            shift.tail(q) = h1[k];
            at.tail(q) = v;
            for (int e = 0; e < n; ++e) {
              const Matrix Ck = C0[k] + scale[k] * Ce[e];
              whole.block(e * p, e * p, p, p) = K0[k] + scale[k] * Ke[e];
              whole.block(e * p, n * p, p, q) = Ck;
              whole.block(n * p, e * p, q, p) = Ck.transpose();
              shift.segment(e * p, p) = h0[k] + scale[k] * he[e];
              at.segment(e * p, p) = ue[e];
            }
            const Eigen::LLT<Matrix> llt(whole);
            REQUIRE(llt.info() == Eigen::Success);
            const Matrix L = llt.matrixL();
            const double log_det = 2 * L.diagonal().array().log().sum();
            const double square = (L.transpose() * at - llt.matrixL().solve(shift)).squaredNorm();
            CAPTURE(p, q, n, shared, k);
            CHECK(std::abs(first[k] - log_det) < 1e-11 * (1 + std::abs(log_det)));
            CHECK(std::abs(first[kLanes + k] - square) < 1e-10 * (1 + square));
            Vector x(size), noise(size);
            for (int i = 0; i < size; ++i) {
              x[i] = drawn[static_cast<std::size_t>(i * kLanes + k)];
              noise[i] = z[static_cast<std::size_t>(i * kLanes + k)];
            }
            const Vector back = L.transpose() * x - llt.matrixL().solve(shift);
            CHECK((back - noise).cwiseAbs().maxCoeff() < 1e-9 * (1 + x.cwiseAbs().maxCoeff()));
          }
          std::vector<double> wrong = K0s;
          wrong[static_cast<std::size_t>((p * p - 1) * kLanes + 6)] = -1e6;
          s.level.K0 = wrong.data();
          std::array<double, kLanes> log_det, square;
          std::vector<double> x(z.size());
          for (const LaneKernels* kernels : lane_kernel_sets()) {
            CHECK_FALSE(kernels->states(s, log_det.data(), square.data()));
            CHECK_FALSE(kernels->draw_states(s, z.data(), x.data()));
          }
        }
      }
    }
  }
}

namespace {

const std::string kHead = "data x1, x2, o, y : real\ndata w : real > 0\ndata g, h, k : factor\n";

struct StatesModel {
  const char* claim;
  const char* model;
};

const std::vector<StatesModel> kModels = {
    {"a matrix, and a mean above",
     "X = [1, x1]\ny ~ Normal(X * b[g], s^2)\nb[g] ~ Normal(t, S)\nt ~ Normal([1; 2], 3 * I(2))\n"
     "inv(S) ~ Wishart(5, I(2))\ns^2 ~ InverseGamma(2, 1)\n"},
    {"an inverse Wishart matrix, weights, offsets, nothing above",
     "X = [1, x1, x2]\ny ~ Normal(o + X * b[g], s^2 / w)\nb[g] ~ Normal([1; 0; 2], S)\n"
     "S ~ InverseWishart(5, I(3))\ns^2 ~ InverseGamma(2, 3)\n"},
    {"scalars with tied effects above",
     "y ~ Normal(a[g] + b[g] * x1 + c * x2, v)\na[g] ~ Normal(m, va)\nb[g] ~ Normal(2 * m, vb)\n"
     "m ~ Normal(0, 9)\nc ~ Normal(0, 9)\nv ~ InverseGamma(2, 3)\nva ~ InverseGamma(2, 3)\n"
     "vb ~ InverseGamma(2, 3)\n"},
    {"standard deviations of half-Cauchy and half-normal priors",
     "y ~ Normal(m + a[g], s^2)\na[g] ~ Normal(0, r^2)\nm ~ Normal(0, 9)\n"
     "r ~ HalfCauchy(2)\ns ~ HalfNormal(3)\n"},
    {"designs of the groups below and above",
     "Z = [1, x1]\ny ~ Normal(x2 * f + Z * b[g] + o, s^2 / w)\nf ~ Normal(0, 3)\n"
     "b[g] ~ Normal(0, r^2 * I(2))\nr^2 ~ InverseGamma(2, 1)\ns^2 ~ InverseGamma(2, 1)\n"},
};

BoundPlan without_lanes(const BoundPlan& bound) {
  BoundPlan plain = bound;
  plain.lanes = nullptr;
  return plain;
}

}  // namespace

TEST_CASE("values and densities side by side are those at each state by itself") {
  for (const StatesModel& m : kModels) {
    BindOptions options;
    options.schedule = "marginal";
    const Bound bound =
        bind_texts(text("m.lmm", kHead + m.model), text("d.csv", site_table()), options);
    const auto& steps = bound.program->plan.steps;
    const auto step =
        std::find_if(steps.begin(), steps.end(), [](const PlanStep& s) { return s.proposal; });
    CAPTURE(m.claim);
    REQUIRE(step != steps.end());
    Machine machine(*bound.plan), single(*bound.plan);
    std::string failed;
    for (Machine* each : {&machine, &single}) {
      REQUIRE(start(*bound.plan, *each, 5, 0, failed));
      each->run_all();
    }
    ScaleCoordinates coordinates(*bound.plan, step->marginal, step->integrated);
    const auto trials =
        Trials::make(*bound.plan, machine, coordinates.parameters(), step->proposal->refresh);
    REQUIRE(trials);
    trials->read_machine();
    GaussianBlock block(*bound.plan, *step);
    const auto states = GaussianStates::make(block, *trials);
    REQUIRE(states);
    GaussianValues values = block.make_values();
    block.read(machine, values);
    for (const ScaleForm form : {ScaleForm::covariance, ScaleForm::precision}) {
      coordinates.use(form);
      const std::size_t d = static_cast<std::size_t>(coordinates.dimension());
      Vector here(coordinates.dimension());
      REQUIRE(coordinates.read(machine, here.data()));
      Random random({.seed = 31});
      std::vector<double> points(d * Trials::kStates);
      std::vector<Vector> each;
      for (std::size_t k = 0; k < Trials::kStates; ++k) {
        each.push_back(here + 0.1 * normal_matrix(random, static_cast<int>(d), 1));
        for (std::size_t i = 0; i < d; ++i)
          points[i * Trials::kStates + k] = each[k][static_cast<Eigen::Index>(i)];
      }
      // One beyond what doubles reach.
      each[3][0] = points[3] = form == ScaleForm::precision ? -1 : 1000;
      const auto inside = coordinates.write(points.data(), *trials);
      trials->run();
      std::array<double, Trials::kStates> log_densities;
      REQUIRE(states->log_densities(*trials, values, log_densities.data()));
      const auto log_jacobians = coordinates.log_jacobians(points.data(), trials->lanes());
      GaussianFactor factor = block.make_factor();
      for (std::size_t k = 0; k < Trials::kStates; ++k) {
        CAPTURE(m.claim, k, form == ScaleForm::precision);
        const bool written = coordinates.write(each[k].data(), single);
        CHECK(written == (inside[k] == 1));
        if (!written) continue;
        single.run(step->proposal->refresh);
        for (const int v : step->proposal->refresh) {
          const double* found = trials->value(v);
          REQUIRE(found);
          for (std::size_t i = 0; i < bound.plan->sizes[v].total(); ++i)
            CHECK(std::abs(found[i * Trials::kStates + k] - single.value(v)[i]) <=
                  1e-11 * (1 + std::abs(single.value(v)[i])));
        }
        double log_density = 0;
        REQUIRE(block.factor(single, factor, values, log_density));
        CHECK(std::abs(log_densities[k] - log_density) <= 1e-9 * (1 + std::abs(log_density)));
        CHECK(std::abs(log_jacobians[k] - coordinates.log_jacobian(each[k].data())) <= 1e-12);
        coordinates.copy(*trials, k, single);
        std::vector<double> copied;
        coordinates.values(single, copied);
        REQUIRE(coordinates.write(each[k].data(), single));
        std::vector<double> own;
        coordinates.values(single, own);
        for (std::size_t i = 0; i < own.size(); ++i)
          CHECK(std::abs(copied[i] - own[i]) <= 1e-11 * (1 + std::abs(own[i])));
      }
    }
  }
}

TEST_CASE("a marginal step draws the same with proposals side by side and one by one") {
  int moved = 0;
  for (const StatesModel& m : kModels) {
    BindOptions options;
    options.schedule = "marginal";
    const Bound bound =
        bind_texts(text("m.lmm", kHead + m.model), text("d.csv", site_table()), options);
    const BoundPlan plain = without_lanes(*bound.plan);
    const auto& steps = bound.program->plan.steps;
    const auto step =
        std::find_if(steps.begin(), steps.end(), [](const PlanStep& s) { return s.proposal; });
    REQUIRE(step != steps.end());
    Machine machine(*bound.plan), plain_machine(plain);
    MarginalStep together(*bound.plan, machine, *step, 0),
        one_by_one(plain, plain_machine, *step, 0);
    CHECK(together.side_by_side());
    CHECK_FALSE(one_by_one.side_by_side());
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    REQUIRE(start(plain, plain_machine, 5, 0, failed));
    machine.run_all();
    plain_machine.run_all();
    const int d = together.dimension();
    ScaleCoordinates coordinates(*bound.plan, step->marginal, step->integrated);
    Proposal proposal{.mean = Vector(d), .L = 0.4 * Matrix::Identity(d, d), .count = 5};
    REQUIRE(coordinates.read(machine, proposal.mean.data()));
    together.set_proposal(proposal);
    one_by_one.set_proposal(proposal);
    for (std::uint64_t sweep = 1; sweep <= 40; ++sweep) {
      machine.run(step->refresh);
      plain_machine.run(step->refresh);
      const std::vector<double> before = machine.state().values[coordinates.parameters()[0]];
      REQUIRE(together({.seed = 9, .sweep = sweep}));
      REQUIRE(one_by_one({.seed = 9, .sweep = sweep}));
      moved += machine.state().values[coordinates.parameters()[0]] != before;
      for (const SymbolId p : bound.program->model->parameters()) {
        const auto &a = machine.state().values[p], &b = plain_machine.state().values[p];
        for (std::size_t i = 0; i < a.size(); ++i) {
          CAPTURE(m.claim, sweep, (*bound.program->model)[p].name);
          CHECK(std::abs(a[i] - b[i]) <= 1e-8 * (1 + std::abs(b[i])));
        }
      }
    }
    CHECK(together.acceptance().accepted == one_by_one.acceptance().accepted);
  }
  CHECK(moved > 60);
}

// A block of sweeps is computed ahead as one. Begun later, or again since a scale was drawn by
// something else, it takes the same proposals and normals, and so gives the same draws.
TEST_CASE("sweeps that are computed ahead do not depend on where that began") {
  std::size_t moved = 0, stayed = 0;
  for (const StatesModel& m : kModels) {
    BindOptions options;
    options.schedule = "marginal";
    const Bound bound =
        bind_texts(text("m.lmm", kHead + m.model), text("d.csv", site_table()), options);
    const auto& steps = bound.program->plan.steps;
    const auto step =
        std::find_if(steps.begin(), steps.end(), [](const PlanStep& s) { return s.proposal; });
    REQUIRE(step != steps.end());
    Machine machine(*bound.plan), later_machine(*bound.plan);
    MarginalStep whole(*bound.plan, machine, *step, 0), later(*bound.plan, later_machine, *step, 0);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    machine.run_all();
    ScaleCoordinates coordinates(*bound.plan, step->marginal, step->integrated);
    const int d = whole.dimension();
    Proposal proposal{.mean = Vector(d), .L = 0.2 * Matrix::Identity(d, d), .count = 2};
    REQUIRE(coordinates.read(machine, proposal.mean.data()));
    whole.set_proposal(proposal);
    CHECK_FALSE(whole.looks_ahead());
    whole.set_proposal(proposal, true);
    later.set_proposal(proposal, true);
    REQUIRE(whole.looks_ahead());
    const auto near = [&](std::uint64_t sweep, double tolerance) {
      for (const SymbolId p : bound.program->model->parameters()) {
        const auto &a = machine.state().values[p], &b = later_machine.state().values[p];
        for (std::size_t i = 0; i < a.size(); ++i) {
          CAPTURE(m.claim, sweep, (*bound.program->model)[p].name);
          CHECK(std::abs(a[i] - b[i]) <= tolerance * (1 + std::abs(b[i])));
        }
      }
    };
    std::vector<double> before, after;
    for (std::uint64_t sweep = 1; sweep <= 48; ++sweep) {
      coordinates.values(machine, before);
      REQUIRE(whole({.seed = 9, .sweep = sweep}));
      coordinates.values(machine, after);
      ++(before == after ? stayed : moved);
      // The second goes on from the first's scales in the middle of a block.
      const bool joins = sweep % MarginalStep::kAhead == sweep / MarginalStep::kAhead;
      if (joins || sweep == 1) {
        later_machine.state() = machine.state();
        later_machine.run_all();
        continue;
      }
      REQUIRE(later({.seed = 9, .sweep = sweep}));
      near(sweep, 1e-9);
    }
    CHECK(whole.acceptance().proposals == 96);
  }
  CHECK(moved > 60);
  CHECK(stayed > 10);
}

TEST_CASE("a scale that something else has drawn is where a block of sweeps goes on from") {
  const Bound bound = bind_texts(text("m.lmm", kHead + kModels[0].model),
                                 text("d.csv", site_table()), {.schedule = "marginal"});
  const auto& steps = bound.program->plan.steps;
  const auto step =
      std::find_if(steps.begin(), steps.end(), [](const PlanStep& s) { return s.proposal; });
  REQUIRE(step != steps.end());
  Machine machine(*bound.plan);
  MarginalStep ahead(*bound.plan, machine, *step, 0);
  std::string failed;
  REQUIRE(start(*bound.plan, machine, 5, 0, failed));
  machine.run_all();
  const int d = ahead.dimension();
  // Proposals of which none is accepted.
  ahead.set_proposal({.mean = Vector::Constant(d, 300), .L = Matrix::Identity(d, d)}, true);
  const SymbolId s = bound.program->model->find("s");
  for (std::uint64_t sweep = 1; sweep <= 20; ++sweep) {
    if (sweep % 3 == 0) *machine.parameter(s) *= 1.01;
    const double before = *machine.parameter(s);
    REQUIRE(ahead({.seed = 9, .sweep = sweep}));
    CHECK(*machine.parameter(s) == before);
  }
  CHECK(ahead.acceptance().accepted == 0);
}

TEST_CASE("where a precision is rounding, neither side by side nor alone is it accepted") {
  // The mean above the effects: what they leave of its precision is 1/9 of some 1e24.
  const std::string model =
      "y ~ Normal(a[g], s^2)\na[g] ~ Normal(m, r^2)\nm ~ Normal(0, 9)\n"
      "r ~ HalfCauchy(2)\ns ~ HalfNormal(3)\n";
  const Bound bound = bind_texts(text("m.lmm", kHead + model), text("d.csv", site_table()),
                                 {.schedule = "marginal"});
  const auto& steps = bound.program->plan.steps;
  const auto step =
      std::find_if(steps.begin(), steps.end(), [](const PlanStep& s) { return s.proposal; });
  REQUIRE(step != steps.end());
  const SymbolId r = bound.program->model->find("r");
  for (const bool ahead : {false, true}) {
    for (const bool inwards : {false, true}) {
      CAPTURE(ahead, inwards);
      Machine machine(*bound.plan);
      MarginalStep marginal(*bound.plan, machine, *step, 0);
      std::string failed;
      REQUIRE(start(*bound.plan, machine, 5, 0, failed));
      ScaleCoordinates coordinates(*bound.plan, step->marginal, step->integrated);
      machine.run_all();
      Proposal proposal{.mean = Vector(2), .L = 1e-3 * Matrix::Identity(2, 2), .count = 2};
      REQUIRE(coordinates.read(machine, proposal.mean.data()));
      // From there all proposals are likely points, or the other way round.
      if (inwards) proposal.mean[coordinates.parameters()[0] == r ? 0 : 1] = std::log(1e-12);
      else *machine.parameter(r) = 1e-12;
      machine.run_all();
      marginal.set_proposal(proposal, ahead);
      CHECK(marginal.looks_ahead() == ahead);
      const std::vector<std::vector<double>> before = machine.state().values;
      for (std::uint64_t sweep = 1; sweep <= 20; ++sweep) {
        machine.run(step->refresh);
        REQUIRE(marginal({.seed = 9, .sweep = sweep}));
        CHECK(*machine.parameter(r) == before[static_cast<std::size_t>(r)][0]);
      }
      if (!inwards) CHECK(machine.state().values == before);
      CHECK(marginal.acceptance().accepted == 0);
      CHECK(marginal.acceptance().left_out == (inwards ? 0 : 20));
    }
  }
}

}  // namespace lmmdsl::testing
