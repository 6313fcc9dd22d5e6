// A joint Normal step where factors cross: the precision of all its coefficients as one sparse
// matrix, eliminated in an order of little fill (sparse_order.h).
#pragma once

#include <Eigen/SparseCholesky>

#include "runtime/joint_normal.h"
#include "runtime/sparse_order.h"

namespace lmmdsl {

class SparseBlock final : public JointNormal {
 public:
  SparseBlock(const BoundPlan& bound, const PlanStep& step);

  bool factor(const Machine& machine, GaussianFactor& out) override;
  bool factor(const Machine& machine, GaussianFactor& out, const GaussianValues& values,
              double& log_density) override;
  bool draw(Machine& machine, const GaussianFactor& factor, StreamAddress address) override;
  GaussianFactor make_factor() const override;
  GaussianValues make_values() const override;
  void read(const Machine& machine, GaussianValues& values) const override;
  std::string describe() const override;
  ProposalCost proposal_cost() const override;

  std::size_t unknowns() const { return place_.size(); }

 private:
  using Matrix = Eigen::SparseMatrix<double>;

  /// All coefficients of one target, from `offset` on.
  struct Member {
    SymbolId parameter;
    Plate plate;
    std::size_t size, elements, offset;
    SumReader shift;
  };
  /// Blocks of the precision, one for each element of a plate.
  struct Blocks {
    SumReader value;
    std::size_t elements, size;    ///< and numbers of a block
    std::vector<std::int32_t> at;  ///< where each number goes; -1: its mirror image does
  };

  /// Adds the blocks between two targets: the two coefficients that each of their numbers ties.
  Ties add_blocks(const BoundPlan& bound, const ScaledSum& sum, const Member& a, const Member& b);
  /// Finds the order of elimination, and where each number of the blocks then goes.
  void place(const std::vector<Ties>& ties, std::size_t unknowns);
  void assemble(const Machine& machine, std::vector<double>& shift);
  /// The current factor as the solver sees it.
  Eigen::Map<const Matrix> matrix(const GaussianFactor& factor) const;
  /// (t - mean)' K (t - mean).
  double square(const GaussianFactor& factor, const std::vector<double>& values) const;

  std::vector<Member> members_;
  std::vector<Blocks> blocks_;
  std::vector<std::int32_t> place_;  ///< of each coefficient in the order of elimination
  SparseWork work_;
  Matrix K_;  ///< upper triangle, in that order
  Eigen::SimplicialLLT<Matrix, Eigen::Upper, Eigen::NaturalOrdering<int>> llt_;
  Eigen::VectorXd z_;
};

}  // namespace lmmdsl
