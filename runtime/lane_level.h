// The finest level of a Gaussian block with its elements as lanes (kernels/lane_system.h). What
// does not change is packed once: of
//
//     K = sum over terms of scale * value
//
// values that are the same for all elements are added up before the elements are visited, constants
// with the same scale are one packed array, and only values that differ and change are packed anew.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "runtime/draw_kind.h"
#include "runtime/kernels/lanes.h"

namespace lmmdsl {

/// A block of K, C or h of each element: scale * value.
struct LaneEntry {
  enum class Part { precision, coupling, shift };
  Part part;
  int row = 0, column = 0;  ///< of the top left entry
  int rows = 1, cols = 1;
  bool transposed = false;                ///< the value is the transpose of the block
  const std::int32_t* element = nullptr;  ///< of each element of the value's plate; null: the same
  ParameterReader value;
  int scale;  ///< a value of the plan; -1: 1
};

/// visit(row, column, place in the value), for each entry that K (its lower triangle), C or h has
/// of a block.
template <class F>
void for_entries(const LaneEntry& e, F visit) {
  for (int i = 0; i < e.rows; ++i) {
    for (int j = 0; j < e.cols; ++j) {
      int row = e.row + i, column = e.column + j;
      if (e.part == LaneEntry::Part::precision) {
        if (e.row == e.column && column > row) continue;  // its mirror image is there, too
        if (column > row) std::swap(row, column);
      }
      visit(row, column, e.transposed ? i * e.cols + j : j * e.rows + i);
    }
  }
}

/// What belongs to one state of the precision.
struct LaneFactor {
  std::vector<double> scale, K0, C0, h0;
  std::vector<double> K, C, h;  ///< packed, of values that differ and change
  std::vector<double> L;        ///< packed; of a shared precision one triangle
  std::vector<double> W, w;     ///< packed; W of a shared precision one matrix, by rows
};

class LaneLevel {
  friend class GaussianStates;

 public:
  /// Nothing where lanes do not apply: too many coefficients, or scales. `once_above`: all elements
  /// lie in the same one of each level above.
  static std::optional<LaneLevel> make(const LaneKernels& kernels, const BoundPlan& bound,
                                       std::size_t elements, int p, int q, bool once_above,
                                       std::vector<LaneEntry> entries);

  const LaneKernels& kernels() const { return *kernels_; }
  std::size_t packed_size() const { return blocks() * static_cast<std::size_t>(p_) * kLanes; }

  LaneFactor make_factor() const;
  void assemble(const Machine& machine, LaneFactor& f) const;

  /// What is left for the levels above.
  struct Rest {
    double log_det = 0;
    double square = 0;             ///< if asked for: see LaneElimination
    std::vector<double> products;  ///< once above: sum of W'W, q x q, both triangles
    std::vector<double> shifts;    ///< once above: sum of W'w
  };
  /// With `u`, packed coefficients, and `v`, those above, also the square.
  bool eliminate(LaneFactor& f, const double* u, const LaneAbove& v, Rest& rest) const;
  /// W and w of one element, by rows; not once above.
  void element(const LaneFactor& f, std::size_t e, double* W, double* w) const;

  /// max K_ii / D_i of the first element: by how much rounding of K grows in what is computed from
  /// its inverse.
  double growth(const LaneFactor& f) const;

  /// z, packed standard normals, become packed coefficients.
  bool draw(const LaneFactor& f, const LaneAbove& v, double* z) const;

  /// Numbers of each element, `size` side by side, from and to the rows `offset`... of packed ones.
  void pack(const double* from, int offset, int size, double* packed) const;
  void unpack(const double* packed, int offset, int size, double* to) const;

 private:
  LaneLevel() = default;
  std::size_t blocks() const { return (elements_ + kLanes - 1) / kLanes; }
  /// Values that are the same for all elements, entry by entry.
  struct Same {
    LaneEntry entry;
    std::vector<std::pair<int, int>> moves;  ///< to a place in K0, C0 or h0, from one in the value
  };
  Same same(LaneEntry entry) const;
  void add_packed(const LaneEntry& entry, const double* data, double scale, double* K, double* C,
                  double* h) const;

  /// Constants with one scale.
  struct Packed {
    int scale;
    std::vector<double> K, C, h;
  };
  static constexpr std::size_t kMostScales = 8;
  struct Pointers {
    std::array<const double*, kMostScales + 1> K, C, h;
  };
  LaneSystem system(const LaneFactor& f, Pointers& pointers) const;
  /// Of what is packed, with these scales.
  LaneSystem system(const double* scale, Pointers& pointers) const;

  const LaneKernels* kernels_ = nullptr;
  std::size_t elements_ = 0;
  int p_ = 0, q_ = 0;
  bool once_above_ = true;
  bool shared_ = false;        ///< K and C are the same for all elements
  bool same_coupling_ = true;  ///< C is
  std::vector<Same> same_;
  std::vector<LaneEntry> moving_;
  std::vector<Packed> packed_;
};

}  // namespace lmmdsl
