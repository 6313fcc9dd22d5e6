// Which interval a table shows: --interval, --prob.
#pragma once

#include <string>

namespace lmmdsl {

enum class IntervalKind {
  quantiles,  ///< 5 % and 95 %: what is shown when nothing is asked
  hpd,        ///< highest posterior density
  equal       ///< equal tails
};

struct IntervalChoice {
  IntervalKind kind = IntervalKind::quantiles;
  double probability = 0.95;
};

}  // namespace lmmdsl
