// Elements as lanes: the kernels against the same sums written out with Eigen, for every size and
// every instruction set of this machine; then blocks, machines and whole sweeps with lanes against
// those without.
#include "runtime/kernels/lanes.h"

#include <Eigen/Dense>
#include <cmath>
#include <string>
#include <vector>

#include "runtime/evaluate.h"
#include "runtime/initial.h"
#include "runtime/kernels/kernels.h"
#include "runtime/random_block.h"
#include "runtime/sweep.h"
#include "support/block_density.h"
#include "support/catch.h"
#include "support/run_model.h"
#include "support/site_data.h"

namespace lmmdsl::testing {
namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

Matrix random_matrix(Random& random, int rows, int cols) {
  Matrix m(rows, cols);
  for (double& x : m.reshaped()) x = normal(random);
  return m;
}

/// Elements with systems of their own, packed, and what is expected of them.
struct Elements {
  int p, q, n;
  std::vector<double> scale = {0.7};
  Matrix K0, C0;
  Vector h0;
  std::vector<Matrix> K, C;
  std::vector<Vector> h, u, z;
  Vector v;

  Elements(int p_, int q_, int n_) : p(p_), q(q_), n(n_) {
    Random random({.seed = 7, .sweep = static_cast<std::uint64_t>(p * 1000 + q * 100 + n)});
    const Matrix A = random_matrix(random, p, p);
    K0 = A * A.transpose() + Matrix::Identity(p, p);
    C0 = random_matrix(random, p, q);
    h0 = random_matrix(random, p, 1);
    v = random_matrix(random, q, 1);
    for (int e = 0; e < n; ++e) {
      const Matrix B = random_matrix(random, p + 2, p);
      K.push_back(B.transpose() * B);
      C.push_back(random_matrix(random, p, q));
      h.push_back(random_matrix(random, p, 1));
      u.push_back(random_matrix(random, p, 1));
      z.push_back(random_matrix(random, p, 1));
    }
  }
  Matrix precision(int e) const { return K0 + scale[0] * K[e]; }
  Matrix coupling(int e) const { return C0 + scale[0] * C[e]; }
  Vector shift(int e) const { return h0 + scale[0] * h[e]; }

  std::size_t blocks() const { return static_cast<std::size_t>((n + kLanes - 1) / kLanes); }

