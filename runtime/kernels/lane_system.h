// Elements of a plate as lanes of vector registers: eight neighbouring elements are a block, and a
// number that each of them has is stored as eight neighbouring doubles. What is computed is the
// Gaussian elimination of one level of nested plates (gaussian_block.h), and sums that variances
// need.
//
// Packed arrays are [block][row][8]. The last block is filled up with copies of the last element,
// which are left out of sums. Triangles are lower, row by row: (0,0) (1,0) (1,1) (2,0) ... A
// precision is factored without square roots, K = L D L' with ones on the diagonal of L, in whose
// place 1/D stands.
//
// The code exists once, lanes_body.h, and is compiled for several instruction sets. Each lane
// computes as if it were alone, without contraction to fused multiply-add, and sums are taken lane
// by lane first: the results are the same, to the last bit, for all instruction sets.
#pragma once

#include <cstddef>  // and nothing but types
#include <cstdint>

namespace lmmdsl {

constexpr int kLanes = 8;
constexpr int kMostLaneSize = 8;    ///< p, coefficients of an element
constexpr int kMostLaneAbove = 16;  ///< q, coefficients above it

namespace {  // each instruction set has its own: see lanes_body.h

constexpr int triangle_size(int p) { return p * (p + 1) / 2; }
constexpr int at_lower(int i, int j) { return i * (i + 1) / 2 + j; }

}  // namespace

/// For each element K = K0 + sum_t scale[t] K[t], likewise C (p x q, row by row) and h (p). A null
/// pointer stands for zeros.
struct LaneSystem {
  std::size_t elements = 0;
  int p = 0, q = 0;
  int terms = 0;
  const double* scale = nullptr;
  const double* const* K = nullptr;
  const double* const* C = nullptr;
  const double* const* h = nullptr;
  const double* K0 = nullptr;  ///< the same for all elements
  const double* C0 = nullptr;
  const double* h0 = nullptr;

