// Linear forms on the rows, taken apart: in y - X * beta[plot] - gamma[g], the term X * beta[plot]
// is the data X times beta[plot], which has one value for all rows of a plot.
#pragma once

#include <optional>
#include <vector>

#include "compiler/model/model.h"

namespace lmmdsl {

/// One term A v of a linear form, A data on the rows, v free of rows.
struct LinearTerm {
  Expr A;
  Expr v;
};

class LinearForms {
 public:
  explicit LinearForms(const Model& model) : model_(model) {}

  /// Data, or like data: what has a value of its own in each row cannot be taken out of a sum, so
  /// that sums of it are taken once in each sweep.
  bool is_data(const Expr& e) const;
  static bool on_rows(const Expr& e) { return e->plate.rows; }
  /// A product distributed over the sums of parameters among its factors.
  std::vector<Expr> expanded(const Expr& x) const;
  /// A v with A data on the rows (a scalar or a row vector), v free of rows.
  std::optional<LinearTerm> linear_term(const Expr& t) const;
  /// A v for a vector: A a p x q matrix of data, v free of rows.
  std::optional<LinearTerm> vector_term(const Expr& t, int p) const;

 private:
  const Model& model_;
};

}  // namespace lmmdsl
