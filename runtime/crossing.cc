#include "runtime/crossing.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runtime/random.h"
#include "runtime/sparse_order.h"

namespace lmmdsl {

namespace {

/// Variance of the error over that of effects, which is not known when a schedule is chosen:
/// the standard deviation of effects is supposed to be twice that of the error. With less they mix
/// better than estimated.
constexpr double kRatio = 0.25;
/// Of the power iteration: as many as visit so many cells, within bounds.
constexpr std::size_t kFewestIterations = 60, kMostIterations = 1000, kMostVisits = 100'000'000;
constexpr double kMostCorrelated = 1 - 1e-6;

// Nanoseconds, about, as the workloads of bench/run.sh take them.
constexpr double kFactorisations = 1.5;       // in a sweep: of proposals, and of some walks
constexpr double kCell = 1.5, kElement = 10;  // factor by factor

/// With more numbers in its factor a matrix is not factored in every sweep.
constexpr double kMostPlaced = 5e6;

/// The cells of two plates, and how many elements of a third are in each: of the rows, as a rule.
struct Cells {
  const PlateElements &first, &second;
  Ties pairs;
  std::vector<double> rows;
};

Cells cells_of(const Data& data, const Plate& a, const Plate& b, const Plate& of) {
  Cells cells{data.plate(a), data.plate(b), {}, {}};
  const PlateElements& joined = data.plate(join(a, b));
  for (const std::int32_t row : joined.representative) {
    const auto level = [&](const Plate& plate, const PlateElements& elements) {
      return plate.once() ? 0 : elements.of_row[static_cast<std::size_t>(row)];
    };
    cells.pairs.emplace_back(level(a, cells.first), level(b, cells.second));
  }
  cells.rows.assign(joined.size, 0);
  if (joined.of_row.empty()) return cells;  // both hold once
  for (const std::int32_t row : data.plate(of).representative) {
    const std::int32_t e = joined.of_row[static_cast<std::size_t>(row)];
    if (e >= 0) ++cells.rows[static_cast<std::size_t>(e)];
  }
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

  /// In which the iteration is self-adjoint, so that it grows by the largest eigenvalue at most.
  double norm() const {
    double sum = 0;
    for (std::size_t l = 0; l < effects.size(); ++l)
      sum += (rows_[l] + kRatio) * effects[l] * effects[l];
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
  const std::size_t iterations =
      std::clamp(kMostVisits / cells.pairs.size(), kFewestIterations, kMostIterations);
  for (std::size_t k = 0; k < iterations; ++k) {
    const double before = second.norm();
    if (!(before > 0)) return 0;
    for (double& e : second.effects) e /= before;
    multiply(second, first, two, one);
    multiply(first, second, one, two);
    r = second.norm();
  }
  return std::clamp(r, 0.0, kMostCorrelated);
}

/// Adds what drawing all together takes, given the cells of each tie. Elements of all groups are the
/// unknowns.
void add_together(const TiedCoefficients& tied, const Data& data, const std::vector<Cells>& cells,
                  const std::vector<double>& lengths, Crossing& crossing) {
  std::vector<std::int32_t> offset;
  std::vector<double> length;  // of each unknown
  for (std::size_t g = 0; g < tied.groups.size(); ++g) {
    offset.push_back(static_cast<std::int32_t>(length.size()));
    length.insert(length.end(), data.plate(tied.groups[g].plate).size, lengths[g]);
  }
  Ties ties;
  double least = 0;  // numbers without fill, which an order need not be looked for to know
  for (std::size_t k = 0; k < tied.ties.size(); ++k) {
    const TiedCoefficients::Tie& t = tied.ties[k];
    const Plate &first = tied.groups[t.first].plate, &second = tied.groups[t.second].plate;
    for (const auto& [i, j] : cells[k].pairs)
      ties.emplace_back(offset[t.first] + i, offset[t.second] + j);
    least += lengths[t.first] * lengths[t.second] *
             static_cast<double>(data.plate(join(first, second)).size);
  }
  const auto add = [&](const SparseWork& work, bool or_more) {
    crossing.together += kFactorisations * nanoseconds(work);
    crossing.or_more = or_more;
  };
  const double at_least = crossing.together + kFactorisations * nanoseconds({least, 0});
  if (least > kMostPlaced || at_least > crossing.apart * crossing.sweeps)
    return add({least, 0}, true);
  const SparseOrder order = find_order(static_cast<std::int32_t>(length.size()), ties);
  std::vector<double> placed(length.size());
  for (std::size_t i = 0; i < length.size(); ++i)
    placed[static_cast<std::size_t>(order.place[i])] = length[i];
  const std::optional<SparseWork> work = work_of(order.pattern, placed, kMostPlaced);
  add(work ? *work : SparseWork{kMostPlaced, 0}, !work);
}

}  // namespace

Crossing find_crossing(const TiedCoefficients& tied, const Data& data) {
  Crossing crossing;
  std::vector<double> lengths;
  double correlation = 0, kept = 0;
  for (const TiedCoefficients::Group& g : tied.groups) {
    lengths.push_back(data.length(g.shape.rows));
    const auto elements = static_cast<double>(data.plate(g.plate).size);
    kept += kKeptNumber * lengths.back() * elements;
    crossing.apart += kStepByItself + kElement * lengths.back() * lengths.back() * elements;
  }
  std::vector<Cells> cells;
  for (const TiedCoefficients::Tie& t : tied.ties) {
    const TiedCoefficients::Group &a = tied.groups[t.first], &b = tied.groups[t.second];
    const Cells& own = cells.emplace_back(cells_of(data, a.plate, b.plate, t.plate));
    if (a.plate.once() || b.plate.once() || a.plate == b.plate) continue;
    crossing.apart +=
        kCell * lengths[t.first] * lengths[t.second] * static_cast<double>(own.pairs.size());
    const bool nested = own.pairs.size() == std::max(own.first.size, own.second.size);
    if (!nested) correlation = std::max(correlation, squared_correlation(own, a, b));
  }
  crossing.apart += kept;
  crossing.together += kept;
  crossing.sweeps = (1 + correlation) / (1 - correlation);
  add_together(tied, data, cells, lengths, crossing);
  return crossing;
}

}  // namespace lmmdsl
