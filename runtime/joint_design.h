// The design of several coefficients together in the means of some responses, as the checks of
// propriety ask for it: one row a response, one column a coefficient.
//
// Of rows that are zero but in the same few columns only the triangle of their QR decomposition
// counts, which has as many rows as columns: these replace them first, so that the cost of what
// follows does not depend on the number of rows in a group.
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

  /// The responses by the columns: the rank of these, and lengths.
  struct Fit {
    Eigen::Index rank = 0;
    double residual = 0;  ///< of what no combination of the columns fits
    double total = 0;     ///< of the responses
  };

  JointDesign(const BoundPlan& bound, const std::vector<SymbolId>& targets,
              const std::vector<const PlanResponse*>& responses);

  /// False where a design is not fixed or too wide: nothing else may be asked then.
  bool known() const { return known_; }
  Eigen::Index columns() const { return static_cast<Eigen::Index>(columns_); }
  /// Whether the responses are numbers that a mean is fitted to; else they are known by halves.
  bool with_responses() const { return with_responses_; }
  const Block& block_of(std::size_t column) const;

  /// R of the QR decomposition of the design.
  Eigen::MatrixXd triangle() const;
  Fit fit() const;
  Rows rows_by_end() const;

 private:
  struct Source;
  struct FewRows;
  FewRows few_rows(bool beside_responses) const;
  std::vector<Source> sources_of(const PlanResponse& response) const;
  Source response_source(const PlanResponse& response) const;

  const BoundPlan& bound_;
  std::vector<const PlanResponse*> responses_;
  std::vector<Block> blocks_;
  std::size_t columns_ = 0;
  bool known_ = true;
  bool with_responses_ = true;
};

/// A triangle of JointDesign decomposed by pivots, its columns scaled to length 1.
Eigen::ColPivHouseholderQR<Eigen::MatrixXd> decompose_columns(const Eigen::MatrixXd& R);
Eigen::Index rank_of_columns(const Eigen::MatrixXd& R);

std::vector<const PlanResponse*> all_responses(const BoundPlan& bound);

/// Whether a value of 0 or 1 for each row says so of this one; no value says 0.
bool is_open(const BoundPlan& bound, int value, std::size_t row);

}  // namespace lmmdsl
