#include "runtime/gaussian_states.h"

#include <algorithm>

namespace lmmdsl {

namespace {

constexpr std::size_t kStates = Trials::kStates;

using Numbers = std::array<double, kStates>;

/// A scale of the plan at each state; -1: 1.
Numbers scales(const Trials& trials, int scale) {
  Numbers c;
  const double* at = scale < 0 ? nullptr : trials.value(scale);
  if (at) std::copy_n(at, kStates, c.begin());
  else c.fill(scale < 0 ? 1 : *trials.machine().value(scale));
  return c;
}

}  // namespace

std::unique_ptr<GaussianStates> GaussianStates::make(const GaussianBlock& block,
                                                     const Trials& trials) {
  if (!block.lanes_ || !block.once_above_ || block.levels_.size() > 2 ||
      !block.lanes_->moving_.empty())
    return nullptr;
  auto states = std::make_unique<GaussianStates>();
  const LaneLevel& level = *block.lanes_;
  states->level_ = &level;
  const std::size_t p = static_cast<std::size_t>(level.p_), q = static_cast<std::size_t>(level.q_);
  const std::array<std::size_t, kParts> rows = {p * p, p * q, p, q * q, q};
  for (int part = 0; part < kParts; ++part) states->constant_[part].resize(rows[part] * kStates);
  const auto add_term = [&](Term term) {
    if (!trials.value(term.value) && (term.scale < 0 || !trials.value(term.scale)))
      states->add(trials, term, states->constant_[term.part]);
    else states->terms_.push_back(std::move(term));
  };
  for (const LaneLevel::Same& s : level.same_) {
    const Part part = s.entry.part == LaneEntry::Part::precision  ? K0
                      : s.entry.part == LaneEntry::Part::coupling ? C0
                                                                  : h0;
    add_term({part, s.entry.value.value(), s.entry.scale, s.moves});
  }
  const auto add_above = [&](Part part, const SumReader& sum, LaneEntry::Part of, int row,
                             int column, int rows, int cols, bool transposed) {
    for (const SumReader::Term& t : sum.terms()) {
      const LaneEntry entry = {of, row, column, rows, cols, transposed, nullptr, t.value, t.scale};
      Term term{part, t.value.value(), t.scale, {}};
      for_entries(entry, [&](int i, int j, int at) {
        term.moves.emplace_back(part == K_above ? i * static_cast<int>(q) + j : i, at);
      });
      add_term(std::move(term));
    }
  };
  if (block.levels_.size() == 2) {
    for (const GaussianBlock::Member& m : block.levels_[1].members) {
      add_above(K_above, m.precision, LaneEntry::Part::precision, m.offset, m.offset, m.size,
                m.size, false);
      add_above(h_above, m.shift, LaneEntry::Part::shift, m.offset, 0, m.size, 1, false);
    }
  }
  for (const GaussianBlock::Tie& t : block.ties_) {
    if (t.level == 0) continue;
    add_above(K_above, t.value, LaneEntry::Part::precision, t.row, t.column, t.rows, t.cols,
              t.transposed);
  }
  for (const LaneLevel::Packed& k : level.packed_) states->scales_.push_back(k.scale);
  states->scale_.resize(states->scales_.size() * kStates);
  states->parts_ = states->constant_;
  states->size_ = (level.elements_ * p + q) * kStates;
  for (std::size_t k = 0; k < block.levels_.size(); ++k) {
    const GaussianBlock::Level& of = block.levels_[k];
    for (const GaussianBlock::Member& m : of.members)
      states->places_.push_back(
          {m.parameter, (k == 0 ? 0 : level.elements_ * p) + static_cast<std::size_t>(m.offset),
           static_cast<std::size_t>(m.size), of.elements, static_cast<std::size_t>(of.p)});
  }
  return states;
}

void GaussianStates::add(const Trials& trials, const Term& term, std::vector<double>& to) const {
  const Numbers c = scales(trials, term.scale);
  const double* value = trials.value(term.value);
  const double* same = value ? nullptr : trials.machine().value(term.value);
  for (const auto& [place, at] : term.moves) {
    double* numbers = to.data() + static_cast<std::size_t>(place) * kStates;
    if (value) {
      const double* from = value + static_cast<std::size_t>(at) * kStates;
      for (std::size_t k = 0; k < kStates; ++k) numbers[k] += c[k] * from[k];
    } else {
      for (std::size_t k = 0; k < kStates; ++k) numbers[k] += c[k] * same[at];
    }
  }
}

LaneStates GaussianStates::assemble(const Trials& trials) {
  for (int part = 0; part < kParts; ++part)
    std::copy(constant_[part].begin(), constant_[part].end(), parts_[part].begin());
  for (const Term& term : terms_) add(trials, term, parts_[term.part]);
  for (std::size_t t = 0; t < scales_.size(); ++t) {
    const Numbers c = scales(trials, scales_[t]);
    std::copy(c.begin(), c.end(), scale_.begin() + static_cast<std::ptrdiff_t>(t * kStates));
  }
  LaneStates s;
  s.level = level_->system(scale_.data(), pointers_);
  s.level.K0 = parts_[K0].data();
  s.level.C0 = parts_[C0].data();
  s.level.h0 = parts_[h0].data();
  s.shared = level_->shared_;
  s.K_above = parts_[K_above].data();
  s.h_above = parts_[h_above].data();
  return s;
}

bool GaussianStates::log_densities(const Trials& trials, const GaussianValues& values,
                                   double* out) {
  LaneStates s = assemble(trials);
  s.u = values[0].data();
  s.v = values.size() > 1 ? values[1].data() : nullptr;
  std::array<double, kStates> log_det, square;
  if (!level_->kernels_->states(s, log_det.data(), square.data())) return false;
  for (std::size_t k = 0; k < kStates; ++k) out[k] = 0.5 * (log_det[k] - square[k]);
  return true;
}

bool GaussianStates::draw(const Trials& trials, const double* z, double* drawn) {
  return level_->kernels_->draw_states(assemble(trials), z, drawn);
}

void GaussianStates::write(const double* drawn, std::size_t state, Machine& machine) const {
  for (const Place& place : places_) {
    double* out = machine.parameter(place.parameter);
    const double* from = drawn + place.first * kStates + state;
    for (std::size_t e = 0; e < place.elements; ++e, from += place.step * kStates)
      for (std::size_t i = 0; i < place.size; ++i) *out++ = from[i * kStates];
  }
}

}  // namespace lmmdsl