  /// Rows of numbers of each element; the last again in lanes beyond the last.
  template <class F>
  std::vector<double> packed(int rows, F number) const {
    std::vector<double> all(blocks() * static_cast<std::size_t>(rows * kLanes));
    for (std::size_t at = 0; at < all.size(); ++at) {
      const int lane = static_cast<int>(at) % kLanes;
      const int row = static_cast<int>(at) / kLanes % rows;
      const int block = static_cast<int>(at) / (kLanes * rows);
      all[at] = number(std::min(block * kLanes + lane, n - 1), row);
    }
    return all;
  }
  std::vector<double> packed_vectors(const std::vector<Vector>& x) const {
    return packed(p, [&](int e, int i) { return x[e][i]; });
  }
};

/// By rows, as the kernels have matrices that all elements share.
std::vector<double> by_rows(const Matrix& m) {
  const Matrix t = m.transpose();
  return {t.data(), t.data() + t.size()};
}

/// Runs all kernels on the elements, checks them, and gives the numbers that came out.
std::vector<double> check(const LaneKernels& kernels, const Elements& x) {
  const int p = x.p, q = x.q, T = p * (p + 1) / 2;
  const auto K = x.packed(T, [&](int e, int at) {
    int i = 0;
    while ((i + 1) * (i + 2) / 2 <= at) ++i;
    return x.K[e](i, at - i * (i + 1) / 2);
  });
  const auto C = x.packed(p * q, [&](int e, int at) { return x.C[e](at / q, at % q); });
  const auto h = x.packed_vectors(x.h), u = x.packed_vectors(x.u), z = x.packed_vectors(x.z);
  const double *Ks[] = {K.data()}, *Cs[] = {C.data()}, *hs[] = {h.data()};
  const auto K0 = by_rows(x.K0), C0 = by_rows(x.C0);
  LaneSystem s;
  s.elements = static_cast<std::size_t>(x.n);
  s.p = p;
  s.q = q;
  s.terms = 1;
  s.scale = x.scale.data();
  s.K = Ks;
  s.C = Cs;
  s.h = hs;
  s.K0 = K0.data();
  s.C0 = C0.data();
  s.h0 = x.h0.data();

  const std::size_t rows = x.blocks() * kLanes;
  std::vector<double> L(rows * T), W(rows * p * q), w(rows * p), products(q * (q + 1) / 2 + 1),
      shifts(q + 1);
  LaneElimination out;
  out.L = L.data();
  out.W = W.data();
  out.w = w.data();
  out.products = products.data();
  out.shifts = shifts.data();
  out.u = u.data();
  out.v.once = x.v.data();
  REQUIRE(kernels.eliminate(s, out));

  double log_det = 0, square = 0;
  Matrix WW = Matrix::Zero(q, q);
  Vector Ww = Vector::Zero(q);
  std::vector<double> drawn(z);
  REQUIRE(kernels.draw(s, L.data(), false, out.v, drawn.data(), drawn.data()));
  double worst = 0;
  const auto compare = [&](double found, double expected, double size) {
    worst = std::max(worst, std::abs(found - expected) / (1 + size));
  };
  for (int e = 0; e < x.n; ++e) {
    const Eigen::LLT<Matrix> llt(x.precision(e));
    const Matrix lower = llt.matrixL();
    const Matrix We = lower.triangularView<Eigen::Lower>().solve(x.coupling(e));
    const Vector we = lower.triangularView<Eigen::Lower>().solve(x.shift(e));
    log_det += 2 * lower.diagonal().array().log().sum();
    square += (lower.transpose() * x.u[e] - (we - We * x.v)).squaredNorm();
    WW += We.transpose() * We;
    Ww += We.transpose() * we;
    const Vector draw =
        lower.transpose().triangularView<Eigen::Upper>().solve(we - We * x.v + x.z[e]);
    const std::size_t block = static_cast<std::size_t>(e / kLanes), lane = e % kLanes;
    for (int i = 0; i < p; ++i) {
      compare(drawn[(block * p + i) * kLanes + lane], draw[i], draw.norm());
      compare(w[(block * p + i) * kLanes + lane], we[i], we.norm());
      for (int c = 0; c < q; ++c)
        compare(W[(block * p * q + i * q + c) * kLanes + lane], We(i, c), We.norm());
      for (int j = 0; j <= i; ++j) {
        const double l = L[(block * T + i * (i + 1) / 2 + j) * kLanes + lane];
        const double pivot = lower(j, j) * lower(j, j);
        compare(i == j ? 1 / l : l, i == j ? pivot : lower(i, j) / lower(j, j), lower.norm());
      }
    }
  }
  compare(out.log_det, log_det, std::abs(log_det));
  compare(out.square, square, square);
  for (int c = 0; c < q; ++c) {
    compare(shifts[c], Ww[c], Ww.norm());
    for (int d = 0; d <= c; ++d) compare(products[c * (c + 1) / 2 + d], WW(c, d), WW.norm());
  }
  CAPTURE(kernels.name, p, q, x.n);
  CHECK(worst < 1e-12);

  std::vector<double> all = drawn;
  for (const auto* part : {&L, &W, &w, &products, &shifts})
    all.insert(all.end(), part->begin(), part->end());
  all.push_back(out.log_det);
  all.push_back(out.square);
  return all;
}

TEST_CASE("lanes eliminate, draw and measure as Eigen does, and alike on all instruction sets") {
  for (int p = 1; p <= kMostLaneSize; ++p) {
    for (const int q : {0, 1, 3, kMostLaneAbove}) {
      for (const int n : {1, 7, 8, 19}) {
        const Elements x(p, q, n);
        std::vector<double> first;
        for (const LaneKernels* kernels : lane_kernel_sets()) {
          const std::vector<double> found = check(*kernels, x);
          if (first.empty()) first = found;
          CAPTURE(kernels->name, p, q, n);
          CHECK(found == first);
        }
      }
    }
  }
}

TEST_CASE("lanes see that a precision is not positive definite") {
  for (const LaneKernels* kernels : lane_kernel_sets()) {
    // One negative pivot, or two, whose product is positive.
    for (const auto& [wrong, both] :
         {std::pair{0, false}, {5, false}, {11, false}, {0, true}, {9, true}}) {
      Elements x(2, 0, 12);
      std::vector<double> K = x.packed(3, [&, wrong = wrong, both = both](int e, int at) {
        if (at == 1) return 0.0;
        return e == wrong && (at == 2 || both) ? -100.0 : 1.0;
      });
      const double *Ks[] = {K.data()}, *none[] = {nullptr};
      const auto K0 = by_rows(x.K0);
      std::vector<double> L(16 * 3);
      LaneSystem s{12, 2, 0, 1, x.scale.data(), Ks, none, none, K0.data(), nullptr, x.h0.data()};
      LaneElimination out;
      out.L = L.data();
      CAPTURE(kernels->name, wrong, both);
      CHECK_FALSE(kernels->eliminate(s, out));
    }
  }
}

TEST_CASE("random words of eight streams are those of each") {
  for (const LaneKernels* kernels : lane_kernel_sets()) {
    if (!kernels->philox) continue;
    Random random({.seed = 9});
    for (std::size_t blocks = 1; blocks <= 16; ++blocks) {
      StreamAddress address{.seed = random.bits(),
                            .chain = static_cast<std::uint32_t>(random.bits()),
                            .sweep = random.bits(),
                            .step = static_cast<std::uint32_t>(random.bits()),
                            .level = 0xfffffff7 - static_cast<std::uint32_t>(random.bits() >> 40)};
      const Random at(address);
      std::vector<std::uint64_t> found(kLanes * 4 * blocks), expected(found.size());
      kernels->philox(at.counter(), at.key(), blocks, found.data());
      for (std::size_t s = 0; s < kLanes; ++s, ++address.level)
        Random(address).bits(expected.data() + s * 4 * blocks, 4 * blocks);
      CAPTURE(kernels->name, blocks);
      CHECK(found == expected);
    }
  }
}

TEST_CASE("lanes sum distances and products as Eigen does") {
  Random random({.seed = 8});
  for (int p = 1; p <= kMostLaneSize; ++p) {
    for (const int n : {3, 8, 21}) {
      const Matrix a = random_matrix(random, p, n), b = random_matrix(random, p, 1);
      std::vector<Matrix> T;
      std::vector<double> flat;
      for (int e = 0; e < n; ++e) {
        T.push_back(random_matrix(random, p + 1, p + 1).triangularView<Eigen::Upper>());
        flat.insert(flat.end(), T.back().data(), T.back().data() + T.back().size());
      }
      const auto packed = pack_triangles(p + 1, static_cast<std::size_t>(n), flat.data());
      Matrix outer = Matrix::Zero(p, p);
      for (int e = 0; e < n; ++e) outer += (a.col(e) + b) * (a.col(e) + b).transpose();
      std::vector<double> first;
      for (const LaneKernels* kernels : lane_kernel_sets()) {
        std::vector<double> found(static_cast<std::size_t>(n + p * p));
        kernels->distance(p + 1, static_cast<std::size_t>(n), packed.data(), a.data(),
                          found.data());
        const double* terms[] = {a.data(), b.data()};
        const std::size_t step[] = {1, 0};
        kernels->outer(p, static_cast<std::size_t>(n), 2, terms, step, found.data() + n);
        CAPTURE(kernels->name, p, n);
        for (int e = 0; e < n; ++e) {
          Vector v(p + 1);
          v << a.col(e), 1;
          const double expected = (T[e] * v).squaredNorm();
          CHECK(std::abs(found[e] - expected) < 1e-12 * (1 + expected));
        }
        for (int i = 0; i < p * p; ++i)
          CHECK(std::abs(found[n + i] - outer.data()[i]) < 1e-12 * (1 + outer.norm()));
        if (first.empty()) first = found;
        CHECK(found == first);
      }
    }
  }
}

const std::string kHead = "data x1, x2, o, y : real\ndata w : real > 0\ndata g, h, k : factor\n";

const std::vector<std::string> kModels = {
    "X = [1, x1, x2]\ny ~ Normal(X * b[g], s^2 / w)\nb[g] ~ Normal(t, S)\nt ~ Normal(0, 5 * I(3))\n"
    "S ~ InverseWishart(5, I(3))\ns^2 ~ InverseGamma(2, 3)\n",
    "y ~ Normal(a[g] + b[g] * x1 + c * x2, v)\na[g] ~ Normal(m, va)\nb[g] ~ Normal(0, vb)\n"
    "m ~ Normal(0, 9)\nc ~ Normal(0, 9)\nv ~ InverseGamma(2, 3)\nva ~ InverseGamma(2, 3)\n"
    "vb ~ InverseGamma(2, 3)\n",
    "y ~ Normal(d[g, h], v)\nd[g, h] ~ Normal(a[g], vd)\na[g] ~ Normal(m, va)\nm ~ Normal(0, 9)\n"
    "v ~ InverseGamma(2, 1)\nvd ~ InverseGamma(2, 1)\nva ~ InverseGamma(2, 1)\n",
    "y ~ Normal(a[g] + b[h], v[k])\na[g] ~ Normal(m, va)\nb[h] ~ Normal(0, vb)\nm ~ Normal(0, 9)\n"
    "v[k] ~ InverseGamma(2, 1)\nva ~ InverseGamma(2, 1)\nvb ~ InverseGamma(2, 1)\n",
};

/// Crossed factors: sums over cells, most of one row, that read effects from where their levels
/// are.
const std::string kCrossed =
    "X = [1, x1]\ny ~ Normal(X * c + a[g] + b[h] + d * x2, v / w)\na[g] ~ Normal(0, va)\n"
    "b[h] ~ Normal(0, vb)\nc ~ Normal(0, 9 * I(2))\nd ~ Normal(0, 9)\nv ~ InverseGamma(2, 1)\n"
    "va ~ InverseGamma(2, 1)\nvb ~ InverseGamma(2, 1)\n";

/// The same plan without lanes.
BoundPlan without_lanes(const BoundPlan& bound) {
  BoundPlan plain = bound;
  plain.lanes = nullptr;
  return plain;
}

TEST_CASE("blocks with lanes and without have the same factor, density and draws") {
  for (const std::string& model : kModels) {
    for (const char* schedule : {"blocked", "marginal"}) {
      BindOptions options;
      options.schedule = schedule;
      const Bound bound =
          bind_texts(text("m.lmm", kHead + model), text("d.csv", site_table()), options);
      const BoundPlan plain = without_lanes(*bound.plan);
      Machine machine(*bound.plan), plain_machine(plain);
      std::string failed;
      REQUIRE(start(*bound.plan, machine, 5, 0, failed));
      REQUIRE(start(plain, plain_machine, 5, 0, failed));
      machine.run_all();
      plain_machine.run_all();
      bool any = false;
      for (const PlanStep& step : bound.program->plan.steps) {
        if (!step.joint || step.sparse) continue;
        GaussianBlock block(*bound.plan, step), plain_block(plain, step);
        CHECK_FALSE(plain_block.in_lanes());
        any |= block.in_lanes();
        GaussianFactor factor = block.make_factor(), plain_factor = plain_block.make_factor();
        REQUIRE(block.factor(machine, factor));
        REQUIRE(plain_block.factor(plain_machine, plain_factor));
        CAPTURE(model, schedule);
        CHECK(std::abs(factor.log_det - plain_factor.log_det) <=
              1e-11 * (1 + std::abs(factor.log_det)));
        REQUIRE(block.draw(machine, factor, {.seed = 3}));
        REQUIRE(plain_block.draw(plain_machine, plain_factor, {.seed = 3}));
        const double density = density_of_block(block, machine, factor);
        CHECK(std::abs(density - density_of_block(plain_block, plain_machine, plain_factor)) <=
              1e-9 * (1 + std::abs(density)));
        for (const int t : step.targets) {
          const SymbolId id = bound.program->conditionals[t].target;
          const auto &a = machine.state().values[id], &b = plain_machine.state().values[id];
          for (std::size_t i = 0; i < a.size(); ++i)
            CHECK(std::abs(a[i] - b[i]) <= 1e-9 * (1 + std::abs(b[i])));
        }
      }
      // Crossed factors are one sparse matrix.
      CHECK(any == (&model != &kModels.back()));
    }
  }
}

std::vector<std::string> with_crossed() {
  std::vector<std::string> models = kModels;
  models.push_back(kCrossed);
  return models;
}

TEST_CASE("machines with lanes and without compute the same parameters and densities") {
  for (const std::string& model : with_crossed()) {
    const Bound bound = bind_texts(text("m.lmm", kHead + model), text("d.csv", site_table()));
    const BoundPlan plain = without_lanes(*bound.plan);
    Machine machine(*bound.plan), plain_machine(plain);
    std::string failed;
    REQUIRE(start(*bound.plan, machine, 5, 0, failed));
    REQUIRE(start(plain, plain_machine, 5, 0, failed));
    machine.run_all();
    plain_machine.run_all();
    std::vector<int> read;
    for (const auto& natural : bound.program->plan.natural)
      read.insert(read.end(), natural.begin(), natural.end());
    for (const auto& [density, value] : bound.program->plan.log_densities) read.push_back(value);
    for (const int v : read) {
      for (std::size_t i = 0; i < bound.plan->sizes[v].total(); ++i) {
        CAPTURE(model, v, i);
        CHECK(std::abs(machine.value(v)[i] - plain_machine.value(v)[i]) <=
              1e-11 * (1 + std::abs(plain_machine.value(v)[i])));
      }
    }
  }
}

TEST_CASE("sums over cells of crossed factors are taken in one pass") {
  const Bound bound = bind_texts(text("m.lmm", kHead + kCrossed), text("d.csv", site_table()));
  const Fusion& fusion = bound.plan->fusion;
  REQUIRE(fusion.residual_sums.size() == 1);
  // Two of X, x2, and one of ones for the effects of g and h.
  CHECK(fusion.residual_sums[0].counts.size() == 4);
  CHECK(fusion.residual_sums[0].terms.size() == 2);
  CHECK(fusion.product_sums.size() >= 2);
  int inside = 0;
  for (std::size_t v = 0; v < fusion.inside.size(); ++v)
    inside += fusion.inside[v] && bound.program->plan.values[v].expr->op == Op::distance;
  CHECK(inside == 1);
}

TEST_CASE("a residual sum of squares by level is that over the rows, whatever was computed last") {
  const Bound bound = bind_texts(text("m.lmm", kHead + kCrossed), text("d.csv", site_table()));
  const ResidualSum& sum = bound.plan->fusion.residual_sums[0];
  REQUIRE(sum.by_level.factors.size() == 2);
  REQUIRE(sum.by_level.pairs.size() == 1);
  BoundPlan by_rows = *bound.plan, off_by_one = *bound.plan;
  by_rows.fusion.residual_sums[0].by_level = {};
  off_by_one.fusion.residual_sums[0].by_level.squares[0] += 1;

  std::vector<std::unique_ptr<Machine>> machines;
  for (const BoundPlan* plan :
       {static_cast<const BoundPlan*>(bound.plan.get()), static_cast<const BoundPlan*>(&by_rows),
        static_cast<const BoundPlan*>(&off_by_one)}) {
    machines.push_back(std::make_unique<Machine>(*plan));
    std::string failed;
    REQUIRE(start(*plan, *machines.back(), 5, 0, failed));
    machines.back()->run_all();
  }
  const auto squares = [&](int k) { return *machines[k]->value(sum.value); };
  const auto close = [&] { return std::abs(squares(0) / squares(1) - 1) < 1e-12; };
  CHECK(close());
  CHECK(std::abs(squares(2) - squares(0) - 1) < 1e-9 * squares(0));

  const std::vector<int> residuals = {sum.value};
  std::vector<int> products;
  for (const ProductSum& product : bound.plan->fusion.product_sums)
    products.push_back(product.value);
  const auto move_effects = [&](double by) {
    for (const auto& machine : machines)
      for (std::size_t j = 0; j < 2; ++j)
        for (double& x :
             machine->state().values[bound.plan->plan->values[sum.terms[j].value].parameter])
          x += j == 0 ? by : -by;
  };
  // The product sums are of other effects: rows are visited.
  move_effects(0.5);
  for (const auto& machine : machines) machine->run(residuals);
  CHECK(squares(0) == squares(1));
  CHECK(squares(2) == squares(1));
  for (const auto& machine : machines) {
    machine->run(products);
    machine->run(residuals);
  }
  CHECK(close());
  CHECK(std::abs(squares(2) - squares(0) - 1) < 1e-9 * squares(0));
  // Up to date, but by level next to everything would cancel.
  move_effects(1e5);
  for (const auto& machine : machines) {
    machine->run(products);
    machine->run(residuals);
  }
  CHECK(squares(0) == squares(1));
}

TEST_CASE("lanes sum products by groups and squares of residuals as written out") {
  Random random({.seed = 9});
  for (const std::size_t n : {3, 8, 50, 67}) {
    const Matrix x = random_matrix(random, 9, 2), weight = random_matrix(random, 1, 67);
    std::vector<int> index(2 * n), terms = {2, 0};
    for (int& i : index) i = static_cast<int>(9 * random.uniform());
    // Four groups, in blocks of eight that end in places where x is 0; none in the first.
    const std::vector<std::size_t> begin = {0, 0, 1, 2, 2 + (n + kLanes - 1) / kLanes};
    const std::vector<int> group = {2, 0, 3, 1};
    const std::vector<std::size_t> sizes = {0, 1, 5, n};
    std::vector<int> of_blocks(begin.back() * kLanes, 9);
    std::vector<double> weights(of_blocks.size(), 1.5), expected(4), unweighted(4);
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t t = 0; t < sizes[k]; ++t) {
        const std::size_t at = begin[k] * kLanes + t;
        of_blocks[at] = index[t];
        weights[at] = weight(0, static_cast<int>(t));
        expected[group[k]] += weights[at] * x(index[t], 0);
        unweighted[group[k]] += x(index[t], 0);
      }
    }
    std::vector<double> effects(x.data(), x.data() + 9);
    effects.push_back(0);
    // y + A_0 (once + x_0 + x_1) + A_1 once: n rows, filled up with zeros.
    const std::size_t blocks = (n + kLanes - 1) / kLanes;
    std::vector<double> numbers(blocks * 3 * kLanes);
    std::vector<int> packed(blocks * 2 * kLanes);
    const double once[] = {0.3, -1.5};
    double squares = 0;
    for (std::size_t t = 0; t < n; ++t) {
      const Matrix row = random_matrix(random, 1, 3);
      for (std::size_t c = 0; c < 3; ++c)
        numbers[(t / kLanes * 3 + c) * kLanes + t % kLanes] = row(0, static_cast<int>(c));
      for (std::size_t j = 0; j < 2; ++j)
        packed[(t / kLanes * 2 + j) * kLanes + t % kLanes] = index[j * n + t];
      const double r = row(0, 2) + row(0, 0) * (once[0] + x(index[t], 0) + x(index[n + t], 1)) +
                       row(0, 1) * once[1];
      squares += r * r;
    }
    std::vector<double> first;
    for (const LaneKernels* kernels : lane_kernel_sets()) {
      std::vector<double> found(9);
      LaneProducts products{4, group.data(), begin.data(), weights.data(), of_blocks.data()};
      kernels->products(products, effects.data(), found.data());
      products.weight = nullptr;
      kernels->products(products, effects.data(), found.data() + 5);
      const double* places[] = {x.data(), x.data() + 9};
      found[4] = kernels->residuals({blocks, 2, terms.data(), numbers.data(), packed.data()}, once,
                                    places);
      CAPTURE(kernels->name, n);
      for (std::size_t g = 0; g < 4; ++g) {
        CHECK(std::abs(found[g] - expected[g]) < 1e-12 * (1 + static_cast<double>(n)));
        CHECK(std::abs(found[5 + g] - unweighted[g]) < 1e-12 * (1 + static_cast<double>(n)));
      }
      CHECK(std::abs(found[4] - squares) < 1e-12 * (1 + squares));
      if (first.empty()) first = found;
      CHECK(found == first);
    }
  }
}

