// Vectors and matrices put together and taken apart; no arithmetic.
#include <algorithm>

#include "runtime/kernels/kernels.h"

namespace lmmdsl {

void constant_kernel(Work& w) {
  for (std::size_t e = 0; e < w.elements; ++e) {
    double* out = w.block(e);
    const double fill = w.node->op == Op::number ? w.node->number : w.node->op == Op::ones ? 1 : 0;
    std::fill(out, out + w.size(), fill);
    if (w.node->op == Op::identity) {
      for (int i = 0; i < w.rows; ++i) out[i * (w.rows + 1)] = 1;
    }
  }
}

/// hcat: columns one after the other. vcat: row blocks below each other.
void bracket_kernel(Work& w) {
  const bool below = w.node->op == Op::vcat;
  for (std::size_t e = 0; e < w.elements; ++e) {
    double* out = w.block(e);
    int row = 0;
    for (const Input& in : w.in) {
      const double* part = in.at(e);
      if (!below || w.cols == 1) {
        out = std::copy(part, part + in.size(), out);
        continue;
      }
      for (int j = 0; j < in.cols; ++j) {
        for (int i = 0; i < in.rows; ++i) out[row + i + j * w.rows] = part[i + j * in.rows];
      }
      row += in.rows;
    }
  }
}

void diagonal_kernel(Work& w) {
  const bool build = w.node->op == Op::diagonal_matrix;
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* in = w.in[0].at(e);
    double* out = w.block(e);
    if (build) {
      std::fill(out, out + w.size(), 0.0);
      for (int i = 0; i < w.rows; ++i) out[i * (w.rows + 1)] = in[i];
    } else {
      for (int i = 0; i < w.rows; ++i) out[i] = in[i * (w.rows + 1)];
    }
  }
}

void component_kernel(Work& w) {
  const auto& index = w.node->index;
  const Input& in = w.in[0];
  const int offset = index.size() == 2 ? (index[0] - 1) + (index[1] - 1) * in.rows : index[0] - 1;
  for (std::size_t e = 0; e < w.elements; ++e) w.out[e] = in.at(e)[offset];
}

void unit_vector_kernel(Work& w) {
  std::fill(w.out, w.out + w.elements * static_cast<std::size_t>(w.size()), 0.0);
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double i = *w.in[0].at(e);
    if (i >= 1 && i <= w.rows) w.block(e)[static_cast<int>(i) - 1] = 1;
  }
}

void level_kernel(Work& w) {
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* in = w.in[0].data + static_cast<std::size_t>(w.index[e]) * w.size();
    std::copy(in, in + w.size(), w.block(e));
  }
}

void collapse_kernel(Work& w) {
  // in[0].map holds a representative row of each element.
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* in = w.in[0].at(e);
    std::copy(in, in + w.size(), w.block(e));
  }
}

void components_kernel(Work& w) {
  for (std::size_t e = 0; e < w.elements; ++e) {
    const double* in = w.in[0].at(e);
    const double* end = in + w.in[0].size();
    double value = 0;
    switch (w.node->op) {
      case Op::min_components:
        value = *std::min_element(in, end);
        break;
      case Op::max_components:
        value = *std::max_element(in, end);
        break;
      default:
        for (const double* x = in; x != end; ++x) value += *x;
        if (w.node->op == Op::mean_components) value /= static_cast<double>(end - in);
    }
    w.out[e] = value;
  }
}

}  // namespace lmmdsl
