// Inverses, determinants, traces, correlations of small dense matrices. A singular matrix gives NaN,
// and so does the determinant of a symmetric one that is not positive definite: the draw that needs
// it then fails with its name and level.
#include <Eigen/Dense>
#include <cmath>
#include <type_traits>

#include "runtime/kernels/kernels.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {

namespace {

using Map = Eigen::Map<const Eigen::MatrixXd>;
using MutableMap = Eigen::Map<Eigen::MatrixXd>;

}  // namespace

namespace {

constexpr int kSmall = 8;

/// Cholesky factor of the lower triangle of a, column-major, on the stack, the diagonal inverted.
/// False where a is not positive definite.
template <class Size>
inline bool cholesky(const double* a, Size p, double* L) {
  for (int j = 0; j < p; ++j) {
    double pivot = a[j + j * p];
    for (int k = 0; k < j; ++k) pivot -= L[j + k * p] * L[j + k * p];
    if (!(pivot > 0)) return false;
    const double inverse = 1 / std::sqrt(pivot);
    L[j + j * p] = inverse;
    for (int i = j + 1; i < p; ++i) {
      double x = a[i + j * p];
      for (int k = 0; k < j; ++k) x -= L[i + k * p] * L[j + k * p];
      L[i + j * p] = x * inverse;
    }
  }
  return true;
}

/// out = (L L')^-1, exactly symmetric.
template <class Size>
inline void inverse(double* L, Size p, double* out) {
  for (int j = 0; j < p; ++j) {  // L^-1 in place
    for (int i = j + 1; i < p; ++i) {
      double x = 0;
      for (int k = j; k < i; ++k) x -= L[i + k * p] * L[k + j * p];
      L[i + j * p] = x * L[i + i * p];
    }
  }
  for (int j = 0; j < p; ++j) {
    for (int i = j; i < p; ++i) {
      double x = 0;
      for (int k = i; k < p; ++k) x += L[k + i * p] * L[k + j * p];
      out[i + j * p] = out[j + i * p] = x;
    }
  }
}

/// f(p), for small p as a constant of the compiler.
template <class F>
bool with_size(int p, F f) {
  switch (p) {
    case 1:
      return f(std::integral_constant<int, 1>());
    case 2:
      return f(std::integral_constant<int, 2>());
    case 3:
      return f(std::integral_constant<int, 3>());
    case 4:
      return f(std::integral_constant<int, 4>());
    default:
      return f(p);
  }
}

bool small_inverse(const double* a, int p, double* out) {
  return with_size(p, [&](auto size) {
    double L[kSmall * kSmall];
    if (!cholesky(a, size, L)) return false;
    inverse(L, size, out);
    return true;
  });
}

/// False where a is not positive definite, or its determinant out of reach.
bool small_log_determinant(const double* a, int p, double* out) {
  double product = 1;
  const bool found = with_size(p, [&](auto size) {
    double L[kSmall * kSmall];
    if (!cholesky(a, size, L)) return false;
    for (int i = 0; i < size; ++i) product *= L[i * (size + 1)];
    return true;
  });
  *out = -2 * std::log(product);
  return found && std::isnormal(product);
}

}  // namespace

void inverse_kernel(Work& w) {
  const bool symmetric = w.node->args[0]->symmetric;
  const int p = w.rows;
  if (symmetric && p <= kSmall) {
    std::size_t e = 0;
    while (e < w.elements && small_inverse(w.in[0].at(e), p, w.block(e))) ++e;
    if (e == w.elements) return;
  }
  Eigen::LLT<Eigen::MatrixXd> cholesky(p);
  for (std::size_t e = 0; e < w.elements; ++e) {
    Map a(w.in[0].at(e), p, p);
    MutableMap out(w.block(e), p, p);
    if (symmetric) {
      cholesky.compute(a);
      if (cholesky.info() == Eigen::Success) {
        out.setIdentity();
        cholesky.solveInPlace(out);
        // Exactly symmetric, so that sums and products of it stay so.
        for (int j = 0; j < p; ++j) {
          for (int i = 0; i < j; ++i) out(i, j) = out(j, i) = 0.5 * (out(i, j) + out(j, i));
        }
        continue;
      }
    }
    Eigen::FullPivLU<Eigen::MatrixXd> lu(a);
    if (lu.isInvertible()) {
      out = lu.inverse();
    } else {
      out.setConstant(kNan);
    }
  }
}

void determinant_kernel(Work& w) {
  const int p = w.in[0].rows;
  const bool logarithm = w.node->op == Op::log_determinant;
  for (std::size_t e = 0; e < w.elements; ++e) {
    Map a(w.in[0].at(e), p, p);
    if (logarithm && w.node->args[0]->symmetric && p <= kSmall &&
        small_log_determinant(a.data(), p, &w.out[e]))
      continue;
    if (logarithm && w.node->args[0]->symmetric) {
      Eigen::LLT<Eigen::MatrixXd> cholesky(a);
      double sum = 0;
      for (int i = 0; i < p; ++i) sum += std::log(cholesky.matrixLLT()(i, i));
      w.out[e] = cholesky.info() == Eigen::Success ? 2 * sum : kNan;
    } else {
      const double value = a.determinant();
      w.out[e] = logarithm ? std::log(std::abs(value)) : value;
    }
  }
}

void trace_kernel(Work& w) {
  const int p = w.in[0].rows;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* a = w.in[0].at(e);
    double sum = 0;
    for (int i = 0; i < p; ++i) sum += a[i * (p + 1)];
    w.out[e] = sum;
  }
}

void correlation_kernel(Work& w) {
  const int p = w.rows;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* a = w.in[0].at(e);
    double* out = w.block(e);
    for (int j = 0; j < p; ++j) {
      for (int i = 0; i < p; ++i) {
        out[i + j * p] = i == j ? 1.0 : a[i + j * p] / std::sqrt(a[i * (p + 1)] * a[j * (p + 1)]);
      }
    }
  }
}

}  // namespace lmmdsl
