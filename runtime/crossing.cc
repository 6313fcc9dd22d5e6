#include "runtime/crossing.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/random.h"
#include "runtime/sparse_order.h"

namespace lmmdsl {

namespace {

/// Variance of the error over that of effects, which is not known when a schedule is chosen:
/// effects are supposed to vary twice as much as the error. With less they mix better than
/// estimated.
constexpr double kRatio = 0.25;
constexpr int kIterations = 60;

// Nanoseconds, about, as the workloads of bench/run.sh take them.
constexpr double kFactorisations = 1.5;       // in a sweep: of proposals, and of some walks
constexpr double kCell = 1.5, kElement = 10;  // factor by factor

/// With more numbers in its factor a matrix is not factored in every sweep.
constexpr double kMostNumbers = 5e6;

/// The cells of two plates, and the rows in each.
struct Cells {
  const PlateElements &first, &second;
  Ties pairs;
  std::vector<double> rows;
};

Cells cells_of(const Data& data, const Plate& a, const Plate& b) {
  Cells cells{data.plate(a), data.plate(b), {}, {}};
  const PlateElements& joined = data.plate(join(a, b));
  for (const std::int32_t row : joined.representative) {
    const auto of = [&](const Plate& plate, const PlateElements& elements) {
      return plate.once() ? 0 : elements.of_row[static_cast<std::size_t>(row)];
    };
    cells.pairs.emplace_back(of(a, cells.first), of(b, cells.second));
  }
  cells.rows.assign(joined.size, 0);
  for (const std::int32_t e : joined.of_row)
    if (e >= 0) ++cells.rows[static_cast<std::size_t>(e)];
  return cells;
}

/// The effects of one factor, from those of the other: D^-1 N v, without its mean over the rows
/// where coefficients that are drawn with it take that up.
class EffectsOf {
 public:
  EffectsOf(std::size_t levels, bool has_mean)
      : effects(levels, 0), rows_(levels, 0), has_mean_(has_mean) {}

  void count(std::int32_t level, double rows) { rows_[static_cast<std::size_t>(level)] += rows; }

  void shrink() {
    double sum = 0, all = 0;
    for (std::size_t l = 0; l < effects.size(); ++l) {
      effects[l] /= rows_[l] + kRatio;
      sum += rows_[l] * effects[l];
      all += rows_[l];
    }
    if (!has_mean_) return;
    for (double& e : effects) e -= sum / all;
  }

  double norm() const {
    double sum = 0;
    for (const double e : effects) sum += e * e;
    return std::sqrt(sum);
  }

  std::vector<double> effects;

 private:
  std::vector<double> rows_;
  bool has_mean_;
};

/// Power iteration.
double squared_correlation(const Cells& cells, const TiedCoefficients::Group& a,
                           const TiedCoefficients::Group& b) {
  EffectsOf first(cells.first.size, a.has_mean), second(cells.second.size, b.has_mean);
  for (std::size_t c = 0; c < cells.pairs.size(); ++c) {
    first.count(cells.pairs[c].first, cells.rows[c]);
    second.count(cells.pairs[c].second, cells.rows[c]);
  }
  const auto multiply = [&](const EffectsOf& from, EffectsOf& to, auto of_from, auto of_to) {
    std::fill(to.effects.begin(), to.effects.end(), 0.0);
    for (std::size_t c = 0; c < cells.pairs.size(); ++c)
      to.effects[static_cast<std::size_t>(of_to(cells.pairs[c]))] +=
          cells.rows[c] * from.effects[static_cast<std::size_t>(of_from(cells.pairs[c]))];
    to.shrink();
  };
  const auto one = [](const auto& pair) { return pair.first; };
  const auto two = [](const auto& pair) { return pair.second; };
  Random random({.seed = 1});
  for (double& e : second.effects) e = random.uniform() - 0.5;
  double r = 0;
  for (int k = 0; k < kIterations; ++k) {
    const double before = second.norm();
    if (!(before > 0)) return 0;
    for (double& e : second.effects) e /= before;
    multiply(second, first, two, one);
    multiply(first, second, one, two);
    r = second.norm();
  }
  return std::clamp(r, 0.0, 1.0);
}

/// Adds what drawing all together takes. Elements of all groups are the unknowns.
void add_together(const TiedCoefficients& tied, const Data& data,
                  const std::vector<double>& lengths, Crossing& crossing) {
  std::vector<std::int32_t> offset;
  std::int32_t unknowns = 0;
  for (const TiedCoefficients::Group& g : tied.groups) {
    offset.push_back(unknowns);
    unknowns += static_cast<std::int32_t>(data.plate(g.plate).size);
  }
  Ties ties;
  for (const auto& [a, b] : tied.ties) {
    const Cells cells = cells_of(data, tied.groups[a].plate, tied.groups[b].plate);
    for (const auto& [i, j] : cells.pairs) ties.emplace_back(offset[a] + i, offset[b] + j);
  }
  const double length = *std::max_element(lengths.begin(), lengths.end());
  const auto whole = [&](const SparseWork& work) {
    return kFactorisations * nanoseconds({work.numbers * length * length,
                                          work.multiplications * length * length * length});
  };
  // Without fill, which an order need not be looked for to know.
  const double least = whole({static_cast<double>(ties.size()), 0});
  crossing.or_more = crossing.together + least > crossing.apart * crossing.sweeps;
  if (crossing.or_more) {
    crossing.together += least;
    return;
  }
  const double most = kMostNumbers / (length * length);
  const std::optional<SparseWork> work = work_of(find_order(unknowns, ties).pattern, most);
  crossing.or_more = !work;
  crossing.together += whole(work ? *work : SparseWork{most, 0});
}

}  // namespace

Crossing find_crossing(const TiedCoefficients& tied, const Data& data) {
  Crossing crossing;
  std::vector<double> lengths;
  double correlation = 0, kept = 0;
  for (const TiedCoefficients::Group& g : tied.groups) {
    lengths.push_back(g.shape.is_scalar() ? 1 : data.length(g.shape.rows));
    const auto elements = static_cast<double>(data.plate(g.plate).size);
    kept += kKeptNumber * lengths.back() * elements;
    crossing.apart += kStepByItself + kElement * lengths.back() * lengths.back() * elements;
  }
  for (const auto& [a, b] : tied.ties) {
    const Plate &first = tied.groups[a].plate, &second = tied.groups[b].plate;
    if (first.once() || second.once() || first == second) continue;
    const Cells cells = cells_of(data, first, second);
    crossing.apart += kCell * lengths[a] * lengths[b] * static_cast<double>(cells.pairs.size());
    const bool nested = cells.pairs.size() == std::max(cells.first.size, cells.second.size);
    if (!nested)
      correlation =
          std::max(correlation, squared_correlation(cells, tied.groups[a], tied.groups[b]));
  }
  crossing.apart += kept;
  crossing.together += kept;
  crossing.sweeps = (1 + correlation) / (1 - correlation);
  add_together(tied, data, lengths, crossing);
  return crossing;
}

}  // namespace lmmdsl
