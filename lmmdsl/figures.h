// Figures of a summary with as many digits as the draws support: the last digit shown is that of
// the Monte Carlo standard error's leading one.
//
//     mean 12.34567, MCSE 0.0234   ->   12.35   (MCSE 0.023)
//     mean 45678.9,  MCSE 123      ->   45700   (MCSE 120)
#pragma once

#include <string>

#include "runtime/summary.h"

namespace lmmdsl {

/// How the figures of one row are written.
struct Digits {
  int decimals = 0;         ///< negative: rounded to tens, hundreds, ...
  bool scientific = false;  ///< 1.23e-09: only where a plain number would be unreadable
};

/// From the row's MCSE; where it is not defined, from the spread of the quantiles and the effective
/// sample size; for a constant, up to six digits of it.
Digits supported_digits(const SummaryRow& row);

/// The number rounded to these digits; an en dash for NaN, "inf" and "-inf". Never "-0".
std::string figure(double x, Digits digits);

/// An effective sample size: a whole number; an en dash for NaN.
std::string count_text(double ess);

}  // namespace lmmdsl
