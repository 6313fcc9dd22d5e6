// The order in which components are drawn that depend on each other: upwards or downwards, by
// chance. So a draw of all of them is reversible, as that of a single component is.
#pragma once

#include "runtime/random.h"

namespace lmmdsl {

class EitherWay {
 public:
  EitherWay(int n, Random& random) : n_(n), down_(random.uniform() < 0.5) {}
  int operator[](int k) const { return down_ ? n_ - 1 - k : k; }

 private:
  int n_;
  bool down_;
};

}  // namespace lmmdsl
