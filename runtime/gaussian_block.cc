#include "runtime/gaussian_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "runtime/gaussian_states.h"

namespace lmmdsl {

namespace {

/// With fewer elements lanes are mostly empty.
constexpr std::size_t kFewestLanes = 3;

/// Multiplications for the finest plate, about: with less the density of a proposal takes most of
/// its time on everything else.
constexpr double kFewNumbers = 500;

}  // namespace

GaussianBlock::GaussianBlock(const BoundPlan& bound, const PlanStep& step)
    : GaussianBlock(bound, *step.joint, step.targets, bound.lanes) {}

GaussianBlock::GaussianBlock(const BoundPlan& bound, const JointValues& joint,
                             const std::vector<int>& targets, const LaneKernels* lanes) {
  const auto conditional = [&](std::size_t t) -> const Conditional& {
    return bound.plan->conditionals[targets[t]];
  };
  for (std::size_t t = 0; t < targets.size(); ++t) add_level(bound, conditional(t).plate);
  std::vector<std::pair<std::size_t, std::size_t>> place;  // level and member, by target
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Conditional& c = conditional(t);
    const std::size_t k = add_level(bound, c.plate);
    const Symbol& target = (*bound.model)[c.target];
    const int size = bound.data->length(target.shape.rows);
    place.emplace_back(k, levels_[k].members.size());
    levels_[k].members.push_back({c.target, size, levels_[k].p,
                                  SumReader(bound, joint.precisions[t], c.plate),
                                  SumReader(bound, joint.shifts[t], c.plate)});
    levels_[k].p += size;
  }
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    for (std::size_t j = k + 1; j < levels_.size(); ++j) {
      levels_[k].q += levels_[j].p;
      levels_[k].above.push_back(map_or_null(bound, levels_[k].plate, levels_[j].plate));
    }
  }
  for (const JointValues::Coupling& c : joint.couplings) {
    std::size_t row = static_cast<std::size_t>(c.first),
                column = static_cast<std::size_t>(c.second);
    const bool swapped = place[column].first < place[row].first;
    if (swapped) std::swap(row, column);
    const std::size_t fine = place[row].first, coarse = place[column].first;
    const Member& r = levels_[fine].members[place[row].second];
    const Member& m = levels_[coarse].members[place[column].second];
    const Plate joined = join(conditional(row).plate, conditional(column).plate);
    Tie tie{static_cast<int>(fine),
            r.offset,
            m.offset,
            r.size,
            m.size,
            swapped,
            bound.data->plate(joined).size,
            map_or_null(bound, joined, levels_[fine].plate),
            SumReader(bound, c.precision, joined)};
    if (coarse != fine) tie.column += levels_[fine].p;
    for (std::size_t j = fine + 1; j < coarse; ++j) tie.column += levels_[j].p;
    ties_.push_back(std::move(tie));
  }
  // Of the finest level K and C are the same for all elements if every term of them is.
  levels_[0].uniform = std::all_of(levels_[0].members.begin(), levels_[0].members.end(),
                                   [](const Member& m) { return m.precision.same_for_all(); }) &&
                       std::all_of(ties_.begin(), ties_.end(), [](const Tie& t) {
                         return t.level != 0 || t.value.same_for_all();
                       });
  if (lanes) make_lanes(bound, *lanes);
  else without_lanes_ = "lanes are switched off";
  values_ = make_values();
  for (const Level& level : levels_)
    assembled_.emplace_back(static_cast<std::size_t>(level.p) *
                            (level.uniform ? 1 : level.elements));
  remaining_ = assembled_;
}

std::size_t GaussianBlock::add_level(const BoundPlan& bound, const Plate& plate) {
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    if (levels_[k].plate == plate) return k;
  }
  levels_.push_back({plate, bound.data->plate(plate).size, 0, 0, false, {}, {}});
  return levels_.size() - 1;
}