  std::size_t blocks() const { return (elements + kLanes - 1) / kLanes; }
};

/// Values of the coefficients above: `once` for all elements, or packed rows [block][q][8].
struct LaneAbove {
  const double* once = nullptr;
  const double* packed = nullptr;
};

/// K = L D L', W = D^-1/2 L^-1 C, w = D^-1/2 L^-1 h of each element.
struct LaneElimination {
  double* L = nullptr;  ///< packed triangles
  double* W = nullptr;  ///< packed, p x q; null: not kept
  double* w = nullptr;  ///< packed; null: not kept
  /// Sums over elements: W'W (q x q, lower triangle) and W'w.
  double* products = nullptr;
  double* shifts = nullptr;
  double log_det = 0;  ///< of all K
  /// Where given: sum of |D^1/2 L'u - (w - W v)|^2, with packed u.
  const double* u = nullptr;
  LaneAbove v;
  double square = 0;
};

/// The same with lanes for states: a level and the one element above all of its own, at eight
/// states of the precision. What depends on the state, scale, K0, C0, h0 and the blocks above, has
/// eight neighbouring numbers, one for each; K, C and h are packed elements as in LaneSystem.
struct LaneStates {
  LaneSystem level;
  bool shared = false;  ///< K and C are the same for all elements: nothing is packed but h
  const double* K_above = nullptr;  ///< q x q, by rows; the lower triangle is read
  const double* h_above = nullptr;
  const double* u = nullptr;  ///< coefficients, packed, and those above: of all states
  const double* v = nullptr;
};

/// Sums of products within groups: out[group[k]] = sum of weight[t] x[index[t]] over the blocks of
/// eight t from begin[k] up to begin[k + 1]. The last block of each is filled up with an index
/// where x is 0. Groups with as many blocks stand together: then the end of a loop is foreseen.
struct LaneProducts {
  std::size_t groups = 0;
  const int* group = nullptr;
  const std::size_t* begin = nullptr;
  const double* weight = nullptr;  ///< null: ones
  const int* index = nullptr;
};

/// Rows of residuals, r = y + sum_c A_c (once_c + sum_j x_j[index_j]), packed: `numbers` are
/// [block][A_0, A_1, ..., y][8], `index` is [block][j][8], the terms of the first column first. The
/// last block is filled up with zeros.
struct LaneResiduals {
  std::size_t blocks = 0;
  int columns = 0;
  const int* terms = nullptr;  ///< of each column
  const double* numbers = nullptr;
  const int* index = nullptr;
};

/// Levels of a crossed factor in a residual sum of squares (residual_levels.h): of each the sums b
/// and n, packed, [block][b_0, ..., b_columns, n][8].
struct LaneFactorLevels {
  std::size_t levels = 0;
  int columns = 0;
  const double* numbers = nullptr;
};

struct LaneKernels {
  const char* name;  ///< of the instruction set
  /// False where a K is not positive definite.
  bool (*eliminate)(const LaneSystem&, LaneElimination&);
  /// u = L'^-1 (D^-1 L^-1 (h - C v) + D^-1/2 z), packed; with `shared` L is one triangle. z is
  /// packed, and may be u. False where a draw is not finite.
  bool (*draw)(const LaneSystem&, const double* L, bool shared, const LaneAbove& v, const double* z,
               double* u);
  /// With the same L and W (p x q, by rows) for all elements: w, where it is kept, the sum of w
  /// (p), and the square where u is given.
  void (*solve)(const LaneSystem&, const double* L, const double* W, LaneElimination&, double* sum);
  /// For each of the eight states log |precision| and |D^1/2 L'[u; v] - D^-1/2 L^-1 h|^2 of
  /// everything. False where a pivot of one is no positive number, or out of reach, or perhaps
  /// rounding: of the element above, next to nothing of what was taken off.
  bool (*states)(const LaneStates&, double* log_det, double* square);
  /// Draws at the eight states: of normals z, for each element those of its coefficients, then of
  /// those above, x in the same places, each eight neighbouring numbers. u and v are not read.
  /// False as for states, or where a draw is not finite.
  bool (*draw_states)(const LaneStates&, const double* z, double* x);
  /// Words of the eight streams (random.h) of levels counter[2] ... counter[2] + 7: of each stream
  /// the results of `blocks` calls of Philox, from counter[0] on, one stream after the other. Null
  /// where making them so takes no less time.
  void (*philox)(const std::uint64_t counter[4], const std::uint64_t key[2], std::size_t blocks,
                 std::uint64_t* words);
  /// Logarithms of eight numbers.
  void (*log)(const double* x, double* out);
  // Matrices of eight states side by side (trials.h): of each number, eight neighbouring ones.
  // Column-major, at most kMostLaneSize x kMostLaneSize.
  /// out (rows x cols) = a (rows x inner) b (inner x cols).
  void (*product)(int rows, int inner, int cols, const double* a, const double* b, double* out);
  /// Inverses, or log determinants, of symmetric matrices. False where one is not positive definite
  /// or its determinant out of reach.
  bool (*inverse)(int p, const double* a, double* out);
  bool (*log_determinant)(int p, const double* a, double* out);
  /// A A', or its inverse, for lower triangles A.
  void (*square_triangle)(int p, bool inverse, const double* A, double* out);
  /// |T [v; 1]|^2 for packed T, upper triangles of k x k in columns: (0,0) (0,1) (1,1) ...; v
  /// element by element.
  void (*distance)(int k, std::size_t elements, const double* T, const double* v, double* out);
  /// sum of d d' (p x p, full), d = sum of `terms` of p components, each element by element or
  /// (step 0) one for all.
  void (*outer)(int p, std::size_t elements, int terms, const double* const* term,
                const std::size_t* step, double* out);
  void (*products)(const LaneProducts&, const double* x, double* out);
  /// Sum of r^2; `x` are those of all terms, `once` of the columns.
  double (*residuals)(const LaneResiduals&, const double* once, const double* const* x);
  /// Sum over levels of x (2 b' g + n x + 2 sum_k s_k), `sums` being how many s there are; `size`
  /// is that of the absolute values.
  double (*factor_levels)(const LaneFactorLevels&, const double* g, int sums,
                          const double* const* s, const double* x, double* size);
};

}  // namespace lmmdsl
