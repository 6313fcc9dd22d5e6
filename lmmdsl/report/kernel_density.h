// A density from draws, by a Gaussian kernel.
#pragma once

#include <span>
#include <vector>

namespace lmmdsl {

struct Density1 {
  std::vector<double> x, y;
};

/// On `points` places over the draws' central part (all but 0.5 % at each end, and a bit). The
/// bandwidth is Silverman's (1986, p. 48): 0.9 min(sd, IQR / 1.34) n^(-1/5). What would lie below
/// zero is reflected if no draw does. Empty for fewer than two different values.
Density1 kernel_density(const std::vector<std::span<const double>>& chains,
                        std::size_t points = 256);

}  // namespace lmmdsl
