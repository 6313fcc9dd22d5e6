#include "runtime/elimination.h"

#include <cmath>

namespace lmmdsl {

namespace {

/// P > 0: the size, known to the compiler; 0: `size`.
template <int P>
bool factor(int size, int q, std::size_t elements, double* K, double* C, double& log_det) {
  const int p = P > 0 ? P : size;
  double product = 1;  // of pivots; its logarithm is taken before it leaves the doubles
  for (std::size_t e = 0; e < elements; ++e, K += p * p, C += p * q) {
    for (int j = 0; j < p; ++j) {
      double pivot = K[j * p + j];
      for (int k = 0; k < j; ++k) pivot -= K[j * p + k] * K[j * p + k];
      if (!(pivot > 0)) return false;
      product *= pivot;
      if (!(product > 1e-200 && product < 1e200)) {
        log_det += std::log(product / pivot) + std::log(pivot);
        product = 1;
      }
      const double root = std::sqrt(pivot), inverse = 1 / root;
      K[j * p + j] = root;
      for (int i = j + 1; i < p; ++i) {
        double x = K[i * p + j];
        for (int k = 0; k < j; ++k) x -= K[i * p + k] * K[j * p + k];
        K[i * p + j] = x * inverse;
      }
      double* row = C + j * q;
      for (int k = 0; k < j; ++k) {
        const double l = K[j * p + k];
        const double* above = C + k * q;
        for (int c = 0; c < q; ++c) row[c] -= l * above[c];
      }
      for (int c = 0; c < q; ++c) row[c] *= inverse;
    }
  }
  log_det += std::log(product);
  return true;
}

template <int P>
void solve(int size, std::size_t elements, const double* L, bool uniform, double* h) {
  const int p = P > 0 ? P : size;
  for (std::size_t e = 0; e < elements; ++e, h += p) {
    for (int i = 0; i < p; ++i) {
      double x = h[i];
      for (int k = 0; k < i; ++k) x -= L[i * p + k] * h[k];
      h[i] = x / L[i * p + i];
    }
    if (!uniform) L += p * p;
  }
}

}  // namespace

#define LMMDSL_BY_SIZE(p, call) \
  switch (p) {                  \
    case 1:                     \
      return call(1);           \
    case 2:                     \
      return call(2);           \
    case 3:                     \
      return call(3);           \
    case 4:                     \
      return call(4);           \
    case 5:                     \
      return call(5);           \
    case 6:                     \
      return call(6);           \
    case 7:                     \
      return call(7);           \
    case 8:                     \
      return call(8);           \
    default:                    \
      return call(0);           \
  }

bool factor_elements(int p, int q, std::size_t elements, double* K, double* C, double& log_det) {
#define CALL(P) factor<P>(p, q, elements, K, C, log_det)
  LMMDSL_BY_SIZE(p, CALL)
#undef CALL
}

void solve_elements(int p, std::size_t elements, const double* L, bool uniform, double* h) {
#define CALL(P) solve<P>(p, elements, L, uniform, h)
  LMMDSL_BY_SIZE(p, CALL)
#undef CALL
}

void subtract_products(std::size_t p, std::size_t q, const double* A, const double* B,
                       std::size_t a, double times, double* out, std::size_t b,
                       std::size_t stride) {
  for (std::size_t r = 0; r < p; ++r, A += q, B += q) {
    for (std::size_t i = 0; i < a; ++i) {
      const double x = times * A[i];
      for (std::size_t j = 0; j < b; ++j) out[i * stride + j] -= x * B[j];
    }
  }
}

void subtract_shift(std::size_t p, std::size_t q, const double* A, std::size_t a, const double* w,
                    double* out) {
  for (std::size_t r = 0; r < p; ++r, A += q) {
    for (std::size_t i = 0; i < a; ++i) out[i] -= A[i] * w[r];
  }
}

void solve_transposed(std::size_t p, const double* L, const double* r, double* u) {
  for (std::size_t i = p; i-- > 0;) {
    double x = r[i];
    for (std::size_t k = i + 1; k < p; ++k) x -= L[k * p + i] * u[k];
    u[i] = x / L[i * p + i];
  }
}

}  // namespace lmmdsl
