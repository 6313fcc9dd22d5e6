// Autocovariances of several series, summed; each lag is computed when it is asked for.
#pragma once

#include <cstddef>
#include <vector>

namespace lmmdsl {

/// Sum over the pieces of sum_t d[t] d[t + lag], for series d that have mean zero.
///
/// Draws that mix well need a few lags only, and a lag costs one pass over the draws. A Fourier
/// transform gives all lags at once for the price of about kDirect passes: it is used from lag
/// kDirect on, or earlier where the correlations are seen to fade slowly.
class AutocovarianceSums {
 public:
  /// `centred` holds `pieces` series of equal length, one after the other, and must outlive this.
  AutocovarianceSums(const std::vector<double>& centred, std::size_t pieces);

  double operator()(std::size_t lag);  ///< lag < length

 private:
  static constexpr std::size_t kDirect = 96;
  bool slow() const;
  void add_direct();
  void transform();

  const std::vector<double>& d_;
  std::size_t pieces_;
  std::size_t length_;
  std::vector<double> sums_;  ///< of lags 0, 1, ... so far
};

}  // namespace lmmdsl
