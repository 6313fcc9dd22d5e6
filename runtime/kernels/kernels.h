// Operations on whole plates. A kernel computes one operator for every element of a plate; it is
// chosen once, when data are bound, and called once a refresh, never once an element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/math/expr.h"
#include "runtime/kernels/lane_system.h"
#include "runtime/random.h"

namespace lmmdsl {

/// An argument: blocks of `size` doubles (column-major rows x cols), one for each of its elements.
struct Input {
  const double* data = nullptr;
  const std::int32_t* map =
      nullptr;        ///< from the operation's element to the argument's; null: the same
  bool once = false;  ///< one block for all elements
  int rows = 1;
  int cols = 1;

  int size() const { return rows * cols; }
  const double* at(std::size_t element) const {
    if (once) return data;
    return data + (map ? static_cast<std::size_t>(map[element]) : element) * size();
  }
};

struct ProductSum;
struct ResidualSum;

/// One operation, bound: everything a kernel needs.
struct Work {
  const Node* node = nullptr;
  std::size_t elements = 1;  ///< of the result
  std::size_t terms = 1;     ///< of the plate that is summed over; inputs are addressed by these
  const std::int32_t* group = nullptr;  ///< for each term its element of the result; null: all in 0
  int rows = 1;
  int cols = 1;
  double* out = nullptr;
  std::vector<Input> in;
  std::size_t scalars = 0;      ///< of a product: how many arguments, from the first, are scalars
  std::vector<int> index;       ///< of a level: the argument's element of each
  std::vector<double> scratch;  ///< of a product: product_scratch doubles
  StreamAddress stream = {};    ///< of a draw (completed): its step and level are set; 0: no draw
  const LaneKernels* lanes = nullptr;  ///< of the kernels that need it
  const ProductSum* products = nullptr;
  std::vector<double> computed_from;  ///< of a product sum: what the scalar was, then 0
  const ResidualSum* residuals = nullptr;

  int size() const { return rows * cols; }
  double* block(std::size_t element) const { return out + element * size(); }
};

using Kernel = void (*)(Work&);

/// What `lmmdsl list kernels` shows, and where the operators find their kernels.
struct KernelInfo {
  std::string name;
  std::string description;
  std::vector<Op> operators;
  Kernel run;
  /// An element of the result is computed from the same element of the arguments and nothing else:
  /// so it can be computed at several states (trials.h).
  bool by_element = false;
  /// The same of one element at eight states side by side (trials.h), each of its numbers being
  /// eight. False where `run` must compute them one by one; null: always.
  bool (*states)(Work&) = nullptr;
};

const std::vector<KernelInfo>& kernel_infos();

/// What a product needs to stand in while it is computed: two of its largest partial products.
std::size_t product_scratch(const Work& w);
/// `distance` with triangles packed as lanes (pack_triangles) in the place of the first argument.
void lane_distance_kernel(Work& w);
/// Sum of d d' over all elements, d the sum of the arguments.
void outer_sum_kernel(Work& w);
/// A ProductSum (fusion.h); its argument is the moving scalar.
void product_sum_kernel(Work& w);
/// A ResidualSum; its arguments are all terms, then what holds once, then of each product sum that
/// may serve (ResidualLevels::Seen) its result and what it was computed from.
void residual_sum_kernel(Work& w);
/// Upper triangles of k x k matrices, column-major, as lanes.
std::vector<double> pack_triangles(int k, std::size_t elements, const double* T);

// One file, states.cc.
bool add_states(Work&);
bool multiply_states(Work&);
bool power_states(Work&);
bool inverse_states(Work&);
bool determinant_states(Work&);
bool trace_states(Work&);
bool function_states(Work&);

/// Null where no kernel computes the operator: the reference evaluator then does.
const KernelInfo* find_kernel(Op op);

// By theme, in the files of this folder.
void add_kernel(Work&);
void multiply_kernel(Work&);
void power_kernel(Work&);
void transpose_kernel(Work&);
void inverse_kernel(Work&);
void determinant_kernel(Work&);
void trace_kernel(Work&);
void function_kernel(Work&);
void bracket_kernel(Work&);
void constant_kernel(Work&);
void diagonal_kernel(Work&);
void component_kernel(Work&);
void unit_vector_kernel(Work&);
void level_kernel(Work&);
void collapse_kernel(Work&);
void components_kernel(Work&);
void sum_kernel(Work&);
void extreme_kernel(Work&);
void triangle_kernel(Work&);
void distance_kernel(Work&);
void correlation_kernel(Work&);
void flatten_rows_kernel(Work&);
void contract_kernel(Work&);
void scatter_kernel(Work&);
void filled_kernel(Work&);
void observed_kernel(Work&);
void completed_kernel(Work&);

}  // namespace lmmdsl
