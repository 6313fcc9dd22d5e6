#include "lmmdsl/report/kernel_density.h"

#include <algorithm>
#include <cmath>

#include "runtime/diagnostics.h"

namespace lmmdsl {

Density1 kernel_density(const std::vector<std::span<const double>>& chains, std::size_t points) {
  std::vector<double> sorted;
  for (const auto& chain : chains)
    for (const double x : chain)
      if (std::isfinite(x)) sorted.push_back(x);
  if (sorted.size() < 2) return {};
  std::sort(sorted.begin(), sorted.end());
  const double n = static_cast<double>(sorted.size());
  const double spread = quantile_sorted(sorted, 0.75) - quantile_sorted(sorted, 0.25);
  const double sd = standard_deviation({sorted});
  double scale = std::min(sd, spread / 1.34);
  if (!(scale > 0)) scale = sd;
  if (!(scale > 0) || !std::isfinite(scale)) return {};
  const double width = 0.9 * scale * std::pow(n, -0.2);
  double low = quantile_sorted(sorted, 0.005) - 3 * width;
  const double high = quantile_sorted(sorted, 0.995) + 3 * width;
  const bool positive = sorted.front() > 0 && low < 0;
  if (positive) low = 0;

  // Draws are counted in fine bins; the kernel is summed over bins in reach.
  const std::size_t bins = 4 * points;
  const double bin = (high - low) / static_cast<double>(bins);
  std::vector<double> counts(bins, 0);
  for (const double x : sorted)
    if (x >= low && x < high)
      ++counts[std::min(bins - 1, static_cast<std::size_t>((x - low) / bin))];
  Density1 density;
  const double norm = 1 / (n * width * std::sqrt(2 * M_PI));
  const auto reach = static_cast<std::ptrdiff_t>(4 * width / bin) + 1;
  for (std::size_t i = 0; i < points; ++i) {
    const double at = low + (high - low) * static_cast<double>(i) / static_cast<double>(points - 1);
    const auto centre = static_cast<std::ptrdiff_t>((at - low) / bin);
    double sum = 0;
    const auto add = [&](double place, std::ptrdiff_t from, std::ptrdiff_t to) {
      for (std::ptrdiff_t b = std::max<std::ptrdiff_t>(from, 0);
           b <= std::min(to, static_cast<std::ptrdiff_t>(bins) - 1); ++b) {
        const double u = (place - (low + (static_cast<double>(b) + 0.5) * bin)) / width;
        sum += counts[static_cast<std::size_t>(b)] * std::exp(-0.5 * u * u);
      }
    };
    add(at, centre - reach, centre + reach);
    if (positive) add(-at, 0, reach);
    density.x.push_back(at);
    density.y.push_back(sum * norm);
  }
  return density;
}

}  // namespace lmmdsl
