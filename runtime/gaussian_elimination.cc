// Factor of, density of and draws from a Gaussian block.
#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/elimination.h"
#include "runtime/gaussian_block.h"
#include "runtime/random_block.h"
#include "runtime/team.h"

namespace lmmdsl {

namespace {

/// Elements that share a stream of random numbers.
constexpr std::size_t kElementsPerStream = kLanes;

/// Standard normals, packed, the streams one after the other from the address on. Gives how many
/// these are.
std::uint32_t lane_normals(const LaneKernels& kernels, const StreamAddress& first,
                           std::size_t elements, std::size_t p, double* packed) {
  constexpr std::size_t kStreams = kLanes, kTogether = kStreams * kElementsPerStream;
  static_assert(kElementsPerStream % 4 == 0);  // p of each use up what Philox gives
  const std::size_t words = p * kElementsPerStream;
  for_parts(elements, [&](std::size_t begin, std::size_t end, std::size_t) {
    if (kernels.philox) {
      std::array<std::uint64_t, kStreams * kMostLaneSize * kElementsPerStream> all;
      for (; begin + kTogether <= end; begin += kTogether) {
        StreamAddress address = first;
        address.level += static_cast<std::uint32_t>(begin / kElementsPerStream);
        const Random at(address);
        kernels.philox(at.counter(), at.key(), words / 4, all.data());
        for (std::size_t s = 0; s < kStreams; ++s, ++address.level) {
          Random rest(address, words / 4);
          normals(all.data() + s * words, words, rest, packed + begin * p + s * words);
        }
      }
    }
    std::array<double, kMostLaneSize * kElementsPerStream> z;
    for (; begin < end; begin += kElementsPerStream) {
      const std::size_t n = std::min(kElementsPerStream, end - begin);
      StreamAddress address = first;
      address.level += static_cast<std::uint32_t>(begin / kElementsPerStream);
      Random random(address);
      double* block = packed + begin * p;
      normals(random, n * p, n < kElementsPerStream ? z.data() : block);
      if (n == kElementsPerStream) continue;
      std::fill_n(block, p * kLanes, 0.0);
      for (std::size_t i = 0; i < p; ++i) std::copy_n(z.data() + i * n, n, block + i * kLanes);
    }
  });
  return static_cast<std::uint32_t>((elements + kElementsPerStream - 1) / kElementsPerStream);
}

/// max K_ii / D_i of K = L L' = (unit triangle) D (its transpose): by how much rounding of K grows in
/// what is computed from its inverse.
double growth_of(int p, const double* L) {
  double growth = 1;
  for (int i = 0; i < p; ++i) {
    double square = 0;
    for (int j = 0; j <= i; ++j) square += L[i * p + j] * L[i * p + j];
    growth = std::max(growth, square / (L[i * p + i] * L[i * p + i]));
  }
  return growth;
}

}  // namespace

bool GaussianBlock::factor(const Machine& machine, GaussianFactor& out) {
  return eliminate_all(machine, out, nullptr, nullptr);
}

bool GaussianBlock::factor(const Machine& machine, GaussianFactor& out,
                           const GaussianValues& values, double& log_density) {
  double sum = 0;
  if (!eliminate_all(machine, out, &values, &sum)) return false;
  for (std::size_t k = lanes_ ? 1 : 0; k < levels_.size(); ++k) sum += square(k, out, values);
  log_density = 0.5 * (out.log_det - sum);
  return true;
}

bool GaussianBlock::eliminate_all(const Machine& machine, GaussianFactor& out,
                                  const GaussianValues* values, double* square) {
  if (lanes_) lanes_->assemble(machine, out.lanes);
  for (std::size_t k = lanes_ ? 1 : 0; k < levels_.size(); ++k) assemble(machine, k, out.levels[k]);
  for (std::size_t k = 1; k < levels_.size(); ++k) {
    const auto p = static_cast<std::size_t>(levels_[k].p);
    for (std::size_t i = 0; i < assembled_[k].size(); ++i)
      assembled_[k][i] = out.levels[k].L[i / p * p * p + i % p * (p + 1)];
  }
  out.log_det = 0;
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    const bool done = lanes_ && k == 0 ? eliminate_lanes(out, values, square) : eliminate(k, out);
    if (!done) return false;
  }
  return std::isfinite(out.log_det);
}

bool GaussianBlock::is_accurate(std::size_t k, const std::vector<double>& remaining,
                                const GaussianFactor& factor) const {
  constexpr double kSuspicious = 1e-6;
  // A thousand times the rounding of one number: the log density is then good to a thousandth.
  constexpr double kRounding = 1000 * std::numeric_limits<double>::epsilon();
  const auto p = static_cast<std::size_t>(levels_[k].p);
  double least = 1;  // pivot by what was taken off
  for (std::size_t i = 0; i < remaining.size(); ++i) {
    const double root = factor.levels[k].L[i / p * p * p + i % p * (p + 1)];
    const double taken = assembled_[k][i] - remaining[i];
    if (root * root < least * taken) least = root * root / taken;
  }
  if (least > kSuspicious) return true;
  double growth = 1;
  if (lanes_) growth = lanes_->growth(factor.lanes);
  else growth = growth_of(levels_[0].p, factor.levels[0].L.data());
  return least > kRounding * growth;
}

