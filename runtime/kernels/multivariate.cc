// Sufficient statistics of vector responses: y_i ~ Normal(B_i v, Sigma) with p components.
//
//   sum B_i' W B_i      one block B_i[k,]' B_i[l,] for each pair of components, weighted by W[k,l]
//   sum r_i r_i'        from the triangular factor T of all rows
//                       [B_i[1,], y_i1, B_i[2,], y_i2, ...]: T m_k is what component k's residual vector becomes under the rotation,
//                       with m_k = (0, ..., v, 1, ..., 0)
#include <algorithm>
#include <vector>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

void flatten_rows_kernel(Work& w) {
  const int p = w.in.front().rows;
  for (std::size_t e = 0; e < w.elements; ++e) {
    double* out = w.block(e);
    for (int i = 0; i < p; ++i) {
      for (const Input& in : w.in) {
        const double* a = in.at(e);
        for (int j = 0; j < in.cols; ++j) *out++ = a[i + j * p];
      }
    }
  }
}

void contract_kernel(Work& w) {
  const int p = w.in[1].rows;
  const int a = w.rows, b = w.cols, height = p * a;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* S = w.in[0].at(e);
    const double* M = w.in[1].at(e);
    double* out = w.block(e);
    std::fill(out, out + w.size(), 0.0);
    for (int l = 0; l < p; ++l) {
      for (int k = 0; k < p; ++k) {
        const double weight = M[k + l * p];
        const double* block = S + k * a + static_cast<std::size_t>(l) * b * height;
        for (int j = 0; j < b; ++j) {
          for (int i = 0; i < a; ++i) out[i + j * a] += weight * block[i + j * height];
        }
      }
    }
  }
}

void scatter_kernel(Work& w) {
  const int p = w.rows;
  const int n = w.in[0].rows;  // p (q + 1)
  const int q = n / p - 1;
  std::vector<double> U(static_cast<std::size_t>(n) * p);
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* T = w.in[0].at(e);
    const double* v = w.in[1].at(e);
    for (int k = 0; k < p; ++k) {
      const double* columns = T + static_cast<std::size_t>(k) * (q + 1) * n;
      double* u = U.data() + static_cast<std::size_t>(k) * n;
      for (int i = 0; i < n; ++i) u[i] = columns[i + q * n];
      for (int j = 0; j < q; ++j) {
        for (int i = 0; i < n; ++i) u[i] += columns[i + j * n] * v[j];
      }
    }
    double* out = w.block(e);
    for (int l = 0; l < p; ++l) {
      for (int k = 0; k <= l; ++k) {
        double sum = 0;
        for (int i = 0; i < n; ++i) sum += U[i + k * n] * U[i + l * n];
        out[k + l * p] = out[l + k * p] = sum;
      }
    }
  }
}

}  // namespace lmmdsl
