#include "runtime/running.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

constexpr std::size_t kBatches = 25;  // of each chain

}  // namespace

void RunningMoments::add(const RunningMoments& other) {
  if (other.n_ == 0) return;
  const double n = static_cast<double>(n_), m = static_cast<double>(other.n_);
  const double d = other.mean_ - mean_;
  mean_ += d * m / (n + m);
  squares_ += other.squares_ + d * d * n * m / (n + m);
  n_ += other.n_;
}

double RunningMoments::variance() const {
  return n_ < 2 ? kNan : squares_ / static_cast<double>(n_ - 1);
}

void RunningScalar::add(double x, std::size_t draw, std::size_t draws) {
  halves_[2 * draw < draws ? 0 : 1].add(x);
  batch_.add(x);
  if (batch_.n() < std::max<std::size_t>(1, draws / kBatches)) return;
  batches_.add(batch_.mean());
  batch_ = {};
}

RowFigures figures(const std::vector<const RunningScalar*>& chains) {
  RunningMoments all, batches, means, variances;
  std::size_t shortest = std::numeric_limits<std::size_t>::max();
  for (const RunningScalar* chain : chains) {
    batches.add(chain->batches_);
    for (const RunningMoments& half : chain->halves_) {
      all.add(half);
      means.add(half.mean());
      variances.add(half.variance());
      shortest = std::min(shortest, half.n());
    }
  }
  RowFigures f{kNan, kNan, kNan, kNan};
  if (all.n() == 0 || !std::isfinite(all.mean())) return f;
  f.mean = all.mean();
  f.sd = std::sqrt(all.variance());
  f.mcse = std::sqrt(batches.variance() / static_cast<double>(batches.n()));
  const double n = static_cast<double>(shortest), within = variances.mean();
  f.rhat = std::sqrt((n - 1) / n + means.variance() / within);
  if (shortest < 2 || !(within > 0)) f.rhat = kNan;
  return f;
}

}  // namespace lmmdsl
