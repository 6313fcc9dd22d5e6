// Elementwise functions, comparisons and logic.
#include <algorithm>
#include <cmath>

#include "runtime/kernels/kernels.h"
#include "runtime/log_gamma.h"

namespace lmmdsl {

namespace {

/// Calls `use` with the function of one or two numbers that an operator is: what loops over it then
/// has it inside.
template <class Use>
void with_function(Op op, const Use& use) {
#define LMMDSL_FUNCTION(value) \
  return use([]([[maybe_unused]] double x, [[maybe_unused]] double y) -> double { return value; })
  switch (op) {
    case Op::exp:
      LMMDSL_FUNCTION(std::exp(x));
    case Op::log:
      LMMDSL_FUNCTION(std::log(x));
    case Op::sqrt:
      LMMDSL_FUNCTION(std::sqrt(x));
    case Op::abs:
      LMMDSL_FUNCTION(std::abs(x));
    case Op::phi:
      LMMDSL_FUNCTION(0.5 * std::erfc(-x / std::sqrt(2.0)));
    case Op::logit:
      LMMDSL_FUNCTION(std::log(x) - std::log1p(-x));
    case Op::invlogit:
      LMMDSL_FUNCTION(x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)));
    case Op::log_gamma:
      LMMDSL_FUNCTION(log_gamma(x));
    case Op::minimum:
      LMMDSL_FUNCTION(std::min(x, y));
    case Op::maximum:
      LMMDSL_FUNCTION(std::max(x, y));
    case Op::less:
      LMMDSL_FUNCTION(x < y);
    case Op::less_equal:
      LMMDSL_FUNCTION(x <= y);
    case Op::greater:
      LMMDSL_FUNCTION(x > y);
    case Op::greater_equal:
      LMMDSL_FUNCTION(x >= y);
    case Op::equal:
      LMMDSL_FUNCTION(x == y);
    case Op::not_equal:
      LMMDSL_FUNCTION(x != y);
    case Op::logical_and:
      LMMDSL_FUNCTION(x != 0 && y != 0);
    case Op::logical_or:
      LMMDSL_FUNCTION(x != 0 || y != 0);
    case Op::logical_not:
      LMMDSL_FUNCTION(x == 0);
    default:
      LMMDSL_FUNCTION(NAN);
  }
#undef LMMDSL_FUNCTION
}

}  // namespace

void function_kernel(Work& w) {
  const int n = w.size();
  const bool two = w.in.size() > 1;
  // A scalar is compared with every component. At several states (states.cc) it is as many numbers
  // as each component of the other argument.
  const int other = two ? w.in[1].size() * (n / w.in[0].size()) : n;
  with_function(w.node->op, [&](const auto& f) {
    for (std::size_t e = 0; e < w.elements; ++e) {
      const double* x = w.in[0].at(e);
      const double* y = two ? w.in[1].at(e) : x;
      double* out = w.block(e);
      for (int from = 0; from < n; from += other)
        for (int i = 0; i < other; ++i) out[from + i] = f(x[from + i], y[i]);
    }
  });
}

}  // namespace lmmdsl
