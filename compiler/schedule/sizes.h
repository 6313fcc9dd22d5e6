// What a schedule needs to know of the data: plain numbers, no rows.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "compiler/math/shape.h"

namespace lmmdsl {

struct Sizes {
  std::vector<std::pair<Plate, std::size_t>> elements;  ///< of the parameters' plates
  std::vector<std::pair<Plate, Plate>> nested;  ///< each element of the first lies in one of the
                                                ///< second, as the data have it

  double count(const Plate& plate) const;  ///< elements; 1 where it is not known
  /// Whether each element of `fine` lies in one element of `coarse`: by structure, or in the data.
  bool nests(const Plate& fine, const Plate& coarse) const;
};

}  // namespace lmmdsl