TEST_CASE("lanes sum what levels of crossed factors add to squares as written out") {
  Random random({.seed = 10});
  for (const std::size_t levels : {1, 7, 8, 21}) {
    const std::size_t blocks = (levels + kLanes - 1) / kLanes;
    const double g[] = {1, -0.7, 2.5};
    std::vector<double> numbers(blocks * 4 * kLanes);
    const int n = static_cast<int>(levels);
    const Matrix x = random_matrix(random, n, 1), s = random_matrix(random, n, 2);
    double sum = 0, size = 0;
    for (std::size_t l = 0; l < levels; ++l) {
      const int at = static_cast<int>(l);
      const Matrix b = random_matrix(random, 4, 1);
      for (std::size_t i = 0; i < 4; ++i)
        numbers[(l / kLanes * 4 + i) * kLanes + l % kLanes] = b(static_cast<int>(i), 0);
      const double term = x(at, 0) * (2 * (b(0, 0) + b(1, 0) * g[1] + b(2, 0) * g[2]) +
                                      b(3, 0) * x(at, 0) + 2 * (s(at, 0) + s(at, 1)));
      sum += term;
      size += std::abs(term);
    }
    std::vector<double> first;
    for (const LaneKernels* kernels : lane_kernel_sets()) {
      const double* seen[] = {s.data(), s.data() + levels};
      std::vector<double> found(2);
      found[0] =
          kernels->factor_levels({levels, 2, numbers.data()}, g, 2, seen, x.data(), &found[1]);
      CAPTURE(kernels->name, levels);
      CHECK(std::abs(found[0] - sum) < 1e-13 * size);
      CHECK(std::abs(found[1] - size) < 1e-13 * size);
      if (first.empty()) first = found;
      CHECK(found == first);
    }
  }
}

TEST_CASE("elements that are drawn together are drawn from their full conditional") {
  for (const std::string& model : with_crossed()) {
    const Bound bound = bind_texts(text("m.lmm", kHead + model), text("d.csv", site_table()));
    const Evaluator oracle(*bound.program->model, *bound.data);
    for (std::size_t s = 0; s < bound.program->plan.steps.size(); ++s) {
      const PlanStep& step = bound.program->plan.steps[s];
      auto normal_step = NormalStep::make(*bound.plan, step);
      if (!normal_step) continue;
      Machine machine(*bound.plan);
      std::string failed;
      REQUIRE(start(*bound.plan, machine, 5, 0, failed));
      machine.run_all();
      const double before = oracle.log_joint(machine.state());
      const double density_before = normal_step->log_density(machine);
      REQUIRE((*normal_step)(machine, {.seed = 4}));
      const double after = oracle.log_joint(machine.state());
      const double density_after = normal_step->log_density(machine);
      CAPTURE(model, s);
      CHECK(std::abs(after - before) > 1e-3);
      CHECK(std::abs((after - before) - (density_after - density_before)) <=
            1e-10 * (1 + std::abs(before)));
    }
  }
}

}  // namespace
}  // namespace lmmdsl::testing
