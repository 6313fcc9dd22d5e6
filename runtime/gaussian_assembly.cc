// The precision of a Gaussian block, put together from the values of the plan.
#include <algorithm>

#include "runtime/gaussian_block.h"

namespace lmmdsl {

namespace {

/// Adds scale * `from` (column-major) to the row-major block at `to` with rows of `stride`.
void add_block(const double* from, double scale, int rows, int cols, bool transposed, double* to,
               int stride) {
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j)
      to[i * stride + j] += scale * (transposed ? from[i * cols + j] : from[j * rows + i]);
  }
}

}  // namespace

void GaussianBlock::assemble(const Machine& machine, std::size_t k,
                             GaussianFactor::Level& out) const {
  const Level& level = levels_[k];
  const int p = level.p, q = level.q;
  const std::size_t blocks = level.uniform ? 1 : level.elements;
  std::fill(out.L.begin(), out.L.end(), 0.0);
  std::fill(out.W.begin(), out.W.end(), 0.0);
  std::fill(out.w.begin(), out.w.end(), 0.0);
  for (const Member& m : level.members) {
    for (const SumReader::Term& t : m.precision.terms()) {
      const double c = t.factor(machine);
      for (std::size_t e = 0; e < blocks; ++e)
        add_block(t.value(machine, e), c, m.size, m.size, false,
                  out.L.data() + e * p * p + m.offset * p + m.offset, p);
    }
    for (const SumReader::Term& t : m.shift.terms()) {
      const double c = t.factor(machine);
      for (std::size_t e = 0; e < level.elements; ++e) {
        const double* from = t.value(machine, e);
        double* to = out.w.data() + e * p + m.offset;
        for (int i = 0; i < m.size; ++i) to[i] += c * from[i];
      }
    }
  }
  for (const Tie& tie : ties_) {
    if (tie.level != static_cast<int>(k)) continue;
    const bool inside = tie.column < p;
    const std::size_t count = level.uniform ? 1 : tie.count;
    for (const SumReader::Term& t : tie.value.terms()) {
      const double c = t.factor(machine);
      for (std::size_t e = 0; e < count; ++e) {
        const std::size_t at = level.plate.once() ? 0
                               : tie.element      ? static_cast<std::size_t>(tie.element[e])
                                                  : e;
        const double* value = t.value(machine, e);
        if (inside) {
          double* K = out.L.data() + at * p * p;
          add_block(value, c, tie.rows, tie.cols, tie.transposed, K + tie.row * p + tie.column, p);
          add_block(value, c, tie.cols, tie.rows, !tie.transposed, K + tie.column * p + tie.row, p);
        } else {
          add_block(value, c, tie.rows, tie.cols, tie.transposed,
                    out.W.data() + at * p * q + tie.row * q + tie.column - p, q);
        }
      }
    }
  }
}

}  // namespace lmmdsl
