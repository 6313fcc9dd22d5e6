#include "compiler/math/shape.h"

#include <algorithm>

namespace lmmdsl {

Shape scalar_shape() { return {}; }
Shape vector_shape(Dim length) { return {ShapeKind::vector, std::move(length), {}}; }
Shape row_shape(Dim length) { return {ShapeKind::row, {}, std::move(length)}; }
Shape matrix_shape(Dim rows, Dim cols) {
  return {ShapeKind::matrix, std::move(rows), std::move(cols)};
}

std::string describe(const Dim& dim) { return dim.known() ? std::to_string(dim.n) : dim.open; }

std::string describe(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::scalar:
      return "a scalar";
    case ShapeKind::vector:
      return "a vector of length " + describe(shape.rows);
    case ShapeKind::row:
      return "a row vector of length " + describe(shape.cols);
    case ShapeKind::matrix:
      return "a " + describe(shape.rows) + " x " + describe(shape.cols) + " matrix";
  }
  return {};
}

Plate once_plate() { return {}; }
Plate factor_plate(std::vector<SymbolId> factors) { return {false, -1, std::move(factors)}; }
Plate row_plate() { return {true, -1, {}}; }

Plate join(const Plate& a, const Plate& b) {
  if (a.rows || b.rows) {
    Plate rows = a.rows ? a : b;
    if (rows.response < 0 && b.rows) rows.response = b.response;
    return rows;
  }
  Plate both = a;
  for (SymbolId f : b.factors) {
    if (std::find(both.factors.begin(), both.factors.end(), f) == both.factors.end()) {
      both.factors.push_back(f);
    }
  }
  return both;
}

bool refines(const Plate& fine, const Plate& coarse) {
  if (coarse.rows) return fine.rows && (coarse.response < 0 || coarse.response == fine.response);
  if (fine.rows) return true;
  return std::all_of(coarse.factors.begin(), coarse.factors.end(), [&](SymbolId f) {
    return std::find(fine.factors.begin(), fine.factors.end(), f) != fine.factors.end();
  });
}

}  // namespace lmmdsl
