// The log density of a Gaussian block at fixed coefficients, given eight states of the scales side
// by side: what several proposals of a marginal step need, by vector instructions where one
// proposal alone waits for each of its square roots and quotients.
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

 private:
  enum Part { K0, C0, h0, K_above, h_above, kParts };
  /// scale * value, number by number into a part.
  struct Term {
    Part part;
    int value, scale;                        ///< of the plan; scale -1: 1
    std::vector<std::pair<int, int>> moves;  ///< to a place of the part, from one of the value
  };
  void add(const Trials& trials, const Term& term, std::vector<double>& to) const;

  const LaneLevel* level_ = nullptr;
  std::vector<Term> terms_;                           ///< those that depend on the state
  std::array<std::vector<double>, kParts> constant_;  ///< the sum of the others, rows x 8
  std::array<std::vector<double>, kParts> parts_;
  std::vector<int> scales_;  ///< of what is packed
  std::vector<double> scale_;
};

}  // namespace lmmdsl
