// A plan bound to data: sizes of all values, the constants computed. Shared by all chains.
#pragma once

#include <memory>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/data.h"
#include "runtime/draws.h"
#include "runtime/kernels/kernels.h"

namespace lmmdsl {

/// Size of one value: elements of its plate, each rows x cols.
struct ValueSize {
  std::size_t elements = 1;
  int rows = 1;
  int cols = 1;
  std::size_t block() const { return static_cast<std::size_t>(rows) * cols; }
  std::size_t total() const { return elements * block(); }
};

/// Where a column of the draws is read from: `value` at `offset`, squared if `square`.
struct ColumnSource {
  int value = -1;  ///< -1: lp__
  std::size_t offset = 0;
  bool square = false;
  int predicted = -1;  ///< a missing response: its place among all of them
};

class BoundPlan {
 public:
  const Model* model = nullptr;
  const Plan* plan = nullptr;
  std::shared_ptr<const Data> data;
  std::vector<ValueSize> sizes;                ///< by value
  std::vector<std::vector<double>> constants;  ///< by value; empty for those that change
  std::vector<Column> columns;                 ///< of the draws
  std::vector<ColumnSource> sources;           ///< one for each column
  std::size_t missing_responses = 0;           ///< in all

  ValueSize size_of(const Expr& e) const;
};

/// The columns of the draws and where they are read from.
void lay_out_columns(BoundPlan& bound);

}  // namespace lmmdsl
