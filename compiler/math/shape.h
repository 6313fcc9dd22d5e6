// Where an expression lives (its plate) and what each element of it looks like (its shape).
#pragma once

#include <string>
#include <vector>

namespace lmmdsl {

/// Identifies a symbol: its position in Model::symbols.
using SymbolId = int;

/// The number of levels of a factor, less the levels that a coding leaves out.
struct LevelCount {
  SymbolId factor = -1;
  std::string name;
  int minus = 0;
  bool operator==(const LevelCount&) const = default;
};

/// A length: n plus products of numbers of levels. With products it is known only when data are
/// bound: the design [1, variety, nitro] has 2 + (levels(variety) - 1) columns.
struct Dim {
  int n = 1;
  std::vector<std::vector<LevelCount>> products = {};
  bool known() const { return products.empty(); }
};

Dim operator+(const Dim& a, const Dim& b);
/// The same number whatever the data: 1 + (levels(g) - 1) is levels(g).
bool operator==(const Dim& a, const Dim& b);
/// Not certainly different: equal, or the numbers of levels in the data decide.
bool may_equal(const Dim& a, const Dim& b);

enum class ShapeKind { scalar, vector, row, matrix };

/// scalar 1x1, vector rows x 1, row 1 x cols, matrix rows x cols. A vector of length 1 is not a
/// scalar.
struct Shape {
  ShapeKind kind = ShapeKind::scalar;
  Dim rows;
  Dim cols;
  bool operator==(const Shape&) const = default;
  bool is_scalar() const { return kind == ShapeKind::scalar; }
};

Shape scalar_shape();
Shape vector_shape(Dim length);
Shape row_shape(Dim length);
Shape matrix_shape(Dim rows, Dim cols);

/// "a scalar", "a vector of length 3", "a row vector of length 3", "a 3 x 3 matrix".
std::string describe(const Shape& shape);
std::string describe(const Dim& dim);

/// The set of elements over which something repeats: once (no factors, no rows), one for each
/// observed combination of levels of `factors` (in the order written), or one for each row.
/// `response` restricts the row plate to the rows in which that column is present, or, with
/// `missing`, to those in which it is not.
struct Plate {
  bool rows = false;
  SymbolId response = -1;
  bool missing = false;
  std::vector<SymbolId> factors;
  /// Its one factor is not observed: what lies in an element is unknown, and changes.
  bool latent = false;
  bool operator==(const Plate& other) const {
    return rows == other.rows && response == other.response && missing == other.missing &&
           factors == other.factors;  // which say whether it is latent
  }
  bool once() const { return !rows && factors.empty(); }
  bool has(SymbolId factor) const;
};

Plate once_plate();
Plate factor_plate(std::vector<SymbolId> factors);
Plate row_plate();

/// The plate of an expression that mentions both: rows if either is, else the union of the factors.
Plate join(const Plate& a, const Plate& b);
/// True when each element of `fine` lies in one element of `coarse` by structure alone: fine is the
/// row plate, or its factors include those of coarse. (Nesting found in data comes on top.)
bool refines(const Plate& fine, const Plate& coarse);
/// The unobserved factor that decides in which element of `coarse` an element of `fine` lies; -1 if
/// the data do, or the plates alone.
SymbolId deciding_factor(const Plate& fine, const Plate& coarse);

}  // namespace lmmdsl
