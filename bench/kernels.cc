// Kernels beside loops written by hand for p = 3 (hand_loops.h): 1,000 groups, in nanoseconds a
// group under "ns". Kernels run with each instruction set of the machine.
#include "runtime/kernels/kernels.h"

#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "bench/hand_loops.h"
#include "runtime/kernels/lanes.h"
#include "runtime/random_block.h"

namespace {

using namespace lmmdsl;

constexpr std::size_t kGroups = 1000;

void per_group(benchmark::State& state) {
  state.counters["ns"] = benchmark::Counter(
      1e-9 * static_cast<double>(kGroups),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Groups of 20 rows with p coefficients: packed statistics.
struct Groups {
  int p;
  std::size_t blocks = (kGroups + kLanes - 1) / kLanes;
  std::vector<double> XX, Xy, K0, C0, h0, v, z, L, u, T;

  explicit Groups(int p_) : p(p_) {
    const int t = p * (p + 1) / 2;
    Random random({.seed = 1});
    XX.resize(blocks * kLanes * t);
    Xy.resize(blocks * kLanes * p);
    L.resize(XX.size());
    z.resize(Xy.size());
    u.resize(Xy.size());
    T.resize(blocks * kLanes * (p + 1) * (p + 2) / 2);
    for (std::size_t e = 0; e < blocks * kLanes; ++e) {
      std::vector<double> X(20 * p);
      for (double& x : X) x = normal(random);
      const auto at = [&](std::vector<double>& a, int rows, int row) -> double& {
        return a[(e / kLanes * rows + row) * kLanes + e % kLanes];
      };
      for (int i = 0, k = 0; i < p; ++i)
        for (int j = 0; j <= i; ++j, ++k)
          for (int r = 0; r < 20; ++r) at(XX, t, k) += X[r * p + i] * X[r * p + j];
    }
    for (std::vector<double>* x : {&Xy, &z, &u, &T})
      for (double& entry : *x) entry = normal(random);
    K0.resize(p * p);
    C0.resize(p * p);
    for (int i = 0; i < p; ++i) K0[i * (p + 1)] = 4, C0[i * (p + 1)] = -4;
    h0.resize(p);
    v.resize(p, 0.5);
  }
};

struct System {
  double scale = 1.5;
  const double *K, *C = nullptr, *h;
  LaneSystem s;
  explicit System(const Groups& g, int q) : K(g.XX.data()), h(g.Xy.data()) {
    s = {kGroups, g.p, q, 1, &scale, &K, &C, &h, g.K0.data(), g.C0.data(), g.h0.data()};
  }
};

/// With `square` as for a proposal of the marginal step: also the square in the density.
void eliminate(benchmark::State& state, const LaneKernels* kernels, bool square) {
  Groups g(static_cast<int>(state.range(0)));
  const System system(g, g.p);
  std::vector<double> products(64), shifts(8);
  for (auto _ : state) {
    LaneElimination out;
    out.L = g.L.data();
    out.products = products.data();
    out.shifts = shifts.data();
    if (square) {
      out.u = g.u.data();
      out.v.once = g.v.data();
    }
    if (!kernels->eliminate(system.s, out)) state.SkipWithError("not positive definite");
    benchmark::DoNotOptimize(out.log_det);
  }
  per_group(state);
}

/// Eight states, with an element above: the density, or draws.
void states(benchmark::State& state, const LaneKernels* kernels, bool draws) {
  Groups g(static_cast<int>(state.range(0)));
  const System system(g, g.p);
  const auto eight = [](const std::vector<double>& x, double factor) {
    std::vector<double> all;
    for (const double number : x) all.insert(all.end(), kLanes, factor * number);
    return all;
  };
  const auto scale = eight({1.5}, 1), K0 = eight(g.K0, 1), C0 = eight(g.C0, 1),
             h0 = eight(g.h0, 1), above = eight(g.K0, 1000);
  LaneStates s;
  s.level = system.s;
  s.level.scale = scale.data();
  s.level.K0 = K0.data();
  s.level.C0 = C0.data();
  s.level.h0 = h0.data();
  s.K_above = above.data();
  s.h_above = h0.data();
  s.u = g.u.data();
  s.v = g.v.data();
  std::array<double, kLanes> log_det = {}, square = {};
  std::vector<double> z((kGroups + 1) * static_cast<std::size_t>(g.p) * kLanes, 0.5), drawn = z;
  for (auto _ : state) {
    if (!(draws ? kernels->draw_states(s, z.data(), drawn.data())
                : kernels->states(s, log_det.data(), square.data())))
      state.SkipWithError("not positive definite");
    benchmark::DoNotOptimize(square[0]);
    benchmark::DoNotOptimize(drawn[0]);
  }
  per_group(state);
}

void eliminate_by_hand(benchmark::State& state) {
  Groups g(3);
  for (auto _ : state)
    benchmark::DoNotOptimize(hand::eliminate3(g.blocks, 1.5, g.XX.data(), g.Xy.data(), g.K0.data(),
                                              g.h0.data(), g.L.data()));
  per_group(state);
}

void draw(benchmark::State& state, const LaneKernels* kernels) {
  Groups g(static_cast<int>(state.range(0)));
  const System system(g, 0);
  for (double& l : g.L) l = 0.3;
  for (auto _ : state)
    benchmark::DoNotOptimize(
        kernels->draw(system.s, g.L.data(), false, {}, g.z.data(), g.u.data()));
  per_group(state);
}

void draw_by_hand(benchmark::State& state) {
  Groups g(3);
  for (double& l : g.L) l = 0.3;
  for (auto _ : state) {
    hand::draw3(g.blocks, 1.5, g.Xy.data(), g.h0.data(), g.L.data(), g.z.data(), g.u.data());
    benchmark::ClobberMemory();
  }
  per_group(state);
}

void distances(benchmark::State& state, const LaneKernels* kernels) {
  Groups g(static_cast<int>(state.range(0)));
  std::vector<double> out(kGroups);
  for (auto _ : state) {
    kernels->distance(g.p + 1, kGroups, g.T.data(), g.u.data(), out.data());
    benchmark::ClobberMemory();
  }
  per_group(state);
}

void distance_by_hand(benchmark::State& state) {
  Groups g(3);
  for (auto _ : state) benchmark::DoNotOptimize(hand::distance3(g.blocks, g.T.data(), g.u.data()));
  per_group(state);
}

void outer_sums(benchmark::State& state, const LaneKernels* kernels) {
  Groups g(static_cast<int>(state.range(0)));
  std::vector<double> out(64);
  const double* terms[] = {g.u.data(), g.v.data()};
  const std::size_t step[] = {1, 0};
  for (auto _ : state) {
    kernels->outer(g.p, kGroups, 2, terms, step, out.data());
    benchmark::ClobberMemory();
  }
  per_group(state);
}

/// Words of eight streams, as the normals of p coefficients of 64 groups take them.
void words_of_streams(benchmark::State& state, const LaneKernels* kernels) {
  const std::size_t blocks = 2 * static_cast<std::size_t>(state.range(0));
  std::vector<std::uint64_t> words(4 * kLanes * blocks);
  std::uint64_t sweep = 0;
  for (auto _ : state) {
    StreamAddress address{.seed = 1, .sweep = ++sweep};
    if (kernels) {
      const Random at(address);
      kernels->philox(at.counter(), at.key(), blocks, words.data());
    } else {
      for (; address.level < kLanes; ++address.level)
        Random(address).bits(words.data() + address.level * 4 * blocks, 4 * blocks);
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(words.size()));
}

/// As a sweep draws them: a stream for each eight groups.
void draw_normals(Groups& g, std::uint64_t sweep) {
  const std::size_t n = static_cast<std::size_t>(g.p) * kLanes;
  for (std::size_t b = 0; b < g.blocks; ++b) {
    Random random({.seed = 1, .sweep = sweep, .level = static_cast<std::uint32_t>(b)});
    normals(random, n, g.z.data() + b * n);
  }
}

void normals_of_groups(benchmark::State& state) {
  Groups g(static_cast<int>(state.range(0)));
  std::uint64_t sweep = 0;
  for (auto _ : state) {
    draw_normals(g, ++sweep);
    benchmark::ClobberMemory();
  }
  per_group(state);
}

/// A sweep, but for the parameters that there is one of.
void textbook_by_hand(benchmark::State& state) {
  Groups g(3);
  std::uint64_t sweep = 0;
  for (auto _ : state) {
    draw_normals(g, ++sweep);
    benchmark::DoNotOptimize(hand::textbook3(g.blocks, 1.5, g.XX.data(), g.Xy.data(), g.K0.data(),
                                             g.h0.data(), g.T.data(), g.v.data(), g.z.data(),
                                             g.u.data()));
  }
  per_group(state);
}

/// The same with so many proposals of the marginal step.
void marginal_by_hand(benchmark::State& state) {
  Groups g(3);
  std::uint64_t sweep = 0;
  for (auto _ : state) {
    for (int k = 0; k < state.range(0); ++k)
      benchmark::DoNotOptimize(hand::eliminate3(g.blocks, 1.5, g.XX.data(), g.Xy.data(),
                                                g.K0.data(), g.h0.data(), g.L.data()));
    draw_normals(g, ++sweep);
    hand::draw3(g.blocks, 1.5, g.Xy.data(), g.h0.data(), g.L.data(), g.z.data(), g.u.data());
    benchmark::ClobberMemory();
  }
  per_group(state);
}

void normals_one_by_one(benchmark::State& state) {
  Random random({.seed = 1});
  for (auto _ : state) benchmark::DoNotOptimize(normal(random));
}

void gamma(benchmark::State& state) {
  Random random({.seed = 1});
  for (auto _ : state) benchmark::DoNotOptimize(gamma_variate(random, 2.5, 1));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::RegisterBenchmark("eliminate/by hand", eliminate_by_hand);
  benchmark::RegisterBenchmark("draw/by hand", draw_by_hand);
  benchmark::RegisterBenchmark("distance/by hand", distance_by_hand);
  for (const LaneKernels* k : lane_kernel_sets()) {
    const std::string set = std::string("/") + k->name;
    for (const int p : {1, 2, 3, 5, 8}) {
      benchmark::RegisterBenchmark(("eliminate" + set).c_str(), eliminate, k, false)->Arg(p);
      benchmark::RegisterBenchmark(("eliminate and square" + set).c_str(), eliminate, k, true)
          ->Arg(p);
      benchmark::RegisterBenchmark(("states" + set).c_str(), states, k, false)->Arg(p);
      benchmark::RegisterBenchmark(("draw states" + set).c_str(), states, k, true)->Arg(p);
      benchmark::RegisterBenchmark(("draw" + set).c_str(), draw, k)->Arg(p);
      benchmark::RegisterBenchmark(("distance" + set).c_str(), distances, k)->Arg(p);
      benchmark::RegisterBenchmark(("outer" + set).c_str(), outer_sums, k)->Arg(p);
    }
  }
  benchmark::RegisterBenchmark("sweep by hand/textbook", textbook_by_hand);
  benchmark::RegisterBenchmark("sweep by hand/marginal", marginal_by_hand)->Arg(1)->Arg(2);
  benchmark::RegisterBenchmark("words of streams", words_of_streams, nullptr)->Arg(3);
  if (lane_kernels().philox)
    benchmark::RegisterBenchmark("words of streams/lanes", words_of_streams, &lane_kernels())
        ->Arg(3);
  benchmark::RegisterBenchmark("normals of groups", normals_of_groups)->Arg(3);
  benchmark::RegisterBenchmark("normal", normals_one_by_one);
  benchmark::RegisterBenchmark("gamma", gamma);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