bool GaussianBlock::eliminate_lanes(GaussianFactor& out, const GaussianValues* values,
                                    double* square) {
  const Level& level = levels_[0];
  const double* u = values ? (*values)[0].data() : nullptr;
  if (!lanes_->eliminate(out.lanes, u, values ? above_lanes(*values) : LaneAbove{}, rest_))
    return false;
  out.log_det += rest_.log_det;
  if (square) *square += rest_.square;
  if (!once_above_) {
    GaussianFactor::Level& own = out.levels[0];
    for (std::size_t e = 0; e < level.elements; ++e) {
      lanes_->element(out.lanes, e, own.W.data(), own.w.data());
      subtract(0, e, own.W.data(), own.w.data(), out);
    }
    return true;
  }
  const std::size_t q = static_cast<std::size_t>(level.q);
  std::size_t before = 0;
  for (std::size_t j = 1; j < levels_.size(); ++j) {
    GaussianFactor::Level& rest = out.levels[j];
    const std::size_t pj = static_cast<std::size_t>(levels_[j].p),
                      qj = static_cast<std::size_t>(levels_[j].q);
    for (std::size_t i = 0; i < pj; ++i) {
      const double* row = rest_.products.data() + (before + i) * q + before;
      for (std::size_t c = 0; c < pj; ++c) rest.L[i * pj + c] -= row[c];
      for (std::size_t c = 0; c < qj; ++c) rest.W[i * qj + c] -= row[pj + c];
      rest.w[i] -= rest_.shifts[before + i];
    }
    before += pj;
  }
  return true;
}

bool GaussianBlock::eliminate(std::size_t k, GaussianFactor& out) {
  const Level& level = levels_[k];
  GaussianFactor::Level& own = out.levels[k];
  const std::size_t p = static_cast<std::size_t>(level.p), q = static_cast<std::size_t>(level.q);
  const std::size_t blocks = level.uniform ? 1 : level.elements;
  double log_det = 0;
  std::vector<double>& remaining = remaining_[k];
  for (std::size_t i = 0; k > 0 && i < remaining.size(); ++i)
    remaining[i] = own.L[i / p * p * p + i % p * (p + 1)];
  if (!factor_elements(level.p, level.q, blocks, own.L.data(), own.W.data(), log_det)) return false;
  if (k > 0 && !is_accurate(k, remaining, out)) return false;
  out.log_det += log_det * (level.uniform ? static_cast<double>(level.elements) : 1);
  solve_elements(level.p, level.elements, own.L.data(), level.uniform, own.w.data());
  for (std::size_t e = 0; q > 0 && e < level.elements; ++e)
    subtract(k, e, own.W.data() + (level.uniform ? 0 : e) * p * q, own.w.data() + e * p, out);
  return true;
}

void GaussianBlock::subtract(std::size_t k, std::size_t e, const double* W, const double* w,
                             GaussianFactor& out) const {
  const Level& level = levels_[k];
  const std::size_t p = static_cast<std::size_t>(level.p), q = static_cast<std::size_t>(level.q);
  std::size_t before = 0;  // coefficients between this level and level j
  for (std::size_t j = k + 1; j < levels_.size(); ++j) {
    GaussianFactor::Level& rest = out.levels[j];
    const std::size_t pj = static_cast<std::size_t>(levels_[j].p),
                      qj = static_cast<std::size_t>(levels_[j].q);
    const std::int32_t* parent = level.above[j - k - 1];
    const std::size_t a = parent ? static_cast<std::size_t>(parent[e]) : 0;
    // What all elements share is taken off once, as often as there are elements.
    const bool together = level.uniform && !parent && !(lanes_ && k == 0);
    const double times = together ? static_cast<double>(level.elements) : 1;
    if (!together || e == 0) {
      subtract_products(p, q, W + before, W + before, pj, times, rest.L.data() + a * pj * pj, pj,
                        pj);
      if (qj > 0)
        subtract_products(p, q, W + before, W + before + pj, pj, times, rest.W.data() + a * pj * qj,
                          qj, qj);
    }
    subtract_shift(p, q, W + before, pj, w, rest.w.data() + a * pj);
    before += pj;
  }
}

