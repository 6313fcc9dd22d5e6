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
  const auto scale = [&](const SumReader::Term& t) {
    return t.scale < 0 ? 1.0 : *machine.value(t.scale);
  };
  for (const Member& m : level.members) {
    // An element of the level has `count` elements of the member side by side.
    const std::size_t step_K = m.count > 1 ? m.size * (p + 1) : p * p;
    const std::size_t step_h = m.count > 1 ? m.size : p;
    for (const SumReader::Term& t : m.precision.terms()) {
      const double c = scale(t);
      for (std::size_t e = 0; e < (m.count > 1 ? m.count : blocks); ++e)
        add_block(t.value(machine, e), c, m.size, m.size, false,
                  out.L.data() + e * step_K + m.offset * p + m.offset, p);
    }
    for (const SumReader::Term& t : m.shift.terms()) {
      const double c = scale(t);
      for (std::size_t e = 0; e < (m.count > 1 ? m.count : level.elements); ++e) {
        const double* from = t.value(machine, e);
        double* to = out.w.data() + e * step_h + m.offset;
        for (int i = 0; i < m.size; ++i) to[i] += c * from[i];
      }
    }
  }
  for (const Tie& tie : ties_) {
    if (tie.level != static_cast<int>(k)) continue;
    const bool inside = tie.column < p;
    const std::size_t count = level.uniform ? 1 : tie.count;
    const auto element = [](const std::int32_t* map, std::size_t e) {
      return map ? static_cast<std::size_t>(map[e]) : e;
    };
    for (const SumReader::Term& t : tie.value.terms()) {
      const double c = scale(t);
      for (std::size_t e = 0; e < count; ++e) {
        const std::size_t at = tie.dense_row || level.plate.once() ? 0 : element(tie.element, e);
        std::size_t row = tie.row, column = tie.column;
        if (tie.dense_row) row += tie.rows * element(tie.row_element, e);
        if (tie.dense_column) column += tie.cols * element(tie.column_element, e);
        const double* value = t.value(machine, e);
        if (inside) {
          double* K = out.L.data() + at * p * p;
          add_block(value, c, tie.rows, tie.cols, tie.transposed, K + row * p + column, p);
          add_block(value, c, tie.cols, tie.rows, !tie.transposed, K + column * p + row, p);
        } else {
          add_block(value, c, tie.rows, tie.cols, tie.transposed,
                    out.W.data() + at * p * q + row * q + column - p, q);
        }
      }
    }
  }
}

}  // namespace lmmdsl
