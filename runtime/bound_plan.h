// A plan bound to data: sizes of all values, the constants computed. Shared by all chains.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/data.h"
#include "runtime/draws.h"
#include "runtime/fusion.h"
#include "runtime/kernels/kernels.h"
#include "runtime/kernels/lanes.h"
#include "runtime/running.h"

namespace lmmdsl {

/// Size of one value: elements of its plate, each rows x cols.
struct ValueSize {
  std::size_t elements = 1;
  int rows = 1;
  int cols = 1;
  bool shared = false;  ///< one element stands for all of its plate (share.h)
  std::size_t block() const { return static_cast<std::size_t>(rows) * cols; }
  std::size_t total() const { return elements * block(); }
};

/// Where a column of the draws is read from: `value` at `offset`, squared if `square`.
struct ColumnSource {
  int value = -1;  ///< -1: lp__
  std::size_t offset = 0;
  bool square = false;
  int predicted = -1;  ///< a missing response: its place among all of them
  /// The values that the square has under a prior with known values of it; null: any.
  std::shared_ptr<const std::vector<double>> squares = {};

  /// What the draws have where the value is x. The square of a root is the value again only up to
  /// rounding.
  double reported(double x) const;
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
  double log_of_bounds = 0;  ///< of priors (evaluate.h): what lp__ has beside plan->log_posterior
  std::size_t missing_responses = 0;  ///< in all
  /// For each missing response that is a vector's: elements of its plate in which components are
  /// missing, and which.
  std::vector<std::vector<std::pair<std::size_t, std::vector<int>>>> missing_components;
  std::vector<RunningQuantity> running;  ///< figured while sampling; no figures as yet
  Fusion fusion;
  std::vector<std::vector<double>> packed;     ///< by value: triangles as lanes, of some constants
  const LaneKernels* lanes = &lane_kernels();  ///< null: elements are computed one by one

  ValueSize size_of(const Expr& e) const;
};

/// The columns of the draws and where they are read from, and the quantities of which none are
/// kept: those on the rows, and plates of which the draws would take more than options.most_bytes.
/// Both are columns where options.store names them.
void lay_out_columns(BoundPlan& bound, const BindOptions& options);

/// Elements of a row plate in the order of the file.
std::vector<std::size_t> in_file_order(const Data& data, const Plate& rows);

}  // namespace lmmdsl
