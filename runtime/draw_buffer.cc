#include "runtime/draw_buffer.h"

#include <algorithm>

namespace lmmdsl {

DrawBuffer::DrawBuffer(const BoundPlan& bound, std::vector<double>& columns, std::size_t stride)
    : columns_(columns),
      stride_(stride),
      width_(bound.sources.size()),
      rows_(kDraws * bound.sources.size()) {
  for (std::size_t j = 1; j < bound.sources.size(); ++j) {
    const ColumnSource& source = bound.sources[j];
    if (source.predicted >= 0) {
      predicted_.emplace_back(j, source.predicted);
      continue;
    }
    if (source.square) squares_.emplace_back(j, source);
    const bool next = !runs_.empty() && runs_.back().value == source.value &&
                      runs_.back().offset + runs_.back().count == source.offset &&
                      runs_.back().column + runs_.back().count == j;
    if (next) ++runs_.back().count;
    else runs_.push_back({source.value, source.offset, j, 1});
  }
}

void DrawBuffer::keep(double lp, const Machine& machine, const std::vector<double>& predicted) {
  double* row = rows_.data() + collected_ * width_;
  row[0] = lp;
  for (const Run& r : runs_)
    std::copy_n(machine.value(r.value) + r.offset, r.count, row + r.column);
  for (const auto& [column, place] : predicted_) row[column] = predicted[place];
  for (const auto& [column, source] : squares_) row[column] = source.reported(row[column]);
  if (++collected_ == kDraws) flush();
}

void DrawBuffer::flush() {
  for (std::size_t j = 0; j < width_; ++j) {
    double* to = columns_.data() + j * stride_ + written_;
    const double* from = rows_.data() + j;
    for (std::size_t d = 0; d < collected_; ++d) to[d] = from[d * width_];
  }
  written_ += collected_;
  collected_ = 0;
}

}  // namespace lmmdsl
