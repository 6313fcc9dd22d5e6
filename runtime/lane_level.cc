#include "runtime/lane_level.h"

#include <algorithm>
#include <cmath>

#include "runtime/elimination.h"
#include "runtime/kernels/lane_parts.h"
#include "runtime/team.h"

namespace lmmdsl {

namespace {

/// Null where there are none: they stand for zeros.
const double* pointer_to(const std::vector<double>& x) { return x.empty() ? nullptr : x.data(); }

/// Fills the last block with copies of the last element.
void fill_up(std::vector<double>& packed, std::size_t elements, std::size_t rows) {
  if (packed.empty() || elements % kLanes == 0) return;
  double* block = packed.data() + elements / kLanes * rows * kLanes;
  const std::size_t used = elements % kLanes;
  for (std::size_t i = 0; i < rows; ++i)
    std::fill(block + i * kLanes + used, block + (i + 1) * kLanes, block[i * kLanes + used - 1]);
}

}  // namespace

std::optional<LaneLevel> LaneLevel::make(const LaneKernels& kernels, const BoundPlan& bound,
                                         std::size_t elements, int p, int q, bool once_above,
                                         std::vector<LaneEntry> entries) {
  if (p > kMostLaneSize || q > kMostLaneAbove || elements == 0) return std::nullopt;
  LaneLevel level;
  level.kernels_ = &kernels;
  level.elements_ = elements;
  level.p_ = p;
  level.q_ = q;
  level.once_above_ = once_above;
  const std::size_t each = level.blocks() * kLanes;
  for (LaneEntry& e : entries) {
    if (e.value.same_for_all()) {
      level.same_.push_back(level.same(std::move(e)));
    } else if (!bound.plan->values[e.value.value()].constant) {
      level.moving_.push_back(std::move(e));
    } else {
      auto at = std::find_if(level.packed_.begin(), level.packed_.end(),
                             [&](const Packed& k) { return k.scale == e.scale; });
      if (at == level.packed_.end()) {
        level.packed_.push_back({e.scale, {}, {}, {}});
        at = level.packed_.end() - 1;
      }
      const auto need = [&](std::vector<double>& x, std::size_t rows) {
        if (x.empty()) x.resize(each * rows);
      };
      if (e.part == LaneEntry::Part::precision) need(at->K, triangle_size(p));
      if (e.part == LaneEntry::Part::coupling) need(at->C, static_cast<std::size_t>(p * q));
      if (e.part == LaneEntry::Part::shift) need(at->h, static_cast<std::size_t>(p));
      level.add_packed(e, bound.constants[e.value.value()].data(), 1, at->K.data(), at->C.data(),
                       at->h.data());
    }
  }
  if (level.packed_.size() > kMostScales) return std::nullopt;
  level.shared_ = true;
  for (Packed& k : level.packed_) {
    fill_up(k.K, elements, triangle_size(p));
    fill_up(k.C, elements, static_cast<std::size_t>(p * q));
    fill_up(k.h, elements, static_cast<std::size_t>(p));
    level.shared_ &= k.K.empty() && k.C.empty();
    level.same_coupling_ &= k.C.empty();
  }
  for (const LaneEntry& e : level.moving_) {
    level.shared_ &= e.part == LaneEntry::Part::shift;
    level.same_coupling_ &= e.part != LaneEntry::Part::coupling;
  }
  return level;
}

LaneLevel::Same LaneLevel::same(LaneEntry entry) const {
  Same out{std::move(entry), {}};
  for_entries(out.entry, [&](int row, int column, int at) {
    const int to = out.entry.part == LaneEntry::Part::precision  ? row * p_ + column
                   : out.entry.part == LaneEntry::Part::coupling ? row * q_ + column
                                                                 : row;
    out.moves.emplace_back(to, at);
  });
  return out;
}

void LaneLevel::add_packed(const LaneEntry& e, const double* data, double scale, double* K,
                           double* C, double* h) const {
  std::size_t rows = static_cast<std::size_t>(p_);
  double* packed = h;
  if (e.part == LaneEntry::Part::precision) rows = triangle_size(p_), packed = K;
  if (e.part == LaneEntry::Part::coupling) rows *= static_cast<std::size_t>(q_), packed = C;
  if (rows == 1 && !e.element && e.value.one_by_one()) {  // then nothing is reordered
    for (std::size_t n = 0; n < elements_; ++n) packed[n] += scale * data[n];
    return;
  }
  for (std::size_t n = 0; n < elements_; ++n) {
    const std::size_t at = e.element ? static_cast<std::size_t>(e.element[n]) : n;
    double* to = packed + at / kLanes * rows * kLanes + at % kLanes;
    const double* value = e.value.at(data, n);
    for_entries(e, [&](int row, int column, int k) {
      const int i = e.part == LaneEntry::Part::precision  ? at_lower(row, column)
                    : e.part == LaneEntry::Part::coupling ? row * q_ + column
                                                          : row;
      to[i * kLanes] += scale * value[k];
    });
  }
}

LaneFactor LaneLevel::make_factor() const {
  const std::size_t each = blocks() * kLanes;
  const std::size_t p = static_cast<std::size_t>(p_), q = static_cast<std::size_t>(q_);
  LaneFactor f;
  f.scale.resize(packed_.size() + 1, 1);
  f.K0.resize(p * p);
  f.C0.resize(p * q);
  f.h0.resize(p);
  for (const LaneEntry& e : moving_) {
    if (e.part == LaneEntry::Part::precision) f.K.resize(each * triangle_size(p_));
    if (e.part == LaneEntry::Part::coupling) f.C.resize(each * p * q);
    if (e.part == LaneEntry::Part::shift) f.h.resize(each * p);
  }
  f.L.resize(triangle_size(p_) * (shared_ ? 1 : each));
  if (shared_) f.W.resize(p * q);
  if (!once_above_) {
    if (!shared_) f.W.resize(each * p * q);
    f.w.resize(each * p);
  }
  return f;
}

void LaneLevel::assemble(const Machine& machine, LaneFactor& f) const {
  const auto scale = [&](int s) { return s < 0 ? 1.0 : *machine.value(s); };
  for (std::size_t k = 0; k < packed_.size(); ++k) f.scale[k] = scale(packed_[k].scale);
  for (std::vector<double>* x : {&f.K0, &f.C0, &f.h0, &f.K, &f.C, &f.h})
    std::fill(x->begin(), x->end(), 0.0);
  for (const Same& s : same_) {
    const LaneEntry& e = s.entry;
    const double* value = machine.value(e.value.value());
    const double c = scale(e.scale);
    double* to = e.part == LaneEntry::Part::precision  ? f.K0.data()
                 : e.part == LaneEntry::Part::coupling ? f.C0.data()
                                                       : f.h0.data();
    for (const auto& [place, at] : s.moves) to[place] += c * value[at];
  }
  for (const LaneEntry& e : moving_)
    add_packed(e, machine.value(e.value.value()), scale(e.scale), f.K.data(), f.C.data(),
               f.h.data());
  fill_up(f.K, elements_, triangle_size(p_));
  fill_up(f.C, elements_, static_cast<std::size_t>(p_ * q_));
  fill_up(f.h, elements_, static_cast<std::size_t>(p_));
}

LaneSystem LaneLevel::system(const double* scale, Pointers& at) const {
  int terms = 0;
  for (const Packed& k : packed_) {
    at.K[terms] = pointer_to(k.K);
    at.C[terms] = pointer_to(k.C);
    at.h[terms] = pointer_to(k.h);
    ++terms;
  }
  return {elements_,   p_,          q_,      terms,   scale,  at.K.data(),
          at.C.data(), at.h.data(), nullptr, nullptr, nullptr};
}

LaneSystem LaneLevel::system(const LaneFactor& f, Pointers& at) const {
  LaneSystem s = system(f.scale.data(), at);
  if (!moving_.empty()) {
    at.K[s.terms] = pointer_to(f.K);
    at.C[s.terms] = pointer_to(f.C);
    at.h[s.terms] = pointer_to(f.h);
    ++s.terms;
  }
  s.K0 = f.K0.data();
  s.C0 = f.C0.data();
  s.h0 = f.h0.data();
  return s;
}

bool LaneLevel::eliminate(LaneFactor& f, const double* u, const LaneAbove& v, Rest& rest) const {
  Pointers pointers;
  const LaneSystem s = system(f, pointers);
  const std::size_t q = static_cast<std::size_t>(q_);
  rest.products.resize(q * q);
  rest.shifts.resize(q);
  LaneElimination e;
  e.u = u;
  e.v = v;
  e.w = f.w.empty() ? nullptr : f.w.data();
  if (shared_) {
    std::array<double, kMostLaneSize * kMostLaneSize> L;
    std::copy(f.K0.begin(), f.K0.end(), L.begin());
    std::copy(f.C0.begin(), f.C0.end(), f.W.begin());
    rest.log_det = 0;
    if (!factor_elements(p_, q_, 1, L.data(), f.W.data(), rest.log_det)) return false;
    rest.log_det *= static_cast<double>(elements_);
    for (int i = 0; i < p_; ++i)
      for (int j = 0; j <= i; ++j)
        f.L[at_lower(i, j)] =
            i == j ? 1 / (L[i * p_ + i] * L[i * p_ + i]) : L[i * p_ + j] / L[j * p_ + j];
    rest.square = 0;
    if (q == 0 && !u && !e.w) return true;  // nothing asks for L^-1 h
    std::array<double, kMostLaneSize> sum;
    solve_parts(*kernels_, s, f.L.data(), f.W.data(), e, sum.data());
    rest.square = e.square;
    if (!once_above_) return true;
    for (std::size_t c = 0; c < q; ++c) {
      for (std::size_t d = 0; d < q; ++d) {
        double x = 0;
        for (int i = 0; i < p_; ++i) x += f.W[i * q + c] * f.W[i * q + d];
        rest.products[c * q + d] = x * static_cast<double>(elements_);
      }
      double x = 0;
      for (int i = 0; i < p_; ++i) x += f.W[i * q + c] * sum[i];
      rest.shifts[c] = x;
    }
    return true;
  }
  std::array<double, kMostLaneAbove*(kMostLaneAbove + 1) / 2> lower;
  e.L = f.L.data();
  e.W = f.W.empty() ? nullptr : f.W.data();
  if (once_above_) {
    e.products = lower.data();
    e.shifts = rest.shifts.data();
  }
  if (!eliminate_parts(*kernels_, s, e)) return false;
  rest.log_det = e.log_det;
  rest.square = e.square;
  for (std::size_t c = 0; once_above_ && c < q; ++c)
    for (std::size_t d = 0; d <= c; ++d)
      rest.products[c * q + d] = rest.products[d * q + c] =
          lower[at_lower(static_cast<int>(c), static_cast<int>(d))];
  return true;
}

void LaneLevel::element(const LaneFactor& f, std::size_t e, double* W, double* w) const {
  const std::size_t p = static_cast<std::size_t>(p_), q = static_cast<std::size_t>(q_);
  const std::size_t block = e / kLanes, lane = e % kLanes;
  for (std::size_t i = 0; i < p; ++i) w[i] = f.w[(block * p + i) * kLanes + lane];
  for (std::size_t i = 0; i < p * q; ++i)
    W[i] = shared_ ? f.W[i] : f.W[(block * p * q + i) * kLanes + lane];
}

bool LaneLevel::draw(const LaneFactor& f, const LaneAbove& v, double* z) const {
  Pointers pointers;
  LaneSystem s = system(f, pointers);
  std::array<double, kMostLaneSize> h0;
  if (same_coupling_ && v.once) {  // C v is the same for all
    for (int i = 0; i < p_; ++i) {
      h0[i] = f.h0[i];
      for (int c = 0; c < q_; ++c) h0[i] -= f.C0[i * q_ + c] * v.once[c];
    }
    s.h0 = h0.data();
    s.q = 0;
  }
  return draw_parts(*kernels_, s, f.L.data(), shared_, v, z, z);
}

double LaneLevel::growth(const LaneFactor& f) const {
  const std::size_t stride = shared_ ? 1 : kLanes;
  const auto at = [&](int i, int j) {
    return f.L[static_cast<std::size_t>(at_lower(i, j)) * stride];
  };
  double growth = 1;
  for (int i = 0; i < p_; ++i) {
    double K = 1 / at(i, i);
    for (int j = 0; j < i; ++j) K += at(i, j) * at(i, j) / at(j, j);
    growth = std::max(growth, K * at(i, i));
  }
  return growth;
}

void LaneLevel::pack(const double* from, int offset, int size, double* packed) const {
  if (p_ == 1) {
    std::fill(std::copy_n(from, elements_, packed), packed + blocks() * kLanes,
              from[elements_ - 1]);
    return;
  }
  for (std::size_t b = 0; b < blocks(); ++b) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const std::size_t e = std::min(b * kLanes + lane, elements_ - 1);
      for (int i = 0; i < size; ++i)
        packed[(b * p_ + offset + i) * kLanes + lane] = from[e * size + i];
    }
  }
}

void LaneLevel::unpack(const double* packed, int offset, int size, double* to) const {
  if (p_ == 1) {
    std::copy_n(packed, elements_, to);
    return;
  }
  for_parts(elements_, [&](std::size_t begin, std::size_t end, std::size_t) {
    const double* from = packed + (begin / kLanes * p_ + offset) * kLanes;
    for (std::size_t e = begin; e < end; e += kLanes, from += p_ * kLanes) {
      const std::size_t n = std::min<std::size_t>(kLanes, end - e);
      for (int i = 0; i < size; ++i)
        for (std::size_t lane = 0; lane < n; ++lane)
          to[(e + lane) * size + i] = from[i * kLanes + lane];
    }
  });
}

}  // namespace lmmdsl
