#include "runtime/kernels/lane_parts.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <numeric>
#include <vector>

#include "runtime/team.h"

namespace lmmdsl {

namespace {

constexpr int kMostSums = triangle_size(kMostLaneAbove);

/// Where the block of an element begins in an array with `rows` rows a block; null stays null.
template <class T>
T* at_block(T* packed, std::size_t element, std::size_t rows) {
  return packed ? packed + element / kLanes * rows * kLanes : nullptr;
}

/// Some elements of a system.
class SystemPart {
 public:
  SystemPart(const LaneSystem& s, std::size_t begin, std::size_t end) : system(s) {
    const std::size_t p = static_cast<std::size_t>(s.p), q = static_cast<std::size_t>(s.q);
    K_.resize(3 * static_cast<std::size_t>(s.terms));
    const double** C = K_.data() + s.terms;
    const double** h = C + s.terms;
    for (int t = 0; t < s.terms; ++t) {
      K_[static_cast<std::size_t>(t)] = at_block(s.K[t], begin, triangle_size(s.p));
      C[t] = at_block(s.C[t], begin, p * q);
      h[t] = at_block(s.h[t], begin, p);
    }
    system.elements = end - begin;
    system.K = K_.data();
    system.C = C;
    system.h = h;
  }
  LaneSystem system;

 private:
  std::vector<const double*> K_;  ///< then C, then h
};

LaneAbove above_part(const LaneAbove& v, std::size_t begin, int q) {
  return {v.once, at_block(v.packed, begin, static_cast<std::size_t>(q))};
}

LaneElimination elimination_part(const LaneElimination& e, const LaneSystem& s, std::size_t begin) {
  const std::size_t p = static_cast<std::size_t>(s.p), q = static_cast<std::size_t>(s.q);
  LaneElimination part = e;
  part.L = at_block(e.L, begin, triangle_size(s.p));
  part.W = at_block(e.W, begin, p * q);
  part.w = at_block(e.w, begin, p);
  part.u = at_block(e.u, begin, p);
  part.v = above_part(e.v, begin, s.q);
  part.log_det = part.square = 0;
  return part;
}

void add(std::size_t n, const double* from, double* to) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
}

}  // namespace

bool eliminate_parts(const LaneKernels& kernels, const LaneSystem& s, LaneElimination& e) {
  const std::size_t parts = count_parts(s.elements);
  if (parts == 1) return kernels.eliminate(s, e);
  struct Sums {
    double log_det, square;
    bool definite;
    std::array<double, kMostSums> products;
    std::array<double, kMostLaneAbove> shifts;
  };
  std::vector<Sums> sums(parts);
  for_parts(s.elements, [&](std::size_t begin, std::size_t end, std::size_t part) {
    Sums& own = sums[part];
    const SystemPart of(s, begin, end);
    LaneElimination out = elimination_part(e, s, begin);
    if (e.products) out.products = own.products.data();
    if (e.shifts) out.shifts = own.shifts.data();
    own.definite = kernels.eliminate(of.system, out);
    own.log_det = out.log_det;
    own.square = out.square;
  });
  const std::size_t q = static_cast<std::size_t>(s.q);
  if (e.products) std::fill_n(e.products, triangle_size(s.q), 0.0);
  if (e.shifts) std::fill_n(e.shifts, q, 0.0);
  e.log_det = e.square = 0;
  for (const Sums& own : sums) {
    if (!own.definite) return false;
    e.log_det += own.log_det;
    e.square += own.square;
    if (e.products) add(triangle_size(s.q), own.products.data(), e.products);
    if (e.shifts) add(q, own.shifts.data(), e.shifts);
  }
  return true;
}

bool draw_parts(const LaneKernels& kernels, const LaneSystem& s, const double* L, bool shared,
                const LaneAbove& v, const double* z, double* u) {
  if (count_parts(s.elements) == 1) return kernels.draw(s, L, shared, v, z, u);
  const std::size_t p = static_cast<std::size_t>(s.p);
  std::atomic<bool> finite = true;
  for_parts(s.elements, [&](std::size_t begin, std::size_t end, std::size_t) {
    const SystemPart of(s, begin, end);
    if (!kernels.draw(of.system, shared ? L : at_block(L, begin, triangle_size(s.p)), shared,
                      above_part(v, begin, s.q), at_block(z, begin, p), at_block(u, begin, p)))
      finite = false;
  });
  return finite;
}

void solve_parts(const LaneKernels& kernels, const LaneSystem& s, const double* L, const double* W,
                 LaneElimination& e, double* sum) {
  if (count_parts(s.elements) == 1) return kernels.solve(s, L, W, e, sum);
  struct Sums {
    double square;
    std::array<double, kMostLaneSize> w;
  };
  std::vector<Sums> sums(count_parts(s.elements));
  for_parts(s.elements, [&](std::size_t begin, std::size_t end, std::size_t part) {
    const SystemPart of(s, begin, end);
    LaneElimination out = elimination_part(e, s, begin);
    kernels.solve(of.system, L, W, out, sums[part].w.data());
    sums[part].square = out.square;
  });
  std::fill_n(sum, s.p, 0.0);
  e.square = 0;
  for (const Sums& own : sums) {
    e.square += own.square;
    add(static_cast<std::size_t>(s.p), own.w.data(), sum);
  }
}

void distance_parts(const LaneKernels& kernels, int k, std::size_t elements, const double* T,
                    const double* v, double* out) {
  for_parts(elements, [&](std::size_t begin, std::size_t end, std::size_t) {
    kernels.distance(k, end - begin, at_block(T, begin, triangle_size(k)),
                     v + begin * static_cast<std::size_t>(k - 1), out + begin);
  });
}

void outer_parts(const LaneKernels& kernels, int p, std::size_t elements, int terms,
                 const double* const* term, const std::size_t* step, double* out) {
  if (count_parts(elements) == 1) return kernels.outer(p, elements, terms, term, step, out);
  const std::size_t size = static_cast<std::size_t>(p * p);
  std::vector<std::array<double, kMostLaneSize * kMostLaneSize>> sums(count_parts(elements));
  for_parts(elements, [&](std::size_t begin, std::size_t end, std::size_t part) {
    std::vector<const double*> at(static_cast<std::size_t>(terms));
    for (std::size_t t = 0; t < at.size(); ++t)
      at[t] = term[t] + step[t] * begin * static_cast<std::size_t>(p);
    kernels.outer(p, end - begin, terms, at.data(), step, sums[part].data());
  });
  std::fill_n(out, size, 0.0);
  for (const auto& own : sums) add(size, own.data(), out);
}

double residuals_parts(const LaneKernels& kernels, const LaneResiduals& r, const double* once,
                       const double* const* x) {
  const std::size_t elements = r.blocks * kLanes;
  std::vector<double> sums(count_parts(elements));
  std::size_t terms = 0;
  for (int c = 0; c < r.columns; ++c) terms += static_cast<std::size_t>(r.terms[c]);
  for_parts(elements, [&](std::size_t begin, std::size_t end, std::size_t part) {
    LaneResiduals of = r;
    of.blocks = (end - begin) / kLanes;
    of.numbers = at_block(r.numbers, begin, static_cast<std::size_t>(r.columns + 1));
    of.index = at_block(r.index, begin, terms);
    sums[part] = kernels.residuals(of, once, x);
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace lmmdsl
