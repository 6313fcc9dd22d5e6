// The design of several coefficients together in the means of all responses, as propriety.cc asks
// for it: one row a response, one column a coefficient.
#pragma once

#include <Eigen/Dense>

#include "runtime/bound_plan.h"

namespace lmmdsl {

class JointDesign {
 public:
  /// One parameter's columns: elements of its plate, each p wide.
  struct Block {
    SymbolId target = -1;
    std::size_t begin = 0;
    std::size_t elements = 1;
    std::size_t p = 1;
    std::size_t columns() const { return elements * p; }
  };

  /// Rows sorted by what their likelihood does as the mean grows without bound.
  struct Rows {
    bool known = true;  ///< false: too many to be examined
    /// R of the QR decomposition of the rows whose likelihood vanishes both ways.
    Eigen::MatrixXd closed;
    /// The others, with the sign that makes the end that is open the upper one.
    Eigen::MatrixXd open;
  };

  JointDesign(const BoundPlan& bound, const std::vector<SymbolId>& targets);

  /// False where a design is not fixed or too wide: nothing else may be asked then.
  bool known() const { return known_; }
  /// Whether the responses are numbers that a mean is fitted to; else they are known by halves.
  bool with_responses() const { return with_responses_; }
  const Block& block_of(std::size_t column) const;

  /// R of the QR decomposition of the design.
  Eigen::MatrixXd triangle() const;
  /// The same with the responses as one more column.
  Eigen::MatrixXd triangle_beside_responses() const;
  Rows rows_by_end() const;

 private:
  struct Source;
  std::vector<Source> sources_of(const PlanResponse& response) const;
  Source response_source(const PlanResponse& response) const;

  const BoundPlan& bound_;
  std::vector<Block> blocks_;
  std::size_t columns_ = 0;
  bool known_ = true;
  bool with_responses_ = true;
};

/// Whether a value of 0 or 1 for each row says so of this one; no value says 0.
bool is_open(const BoundPlan& bound, int value, std::size_t row);

}  // namespace lmmdsl
