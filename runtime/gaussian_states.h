// A Gaussian block at eight states of the scales side by side, by vector instructions where one
// alone waits for each of its square roots and quotients: the log density of fixed coefficients,
// which proposals of a marginal step need, and draws of the coefficients.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "runtime/gaussian_block.h"
#include "runtime/trials.h"

namespace lmmdsl {

class GaussianStates {
 public:
  /// Null where the block is not a level of lanes below one element at most, or its lanes hold
  /// values of their own that the states would change.
  static std::unique_ptr<GaussianStates> make(const GaussianBlock& block, const Trials& trials);

  /// As GaussianBlock::factor gives it at each state. False where that of one cannot be computed
  /// in the range of doubles; each is then for GaussianBlock to find.
  bool log_densities(const Trials& trials, const GaussianValues& values, double* out);

  /// How many numbers the coefficients of all states are.
  std::size_t size() const { return size_; }
  /// The coefficients at each state, of as many standard normals. False as log_densities, or where
  /// one is not finite.
  bool draw(const Trials& trials, const double* z, double* drawn);
  /// Those of one state become a machine's.
  void write(const double* drawn, std::size_t state, Machine& machine) const;

 private:
  enum Part { K0, C0, h0, K_above, h_above, kParts };
  /// scale * value, number by number into a part.
  struct Term {
    Part part;
    int value, scale;                        ///< of the plan; scale -1: 1
    std::vector<std::pair<int, int>> moves;  ///< to a place of the part, from one of the value
  };
  void add(const Trials& trials, const Term& term, std::vector<double>& to) const;
  /// What depends on the states is put together. Valid until the next call.
  LaneStates assemble(const Trials& trials);

  /// Where a parameter stands in what is drawn.
  struct Place {
    SymbolId parameter;
    std::size_t first, size, elements, step;  ///< of each element `size`, `step` apart
  };
  const LaneLevel* level_ = nullptr;
  std::vector<Term> terms_;                           ///< those that depend on the state
  std::array<std::vector<double>, kParts> constant_;  ///< the sum of the others, rows x 8
  std::array<std::vector<double>, kParts> parts_;
  std::vector<int> scales_;  ///< of what is packed
  std::vector<double> scale_;
  LaneLevel::Pointers pointers_;
  std::vector<Place> places_;
  std::size_t size_ = 0;
};

}  // namespace lmmdsl
