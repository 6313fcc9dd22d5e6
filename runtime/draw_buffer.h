// The kept draws of a chain on their way to memory. Draws are stored column by column, so that a
// draw written alone would touch as many pages as there are columns; several are collected first.
#pragma once

#include <vector>

#include "runtime/machine.h"

namespace lmmdsl {

class DrawBuffer {
 public:
  /// `columns` has `stride` places for each column; both must outlive the buffer.
  DrawBuffer(const BoundPlan& bound, std::vector<double>& columns, std::size_t stride);

  /// What one takes.
  static std::size_t bytes(std::size_t columns) { return kDraws * columns * sizeof(double); }

  /// The next draw: lp__, then what the machine has, then predicted responses.
  void keep(double lp, const Machine& machine, const std::vector<double>& predicted);
  /// What has been collected goes to the columns.
  void flush();

 private:
  static constexpr std::size_t kDraws = 32;  // collected: four cache lines of a column

  /// Columns that are read one after the other.
  struct Run {
    int value;
    std::size_t offset, column, count;
  };
  std::vector<Run> runs_;
  std::vector<std::pair<std::size_t, ColumnSource>> squares_;  ///< columns that are squared
  std::vector<std::pair<std::size_t, int>> predicted_;         ///< column, place among them
  std::vector<double>& columns_;
  std::size_t stride_;
  std::size_t width_;  ///< columns
  std::size_t collected_ = 0;
  std::size_t written_ = 0;
  std::vector<double> rows_;
};

}  // namespace lmmdsl
