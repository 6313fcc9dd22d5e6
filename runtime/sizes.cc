#include "runtime/sizes.h"

#include <algorithm>

#include "runtime/crossing.h"

namespace lmmdsl {

namespace {

bool nests(const PlateElements& fine, const PlateElements& coarse) {
  std::vector<std::int32_t> parent(fine.size, -1);
  for (std::size_t r = 0; r < fine.of_row.size(); ++r) {
    const std::int32_t element = fine.of_row[r];
    if (element < 0) continue;
    std::int32_t& known = parent[static_cast<std::size_t>(element)];
    if (known < 0) known = coarse.of_row[r];
    if (known != coarse.of_row[r]) return false;
  }
  return true;
}

}  // namespace

Sizes find_sizes(const std::vector<Conditional>& conditionals, const Data& data) {
  Sizes sizes;
  std::vector<Plate> plates;
  for (const Conditional& c : conditionals) {
    if (std::find(plates.begin(), plates.end(), c.plate) == plates.end()) plates.push_back(c.plate);
  }
  for (const Plate& fine : plates) {
    if (fine.once() || fine.rows || fine.latent) continue;
    for (const Plate& coarse : plates) {
      if (coarse.once() || coarse.rows || coarse.latent || coarse == fine) continue;
      // Of two plates that are one-to-one the first nests in the second, and not the other way.
      const bool twin = std::find(sizes.nested.begin(), sizes.nested.end(),
                                  std::pair(coarse, fine)) != sizes.nested.end();
      if (!twin && nests(data.plate(fine), data.plate(coarse)))
        sizes.nested.emplace_back(fine, coarse);
    }
  }
  sizes.rows = data.rows();
  sizes.elements = [&data](const Plate& p) { return data.plate(p).size; };
  sizes.numbers = [&data](const Shape& s) {
    return static_cast<std::size_t>(data.length(s.rows) * data.length(s.cols));
  };
  sizes.crossing = [&data](const TiedCoefficients& tied) { return find_crossing(tied, data); };
  return sizes;
}

}  // namespace lmmdsl
