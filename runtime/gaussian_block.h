// A joint Normal step: the precision of coefficients on nested plates, eliminated from the finest
// plate to the coarsest, element by element, and drawn from in the opposite order.
//
// For one element u of a plate, with precision block K, block C to all coefficients v above it, and
// shift h, the Cholesky factor K = L L' gives
//
//     W = L^-1 C,  w = L^-1 h
//     what remains for v:  precision -= W'W,  shift -= W'w           (the Schur complement)
//     drawn, given v:      u = L'^-1 (w - W v + z),  z ~ N(0, I)
//
// Each element touches only the elements above it, so the cost is elements x length^3. The elements
// of the finest plate are computed as lanes (lane_level.h) where these apply; that changes results
// by rounding only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/joint_normal.h"

namespace lmmdsl {

class GaussianBlock final : public JointNormal {
  friend class GaussianStates;

 public:
  /// Without `lanes` all elements are computed one by one.
  GaussianBlock(const BoundPlan& bound, const JointValues& joint, const std::vector<int>& targets,
                const LaneKernels* lanes);
  GaussianBlock(const BoundPlan& bound, const PlanStep& step);

  bool factor(const Machine& machine, GaussianFactor& out) override;
  bool factor(const Machine& machine, GaussianFactor& out, const GaussianValues& values,
              double& log_density) override;
  bool draw(Machine& machine, const GaussianFactor& factor, StreamAddress address) override;
  GaussianFactor make_factor() const override;
  GaussianValues make_values() const override;
  void read(const Machine& machine, GaussianValues& values) const override;

  std::string describe() const override;
  bool small() const override;
  std::unique_ptr<GaussianStates> make_states(const Trials& trials) const override;

  /// Whether the elements of the finest plate are lanes.
  bool in_lanes() const { return lanes_.has_value(); }

 private:
  /// One target within the coefficients of an element.
  struct Member {
    SymbolId parameter;
    int size;  ///< coefficients of one element
    int offset;
    SumReader precision, shift;
  };
  /// A block between members: rows of one level's K or C.
  struct Tie {
    int level, row, column;  ///< where its top left entry goes; column beyond p: into C
    int rows, cols;
    bool transposed;              ///< the value is the transpose of the block
    std::size_t count;            ///< elements of the joined plate; for each of these
    const std::int32_t* element;  ///< the element of the level; null: the same
    SumReader value;
  };
  struct Level {
    Plate plate;
    std::size_t elements;
    int p = 0;             ///< coefficients of an element
    int q = 0;             ///< coefficients above it
    bool uniform = false;  ///< K and C are the same for all elements, and nothing lies below
    std::vector<Member> members;
    /// For each level above (in order) the element that each element lies in; null: 0.
    std::vector<const std::int32_t*> above;
  };

  /// The level of a plate, added if it is new.
  std::size_t add_level(const BoundPlan& bound, const Plate& plate);
  void make_lanes(const BoundPlan& bound, const LaneKernels& kernels);
  void assemble(const Machine& machine, std::size_t k, GaussianFactor::Level& out) const;
  bool eliminate(std::size_t k, GaussianFactor& out);
  /// Of a level above the finest, which has been factored: whether what remained of its precision,
  /// `remaining` on the diagonal, is more than the rounding of what was taken off.
  bool is_accurate(std::size_t k, const std::vector<double>& remaining,
                   const GaussianFactor& factor) const;
  /// With `values` also the square of the level's part of the density.
  bool eliminate_lanes(GaussianFactor& out, const GaussianValues* values, double* square);
  bool eliminate_all(const Machine& machine, GaussianFactor& out, const GaussianValues* values,
                     double* square);
  /// Takes the products of one element from the levels above.
  void subtract(std::size_t k, std::size_t element, const double* W, const double* w,
                GaussianFactor& out) const;
  /// w - W v of one element, v being everything above.
  void residual(std::size_t k, std::size_t element, const GaussianFactor& factor,
                const GaussianValues& values, double* out) const;
  /// The coefficients above the elements of the finest level, for its lanes.
  LaneAbove above_lanes(const GaussianValues& values);
  /// Of a level that is not in lanes: sum of |L'u - (w - W v)|^2.
  double square(std::size_t k, const GaussianFactor& factor, const GaussianValues& values);
  bool draw_level(std::size_t k, const GaussianFactor& factor, StreamAddress& address);

  std::vector<Level> levels_;
  std::vector<Tie> ties_;
  std::optional<LaneLevel> lanes_;
  std::string without_lanes_;
  bool once_above_ = true;  ///< all elements of the finest level lie in the same ones above
  GaussianValues values_;   ///< as last drawn or read
  LaneLevel::Rest rest_;
  /// Diagonals of the precisions of each level above the finest: before and after the elimination
  /// of those below.
  std::vector<std::vector<double>> assembled_, remaining_;
  std::vector<double> above_;  ///< for lanes
  std::vector<double> z_, r_;  ///< of a block of elements, of one element
};

}  // namespace lmmdsl
