#include "runtime/running.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/not_a_number.h"
#include "runtime/team.h"

namespace lmmdsl {

namespace {

constexpr std::size_t kBatches = 25;             // of each chain
constexpr std::size_t kMostCollected = 16;       // draws
constexpr std::size_t kMostNumbers = 8'000'000;  // of all these draws
constexpr std::size_t kTile = 512;  // scalars whose collected draws stay in the nearest cache

std::size_t collected_draws(std::size_t scalars) {
  return std::clamp<std::size_t>(kMostNumbers / std::max<std::size_t>(scalars, 1), 2,
                                 kMostCollected);
}

}  // namespace

void RunningMoments::add(double x) {
  ++n_;
  const double d = x - mean_;
  mean_ += d / static_cast<double>(n_);
  squares_ += d * (x - mean_);
}

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

RunningScalars::RunningScalars(std::size_t scalars, std::size_t draws)
    : scalars_(scalars),
      draws_(draws),
      batch_(std::max<std::size_t>(1, draws / kBatches)),
      rows_(collected_draws(scalars) * scalars),
      sums_(scalars) {
  for (Moments* m : {&halves_[0], &halves_[1], &batches_}) {
    m->means.resize(scalars);
    m->squares.resize(scalars);
  }
}

std::size_t RunningScalars::bytes(std::size_t scalars) {
  return scalars * (collected_draws(scalars) + 7) * sizeof(double);
}

void RunningScalars::add(const double* values, bool square) {
  double* row = rows_.data() + collected_ * scalars_;
  if (square) std::transform(values, values + scalars_, row, [](double x) { return x * x; });
  else std::copy_n(values, scalars_, row);
  ++collected_;
  ++seen_;
  // What is collected belongs to one half and to one batch.
  const bool half_ends = 2 * seen_ >= draws_ && 2 * (seen_ - 1) < draws_;
  if (collected_ * scalars_ == rows_.size() || in_batch_ + collected_ == batch_ || half_ends)
    take();
}

void RunningScalars::take() {
  if (collected_ == 0) return;
  Moments& half = halves_[2 * (seen_ - collected_) < draws_ ? 0 : 1];
  const double n = static_cast<double>(half.n), m = static_cast<double>(collected_);
  const double share = m / (n + m), apart = n * share;
  in_batch_ += collected_;
  const bool batch_ends = in_batch_ == batch_;
  const double batches = static_cast<double>(batches_.n + 1);
  const auto take_tile = [&](std::size_t begin, std::size_t size) {
    double sum[kTile], mean[kTile], squares[kTile];
    const double* rows = rows_.data() + begin;
    std::fill_n(sum, size, 0.0);
    std::fill_n(squares, size, 0.0);
    for (std::size_t d = 0; d < collected_; ++d)
      for (std::size_t i = 0; i < size; ++i) sum[i] += rows[d * scalars_ + i];
    for (std::size_t i = 0; i < size; ++i) mean[i] = sum[i] / m;
    for (std::size_t d = 0; d < collected_; ++d)
      for (std::size_t i = 0; i < size; ++i) {
        const double x = rows[d * scalars_ + i] - mean[i];
        squares[i] += x * x;
      }
    double* means = half.means.data() + begin;
    double* about = half.squares.data() + begin;
    double* batch = sums_.data() + begin;
    for (std::size_t i = 0; i < size; ++i) {
      const double d = mean[i] - means[i];
      means[i] += d * share;
      about[i] += squares[i] + d * d * apart;
      batch[i] += sum[i];
    }
    if (!batch_ends) return;
    means = batches_.means.data() + begin;
    about = batches_.squares.data() + begin;
    for (std::size_t i = 0; i < size; ++i) {
      const double x = batch[i] / static_cast<double>(batch_);
      const double d = x - means[i];
      means[i] += d / batches;
      about[i] += d * (x - means[i]);
      batch[i] = 0;
    }
  };
  for_parts(scalars_, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (; begin < end; begin += kTile) take_tile(begin, std::min(kTile, end - begin));
  });
  half.n += collected_;
  collected_ = 0;
  if (!batch_ends) return;
  ++batches_.n;
  in_batch_ = 0;
}

void RunningScalars::finish() {
  take();
  rows_ = {};
}

RunningFigures figures(const std::vector<const RunningScalars*>& chains, std::size_t scalar) {
  RunningMoments all, batches, means, variances;
  std::size_t shortest = std::numeric_limits<std::size_t>::max();
  for (const RunningScalars* chain : chains) {
    batches.add(chain->batches(scalar));
    for (const int h : {0, 1}) {
      const RunningMoments half = chain->half(h, scalar);
      all.add(half);
      means.add(half.mean());
      variances.add(half.variance());
      shortest = std::min(shortest, half.n());
    }
  }
  RunningFigures f{kNan, kNan, kNan, kNan};
  if (all.n() == 0 || !std::isfinite(all.mean())) return f;
  f.mean = all.mean();
  f.sd = std::sqrt(all.variance());
  f.mcse = std::sqrt(batches.variance() / static_cast<double>(batches.n()));
  const double n = static_cast<double>(shortest), within = variances.mean();
  f.rhat = std::sqrt((n - 1) / n + means.variance() / within);
  if (shortest < 2 || !(within > 0)) f.rhat = kNan;
  return f;
}

void figure(RunningQuantity& quantity, const std::vector<const RunningScalars*>& chains,
            std::size_t block) {
  quantity.figures.clear();
  quantity.figures.reserve(quantity.elements() * quantity.components.size());
  for (std::size_t e = 0; e < quantity.elements(); ++e)
    for (const Quantity::Component& c : quantity.components)
      quantity.figures.push_back(quantity.moments
                                     ? figures(chains, quantity.place(e) * block + c.offset)
                                     : RunningFigures{kNan, kNan, kNan, kNan});
}

}  // namespace lmmdsl
