// A sum of many terms that is as exact as one of a few: what each addition rounds off is added up
// beside it (Neumaier 1974).
#pragma once

#include <cmath>

namespace lmmdsl {

class CarefulSum {
 public:
  void add(double term) {
    const double next = sum_ + term;
    // An infinite sum stays so: there is nothing that it rounds off.
    if (std::isfinite(next))
      rounded_off_ +=
          std::abs(sum_) >= std::abs(term) ? (sum_ - next) + term : (term - next) + sum_;
    sum_ = next;
  }
  double value() const { return sum_ + rounded_off_; }

 private:
  double sum_ = 0, rounded_off_ = 0;
};

}  // namespace lmmdsl
