// Multivariate generators: normal by covariance or by precision, Wishart, inverse Wishart.
//
// Each is a few triangular solves with a Cholesky factor. They are written once, over a square
// matrix type: for p = 1..8 a matrix on the stack whose size the compiler knows, else one of Eigen
// on the heap. All Bartlett factors T are lower triangular with independent entries.
//
// Which of the two forms of Bartlett's decomposition is used matters for accuracy. With S = C C',
//
//   Wishart          W     = B B',  C' B = T,  T(i,i)^2 ~ chi^2(df - i)
//                    T T' ~ Wishart(df, I)
//   inverse Wishart  Sigma = L L',  L T = C,   T(i,i)^2 ~ chi^2(df - p + 1 + i)
//                    T' T ~ Wishart(df, I)
//
// (i from 0), so that the second needs no inverse: L is lower triangular, its row i comes from row
// i of C alone, and a scale matrix such as diag(2, 0.1, 0.001) loses nothing.
#include <Eigen/Dense>
#include <cmath>

#include "runtime/random.h"

namespace lmmdsl {
namespace {

/// A p x p matrix whose size is known to the compiler. Only its lower triangle is used.
template <int P>
struct Fixed {
  explicit Fixed(int) {}
  static constexpr int size() { return P; }
  double& operator()(int i, int j) { return v[i + j * P]; }
  double operator()(int i, int j) const { return v[i + j * P]; }
  double v[P * P];
  double reciprocal[P];  ///< of the diagonal of a Cholesky factor
};

/// The same of any size.
struct Dynamic {
  explicit Dynamic(int p) : v(p, p), reciprocal(p) {}
  int size() const { return static_cast<int>(v.rows()); }
  double& operator()(int i, int j) { return v(i, j); }
  double operator()(int i, int j) const { return v(i, j); }
  Eigen::MatrixXd v;
  Eigen::VectorXd reciprocal;
};

/// Calls f with the matrix type for size p: f.template operator()<M>().
template <class F>
bool by_size(int p, F f) {
  switch (p) {
    case 1:
      return f.template operator()<Fixed<1>>();
    case 2:
      return f.template operator()<Fixed<2>>();
    case 3:
      return f.template operator()<Fixed<3>>();
    case 4:
      return f.template operator()<Fixed<4>>();
    case 5:
      return f.template operator()<Fixed<5>>();
    case 6:
      return f.template operator()<Fixed<6>>();
    case 7:
      return f.template operator()<Fixed<7>>();
    case 8:
      return f.template operator()<Fixed<8>>();
    default:
      static_assert(kLargestFixedSize == 8, "the cases above");
      return p > 0 && f.template operator()<Dynamic>();
  }
}

/// L with a = L L'; false unless all pivots are positive and finite.
template <class M>
bool cholesky(const double* a, M& l) {
  const int p = l.size();
  for (int j = 0; j < p; ++j) {
    double pivot = a[j + j * p];
    for (int k = 0; k < j; ++k) pivot -= l(j, k) * l(j, k);
    if (!(pivot > 0) || !std::isfinite(pivot)) return false;
    l(j, j) = std::sqrt(pivot);
    const double inverse = l.reciprocal[j] = 1 / l(j, j);
    for (int i = j + 1; i < p; ++i) {
      double sum = a[i + j * p];
      for (int k = 0; k < j; ++k) sum -= l(i, k) * l(j, k);
      l(i, j) = sum * inverse;
    }
  }
  return true;
}

bool cholesky(const double* a, Dynamic& l) {
  const int p = l.size();
  l.v = Eigen::Map<const Eigen::MatrixXd>(a, p, p);
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> in_place(l.v);
  l.reciprocal = l.v.diagonal().cwiseInverse();
  return in_place.info() == Eigen::Success && l.v.diagonal().allFinite();
}

template <class M>
void solve_lower(const M& l, double* x) {  // L x = x
  const int p = l.size();
  for (int i = 0; i < p; ++i) {
    for (int j = 0; j < i; ++j) x[i] -= l(i, j) * x[j];
    x[i] *= l.reciprocal[i];
  }
}

template <class M>
void solve_upper(const M& l, double* x) {  // L' x = x
  const int p = l.size();
  for (int i = p - 1; i >= 0; --i) {
    for (int j = i + 1; j < p; ++j) x[i] -= l(j, i) * x[j];
    x[i] *= l.reciprocal[i];
  }
}

bool all_finite(const double* x, int n) {
  for (int i = 0; i < n; ++i)
    if (!std::isfinite(x[i])) return false;
  return true;
}

/// The square root of a chi-squared variate, on the log scale where df is small.
double chi(Random& random, double df) {
  return df < 2 ? std::exp(0.5 * (std::log(2.0) + log_gamma_variate(random, 0.5 * df)))
                : std::sqrt(gamma_variate(random, 0.5 * df, 0.5));
}

/// Lower triangular T with T(i,i)^2 ~ chi^2(df + step i) and standard normal entries below.
template <class M>
void bartlett(Random& random, double df, int step, M& t) {
  const int p = t.size();
  for (int i = 0; i < p; ++i) {
    for (int j = 0; j < i; ++j) t(i, j) = normal(random);
    t(i, i) = chi(random, df + step * i);
  }
}

}  // namespace

bool normal_by_covariance(Random& random, int p, const double* mean, const double* covariance,
                          double* out) {
  return by_size(p, [&]<class M>() {
    M l(p);
    if (!cholesky(covariance, l)) return false;
    const int n = l.size();
    for (int i = 0; i < n; ++i) out[i] = mean[i];
    for (int j = 0; j < n; ++j) {
      const double z = normal(random);
      for (int i = j; i < n; ++i) out[i] += l(i, j) * z;
    }
    return all_finite(out, n);
  });
}

bool normal_by_precision(Random& random, int p, const double* precision, const double* shift,
                         double* out) {
  return by_size(p, [&]<class M>() {
    M l(p);
    if (!cholesky(precision, l)) return false;
    const int n = l.size();
    for (int i = 0; i < n; ++i) out[i] = shift[i];
    solve_lower(l, out);
    for (int i = 0; i < n; ++i) out[i] += normal(random);
    solve_upper(l, out);
    return all_finite(out, n);
  });
}

bool wishart_variate(Random& random, int p, double df, const double* inverse_scale, double* out) {
  if (!(df > p - 1)) return false;
  return by_size(p, [&]<class M>() {
    M c(p), t(p);
    if (!cholesky(inverse_scale, c)) return false;
    const int n = c.size();
    bartlett(random, df, -1, t);
    // B, kept in `out`, is full: column j of T begins at row j, and C'^-1 fills what is above.
    for (int j = 0; j < n; ++j) {
      double* b = out + j * n;
      for (int i = 0; i < n; ++i) b[i] = i < j ? 0 : t(i, j);
      solve_upper(c, b);
    }
    // W = B B', first in the lower triangle of c, as B is still needed.
    for (int j = 0; j < n; ++j)
      for (int i = j; i < n; ++i) {
        double sum = 0;
        for (int k = 0; k < n; ++k) sum += out[i + k * n] * out[j + k * n];
        c(i, j) = sum;
      }
    for (int j = 0; j < n; ++j)
      for (int i = j; i < n; ++i) out[i + j * n] = out[j + i * n] = c(i, j);
    return all_finite(out, n * n);
  });
}

bool inverse_wishart_variate(Random& random, int p, double df, const double* scale, double* out) {
  if (!(df > p - 1)) return false;
  return by_size(p, [&]<class M>() {
    M l(p), t(p);
    if (!cholesky(scale, l)) return false;
    const int n = l.size();
    bartlett(random, df - n + 1, 1, t);
    // L T = C from the last column to the first, in place.
    for (int j = n - 1; j >= 0; --j)
      for (int i = j; i < n; ++i) {
        double sum = l(i, j);
        for (int k = j + 1; k <= i; ++k) sum -= l(i, k) * t(k, j);
        l(i, j) = sum / t(j, j);
      }
    for (int j = 0; j < n; ++j)
      for (int i = j; i < n; ++i) {
        double sum = 0;
        for (int k = 0; k <= j; ++k) sum += l(i, k) * l(j, k);
        out[i + j * n] = out[j + i * n] = sum;
      }
    return all_finite(out, n * n);
  });
}

}  // namespace lmmdsl