LaneAbove GaussianBlock::above_lanes(const GaussianValues& values) {
  const Level& level = levels_[0];
  const std::size_t q = static_cast<std::size_t>(level.q);
  if (once_above_) {
    std::size_t before = 0;
    for (std::size_t j = 1; j < levels_.size(); ++j)
      before = static_cast<std::size_t>(
          std::copy(values[j].begin(), values[j].begin() + levels_[j].p, above_.begin() + before) -
          above_.begin());
    return {above_.data(), nullptr};
  }
  for (std::size_t e = 0; e < (level.elements + kLanes - 1) / kLanes * kLanes; ++e) {
    const std::size_t at = std::min(e, level.elements - 1);
    double* to = above_.data() + e / kLanes * q * kLanes + e % kLanes;
    for (std::size_t j = 1; j < levels_.size(); ++j) {
      const std::int32_t* parent = level.above[j - 1];
      const std::size_t pj = static_cast<std::size_t>(levels_[j].p);
      const double* v = values[j].data() + (parent ? static_cast<std::size_t>(parent[at]) : 0) * pj;
      for (std::size_t i = 0; i < pj; ++i, to += kLanes) *to = v[i];
    }
  }
  return {nullptr, above_.data()};
}

void GaussianBlock::residual(std::size_t k, std::size_t e, const GaussianFactor& factor,
                             const GaussianValues& values, double* out) const {
  const Level& level = levels_[k];
  const GaussianFactor::Level& own = factor.levels[k];
  const std::size_t p = static_cast<std::size_t>(level.p), q = static_cast<std::size_t>(level.q);
  const double* W = own.W.data() + (level.uniform ? 0 : e) * p * q;
  std::copy_n(own.w.data() + e * p, p, out);
  std::size_t before = 0;
  for (std::size_t j = k + 1; j < levels_.size(); ++j) {
    const std::size_t pj = static_cast<std::size_t>(levels_[j].p);
    const std::int32_t* parent = level.above[j - k - 1];
    const double* v = values[j].data() + (parent ? static_cast<std::size_t>(parent[e]) : 0) * pj;
    for (std::size_t i = 0; i < p; ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < pj; ++c) sum += W[i * q + before + c] * v[c];
      out[i] -= sum;
    }
    before += pj;
  }
}

bool GaussianBlock::draw(Machine& machine, const GaussianFactor& factor, StreamAddress address) {
  address.level = 0;
  bool finite = true;
  for (std::size_t k = levels_.size(); k-- > 0;) {
    const Level& level = levels_[k];
    finite &= draw_level(k, factor, address);
    for (const Member& m : level.members) {
      double* out = machine.parameter(m.parameter);
      if (lanes_ && k == 0) {
        lanes_->unpack(values_[0].data(), m.offset, m.size, out);
        continue;
      }
      for (std::size_t e = 0; e < level.elements; ++e)
        std::copy_n(values_[k].data() + e * level.p + m.offset, m.size, out + e * m.size);
    }
  }
  return finite;
}

bool GaussianBlock::draw_level(std::size_t k, const GaussianFactor& factor,
                               StreamAddress& address) {
  const Level& level = levels_[k];
  const std::size_t p = static_cast<std::size_t>(level.p);
  if (lanes_ && k == 0) {
    address.level += lane_normals(lanes_->kernels(), address, level.elements, p, values_[0].data());
    return lanes_->draw(factor.lanes, above_lanes(values_), values_[0].data());
  }
  bool finite = true;
  r_.resize(p);
  z_.resize(p * kElementsPerStream);
  for (std::size_t begin = 0; begin < level.elements; begin += kElementsPerStream) {
    const std::size_t n = std::min(kElementsPerStream, level.elements - begin);
    Random random(address);
    ++address.level;
    normals(random, n * p, z_.data());  // the first coefficient of all elements, then the second
    for (std::size_t e = begin; e < begin + n; ++e) {
      residual(k, e, factor, values_, r_.data());
      for (std::size_t i = 0; i < p; ++i) r_[i] += z_[i * n + e - begin];
      double* u = values_[k].data() + e * p;
      solve_transposed(p, factor.levels[k].L.data() + (level.uniform ? 0 : e) * p * p, r_.data(),
                       u);
      for (std::size_t i = 0; i < p; ++i) finite &= std::isfinite(u[i]);
    }
  }
  return finite;
}

double GaussianBlock::square(std::size_t k, const GaussianFactor& factor,
                             const GaussianValues& values) {
  const Level& level = levels_[k];
  const std::size_t p = static_cast<std::size_t>(level.p);
  double sum = 0;
  r_.resize(p);
  for (std::size_t e = 0; e < level.elements; ++e) {
    residual(k, e, factor, values, r_.data());
    const double* L = factor.levels[k].L.data() + (level.uniform ? 0 : e) * p * p;
    const double* u = values[k].data() + e * p;
    for (std::size_t i = 0; i < p; ++i) {  // z = L'u - (w - W v)
      double z = -r_[i];
      for (std::size_t j = i; j < p; ++j) z += L[j * p + i] * u[j];
      sum += z * z;
    }
  }
  return sum;
}

}  // namespace lmmdsl
