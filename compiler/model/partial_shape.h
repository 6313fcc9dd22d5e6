// What is known so far of a shape, while shapes are being solved over the whole file.
//
// The kind (scalar, vector, ...) and the two lengths become known one at a time: in
// `y ~ Normal(X * beta[g], s2)` the design X fixes the length of beta, which `beta[g] ~ Normal(m,
// V)` hands on to m and V. Contradictions are not reported here: the first finding stays, and the
// builder, which checks every operation, tells the story with places.
#pragma once

#include <optional>
#include <vector>

#include "compiler/math/shape.h"

namespace lmmdsl::resolution {

struct PartialShape {
  std::optional<ShapeKind> kind;
  std::optional<Dim> rows;
  std::optional<Dim> cols;
  bool bare_identity = false;  ///< c * I with a bare I: its size comes from what stands around it

  bool scalar() const { return kind == ShapeKind::scalar; }
  bool open() const { return !kind; }
  bool complete() const { return kind && rows && cols; }
};

PartialShape known(const Shape& shape);
PartialShape of_kind(ShapeKind kind);
PartialShape scalar_partial();
PartialShape square_partial(std::optional<Dim> size);
/// A rows x cols object: its kind follows when both lengths are known to be 1 or not.
PartialShape transposed(const PartialShape& s);
/// The length of a vector or a row.
std::optional<Dim> length(const PartialShape& s);
/// A complete shape; the caller has asked complete().
Shape finished(const PartialShape& s);

/// Adds to `s` what `more` knows and `s` does not; true if something was added.
bool refine(PartialShape& s, const PartialShape& more);

/// The shape of a product of factors of these shapes, as far as it is known.
PartialShape product(const std::vector<PartialShape>& factors);
/// What each factor must be for the product to have the shape `wanted`: the chain of row and column
/// lengths, and the kind of a single factor that is still open.
std::vector<PartialShape> product_demands(const std::vector<PartialShape>& factors,
                                          const PartialShape& wanted);

}  // namespace lmmdsl::resolution
