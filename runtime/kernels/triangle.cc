// The rows of a cell as the triangular factor of their QR decomposition, and the residual sum of
// squares from it. With rows a_i and T'T = sum w_i a_i a_i', sum w_i (a_i v)^2 = |T v|^2: the
// subtraction in a_i v happens before the square, so nothing cancels (Golub and Van Loan
// 2013, 5.3).
#include <Eigen/QR>
#include <cmath>
#include <limits>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

void triangle_kernel(Work& w) {
  const int k = w.rows;
  const std::size_t parts = w.in.size() - 1;
  const Input& weight = w.in.back();
  // Terms, cell by cell.
  std::vector<std::size_t> begin(w.elements + 1, 0);
  for (std::size_t t = 0; t < w.terms; ++t) ++begin[(w.group ? w.group[t] : 0) + 1];
  for (std::size_t e = 0; e < w.elements; ++e) begin[e + 1] += begin[e];
  std::vector<std::size_t> next(begin.begin(), begin.end() - 1), order(w.terms);
  for (std::size_t t = 0; t < w.terms; ++t) order[next[w.group ? w.group[t] : 0]++] = t;
  // A long cell is folded in blocks: the triangle so far on top of the next rows. A cell with fewer
  // rows than columns leaves the last rows of its triangle zero.
  constexpr std::size_t kBlock = 256;
  Eigen::MatrixXd stack(k + kBlock, k);
  for (std::size_t e = 0; e < w.elements; ++e) {
    Eigen::Map<Eigen::MatrixXd> T(w.block(e), k, k);
    T.setZero();
    for (std::size_t at = begin[e]; at < begin[e + 1];) {
      const int above = at == begin[e] ? 0 : k;
      const int rows = static_cast<int>(std::min(kBlock, begin[e + 1] - at));
      stack.topRows(above) = T.topRows(above);
      for (int r = 0; r < rows; ++r, ++at) {
        const std::size_t t = order[at];
        const double root = std::sqrt(*weight.at(t));
        int column = 0;
        for (std::size_t p = 0; p < parts; ++p) {
          const double* a = w.in[p].at(t);
          for (int j = 0; j < w.in[p].cols; ++j) stack(above + r, column++) = root * a[j];
        }
      }
      const int height = above + rows, kept = std::min(height, k);
      auto used = stack.topRows(height);
      if (height > 1) Eigen::HouseholderQR<Eigen::Ref<Eigen::MatrixXd>> in_place(used);
      T.topRows(kept) = stack.topRows(kept).triangularView<Eigen::Upper>();
    }
  }
}

void distance_kernel(Work& w) {
  const int k = w.in[0].rows;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* T = w.in[0].at(e);
    const double* v = w.in[1].at(e);
    double sum = 0;
    for (int i = 0; i < k; ++i) {
      double r = T[i + (k - 1) * k];
      for (int j = i; j < k - 1; ++j) r += T[i + j * k] * v[j];
      sum += r * r;
    }
    w.out[e] = sum;
  }
}

}  // namespace lmmdsl