void GaussianBlock::make_lanes(const BoundPlan& bound, const LaneKernels& kernels) {
  const Level& level = levels_[0];
  if (level.elements < kFewestLanes) {
    without_lanes_ = "there are too few for lanes";
    return;
  }
  if (level.p > kMostLaneSize || level.q > kMostLaneAbove) {
    without_lanes_ = fmt::format("lanes have at most {} coefficients, and {} above them",
                                 kMostLaneSize, kMostLaneAbove);
    return;
  }
  std::vector<LaneEntry> entries;
  using Part = LaneEntry::Part;
  for (const Member& m : level.members) {
    for (const SumReader::Term& t : m.precision.terms())
      entries.push_back(
          {Part::precision, m.offset, m.offset, m.size, m.size, false, nullptr, t.value, t.scale});
    for (const SumReader::Term& t : m.shift.terms())
      entries.push_back({Part::shift, m.offset, 0, m.size, 1, false, nullptr, t.value, t.scale});
  }
  for (const Tie& tie : ties_) {
    if (tie.level != 0) continue;
    if (tie.count != level.elements)
      throw std::logic_error("elements of a chain of plates meet several of a plate above them");
    const bool inside = tie.column < level.p;
    for (const SumReader::Term& t : tie.value.terms())
      entries.push_back({inside ? Part::precision : Part::coupling, tie.row,
                         inside ? tie.column : tie.column - level.p, tie.rows, tie.cols,
                         tie.transposed, tie.element, t.value, t.scale});
  }
  once_above_ = std::all_of(level.above.begin(), level.above.end(),
                            [](const std::int32_t* parent) { return parent == nullptr; });
  lanes_ = LaneLevel::make(kernels, bound, level.elements, level.p, level.q, once_above_,
                           std::move(entries));
  if (!lanes_) without_lanes_ = "their statistics have too many different scales";
  if (lanes_ && !once_above_)
    above_.resize((level.elements + kLanes - 1) / kLanes * kLanes *
                  static_cast<std::size_t>(level.q));
  else above_.resize(static_cast<std::size_t>(level.q));
}

GaussianFactor GaussianBlock::make_factor() const {
  GaussianFactor f;
  if (lanes_) f.lanes = lanes_->make_factor();
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    const Level& level = levels_[k];
    const std::size_t blocks = level.uniform ? 1 : level.elements;
    const std::size_t p = static_cast<std::size_t>(level.p), q = static_cast<std::size_t>(level.q);
    if (lanes_ && k == 0)
      f.levels.push_back({{}, std::vector<double>(p * q), std::vector<double>(p)});
    else
      f.levels.push_back({std::vector<double>(blocks * p * p), std::vector<double>(blocks * p * q),
                          std::vector<double>(level.elements * p)});
  }
  return f;
}

GaussianValues GaussianBlock::make_values() const {
  GaussianValues values;
  for (std::size_t k = 0; k < levels_.size(); ++k)
    values.emplace_back(lanes_ && k == 0
                            ? lanes_->packed_size()
                            : levels_[k].elements * static_cast<std::size_t>(levels_[k].p));
  return values;
}

void GaussianBlock::read(const Machine& machine, GaussianValues& values) const {
  for (std::size_t k = 0; k < levels_.size(); ++k) {
    const Level& level = levels_[k];
    for (const Member& m : level.members) {
      const std::vector<double>& from = machine.state().values[m.parameter];
      if (lanes_ && k == 0) {
        lanes_->pack(from.data(), m.offset, m.size, values[k].data());
        continue;
      }
      for (std::size_t e = 0; e < level.elements; ++e)
        std::copy_n(from.data() + e * m.size, m.size, values[k].data() + e * level.p + m.offset);
    }
  }
}

std::string GaussianBlock::describe() const {
  if (levels_[0].elements == 1) return "";
  if (!lanes_) return "one by one: " + without_lanes_;
  return std::string("eight at a time, as lanes of vector registers") +
         (levels_[0].uniform ? "; they share one factorisation" : "");
}

bool GaussianBlock::small() const {
  const auto p = static_cast<double>(levels_[0].p);
  return static_cast<double>(levels_[0].elements) * p * p <= kFewNumbers;
}

std::unique_ptr<GaussianStates> GaussianBlock::make_states(const Trials& trials) const {
  return GaussianStates::make(*this, trials);
}

}  // namespace lmmdsl
