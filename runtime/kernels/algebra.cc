// Sums, products, powers, transposes.
#include <algorithm>
#include <cmath>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

namespace {

/// out[e] = f(out[e], in[e]) for the scalars of all elements.
template <class F>
void combine(std::size_t elements, const Input& in, double* out, F f) {
  if (in.once) {
    const double x = *in.data;
    for (std::size_t e = 0; e < elements; ++e) out[e] = f(out[e], x);
  } else if (in.map) {
    for (std::size_t e = 0; e < elements; ++e)
      out[e] = f(out[e], in.data[static_cast<std::size_t>(in.map[e])]);
  } else {
    for (std::size_t e = 0; e < elements; ++e) out[e] = f(out[e], in.data[e]);
  }
}

/// f(f(f(first, second), third), ...) of scalars, for each element.
template <class F>
void combine_scalars(Work& w, F f) {
  if (w.elements == 1) {
    double value = *w.in[0].at(0);
    for (std::size_t k = 1; k < w.in.size(); ++k) value = f(value, *w.in[k].at(0));
    *w.out = value;
    return;
  }
  combine(w.elements, w.in[0], w.out, [](double, double x) { return x; });
  for (std::size_t k = 1; k < w.in.size(); ++k) combine(w.elements, w.in[k], w.out, f);
}

}  // namespace

void add_kernel(Work& w) {
  const int n = w.size();
  if (n == 1) return combine_scalars(w, [](double a, double b) { return a + b; });
  for (std::size_t e = 0; e < w.elements; ++e) {
    double* out = w.block(e);
    const double* first = w.in[0].at(e);
    std::copy(first, first + n, out);
    for (std::size_t k = 1; k < w.in.size(); ++k) {
      const double* term = w.in[k].at(e);
      for (int i = 0; i < n; ++i) out[i] += term[i];
    }
  }
}

namespace {

/// out (r x c) = a (r x k) b (k x c), column-major.
void product(const double* a, const double* b, int r, int k, int c, double* out) {
  for (int j = 0; j < c; ++j, b += k, out += r) {
    const double first = b[0];
    for (int i = 0; i < r; ++i) out[i] = a[i] * first;
    for (int l = 1; l < k; ++l) {
      const double x = b[l];
      const double* column = a + l * r;
      for (int i = 0; i < r; ++i) out[i] += column[i] * x;
    }
  }
}

/// The same of a P x P matrix a, with the same additions in the same order.
template <int P>
void product(const double* a, const double* b, int c, double* out) {
  for (int j = 0; j < c; ++j, b += P, out += P) {
    for (int i = 0; i < P; ++i) {
      double x = a[i] * b[0];
      for (int l = 1; l < P; ++l) x += a[i + l * P] * b[l];
      out[i] = x;
    }
  }
}

void multiply(const double* a, const double* b, int r, int k, int c, double* out) {
  if (r == k && r == 2) return product<2>(a, b, c, out);
  if (r == k && r == 3) return product<3>(a, b, c, out);
  if (r == k && r == 4) return product<4>(a, b, c, out);
  product(a, b, r, k, c, out);
}

/// out = scale * m, element by element.
void scaled(Work& w, std::size_t scalars) {
  const int n = w.size();
  const Input& m = w.in.back();
  for (std::size_t e = 0; e < w.elements; ++e) {
    double scale = *w.in[0].at(e);
    for (std::size_t k = 1; k < scalars; ++k) scale *= *w.in[k].at(e);
    const double* from = m.at(e);
    double* out = w.block(e);
    for (int i = 0; i < n; ++i) out[i] = scale * from[i];
  }
}

/// A row times a column.
void dot(Work& w) {
  const Input &a = w.in[0], &b = w.in[1];
  const int n = a.cols;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double *x = a.at(e), *y = b.at(e);
    double sum = x[0] * y[0];
    for (int i = 1; i < n; ++i) sum += x[i] * y[i];
    w.out[e] = sum;
  }
}

}  // namespace

std::size_t product_scratch(const Work& w) {
  if (w.scalars == w.in.size()) return 0;
  const bool from_right = w.in.back().cols == 1;
  int longest = 0;
  for (std::size_t k = w.scalars; k < w.in.size(); ++k)
    longest = std::max(longest, from_right ? w.in[k].rows : w.in[k].cols);
  return 2 * static_cast<std::size_t>(longest) *
         static_cast<std::size_t>(from_right ? 1 : w.in[w.scalars].rows);
}

/// Scalars first, then a chain of matrices; a chain that ends in a column is multiplied from the
/// right (matrix times vector), any other from the left.
void multiply_kernel(Work& w) {
  const std::size_t scalars = w.scalars;
  const int n = w.size();
  const std::size_t matrices = w.in.size() - scalars;
  if (matrices == 0) return combine_scalars(w, [](double a, double b) { return a * b; });
  if (matrices == 1 && scalars > 0) return scaled(w, scalars);
  if (matrices == 2 && scalars == 0 && n == 1 && w.in[0].rows == 1) return dot(w);
  const bool from_right = w.in.back().cols == 1;
  const std::size_t half = w.scratch.size() / 2;
  for (std::size_t e = 0; e < w.elements; ++e) {
    double scale = 1;
    for (std::size_t k = 0; k < scalars; ++k) scale *= *w.in[k].at(e);
    double* out = w.block(e);
    const Input& start = from_right ? w.in.back() : w.in[scalars];
    const double* value = start.at(e);
    int rows = start.rows, cols = start.cols;
    double* next = w.scratch.data();
    double* other = w.scratch.data() + half;
    for (std::size_t k = 1; k < matrices; ++k) {
      if (k + 1 == matrices && scalars == 0) next = out;
      if (from_right) {
        const Input& a = w.in[w.in.size() - 1 - k];
        multiply(a.at(e), value, a.rows, a.cols, cols, next);
        rows = a.rows;
      } else {
        const Input& b = w.in[scalars + k];
        multiply(value, b.at(e), rows, cols, b.cols, next);
        cols = b.cols;
      }
      value = next;
      std::swap(next, other);
    }
    if (value == out) continue;
    for (int i = 0; i < n; ++i) out[i] = scale * value[i];
  }
}

void power_kernel(Work& w) {
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double base = *w.in[0].at(e);
    const double exponent = *w.in[1].at(e);
    double value;
    if (exponent == 2) {
      value = base * base;
    } else if (exponent == -1) {
      value = 1 / base;
    } else if (exponent == -2) {
      value = 1 / (base * base);
    } else if (exponent == 0.5) {
      value = std::sqrt(base);
    } else {
      value = std::pow(base, exponent);
    }
    w.out[e] = value;
  }
}

void transpose_kernel(Work& w) {
  const Input& in = w.in[0];
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* a = in.at(e);
    double* out = w.block(e);
    for (int i = 0; i < w.rows; ++i) {
      for (int j = 0; j < w.cols; ++j) out[i + j * w.rows] = a[j + i * in.rows];
    }
  }
}

}  // namespace lmmdsl
