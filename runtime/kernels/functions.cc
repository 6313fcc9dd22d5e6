// Elementwise functions, comparisons and logic.
#include <algorithm>
#include <cmath>

#include "runtime/kernels/kernels.h"
#include "runtime/log_gamma.h"

namespace lmmdsl {

namespace {

double apply(Op op, double x, double y) {
  switch (op) {
    case Op::exp:
      return std::exp(x);
    case Op::log:
      return std::log(x);
    case Op::sqrt:
      return std::sqrt(x);
    case Op::abs:
      return std::abs(x);
    case Op::phi:
      return 0.5 * std::erfc(-x / std::sqrt(2.0));
    case Op::logit:
      return std::log(x) - std::log1p(-x);
    case Op::invlogit:
      return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
    case Op::log_gamma:
      return log_gamma(x);
    case Op::minimum:
      return std::min(x, y);
    case Op::maximum:
      return std::max(x, y);
    case Op::less:
      return x < y;
    case Op::less_equal:
      return x <= y;
    case Op::greater:
      return x > y;
    case Op::greater_equal:
      return x >= y;
    case Op::equal:
      return x == y;
    case Op::not_equal:
      return x != y;
    case Op::logical_and:
      return x != 0 && y != 0;
    case Op::logical_or:
      return x != 0 || y != 0;
    case Op::logical_not:
      return x == 0;
    default:
      return NAN;
  }
}

}  // namespace

void function_kernel(Work& w) {
  const int n = w.size();
  const bool two = w.in.size() > 1;
  // A scalar is compared with every component. At several states (states.cc) it is as many numbers
  // as each component of the other argument.
  const int other = two ? w.in[1].size() * (n / w.in[0].size()) : n;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* x = w.in[0].at(e);
    const double* y = two ? w.in[1].at(e) : x;
    double* out = w.block(e);
    for (int from = 0; from < n; from += other)
      for (int i = 0; i < other; ++i) out[from + i] = apply(w.node->op, x[from + i], y[i]);
  }
}

}  // namespace lmmdsl
