#include "compiler/schedule/sizes.h"

#include <algorithm>

namespace lmmdsl {

bool Sizes::nests(const Plate& fine, const Plate& coarse) const {
  return refines(fine, coarse) ||
         std::find(nested.begin(), nested.end(), std::pair(fine, coarse)) != nested.end();
}

}  // namespace lmmdsl
