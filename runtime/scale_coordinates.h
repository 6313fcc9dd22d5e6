// Scales as points of R^d: log t for a positive scalar t, and for a covariance matrix the entries
// of its Cholesky factor L, column by column, with log L_ii in place of L_ii (Pinheiro and Bates
// 1996, Statistics and Computing 6: 289-296).
#pragma once

#include <vector>

#include "runtime/machine.h"

namespace lmmdsl {

class ScaleCoordinates {
 public:
  /// Of scales that hold once, by their conditionals; with the auxiliary variables `integrated`
  /// out, where these are of their priors.
  ScaleCoordinates(const BoundPlan& bound, const std::vector<int>& scales,
                   const std::vector<SymbolId>& integrated);

  int dimension() const { return dimension_; }

  // A point is `dimension` numbers.

  /// The point at which the machine's parameters stand. False where a matrix is not positive
  /// definite.
  bool read(const Machine& machine, double* point);
  /// Sets the machine's parameters. False where one leaves the doubles, or its bounds.
  bool write(const double* point, Machine& machine);
  /// Log of the volume element of the quantities on which the priors are densities (sigma^2,
  /// inv(Sigma), ...) over that of the coordinates, up to a constant: with Sigma = L L',
  /// d Sigma = 2^p prod_i L_ii^(p - i + 1) dL (Muirhead 1982, theorem 2.1.9).
  double log_jacobian(const double* point) const;

  /// How far a coordinate may be expected to vary, given the others: 1 for a logarithm, the
  /// diagonal of its row for another entry of a Cholesky factor.
  double width(int coordinate, const double* point) const;

  /// The parameters' own values, one after the other; whether a machine has just these; and from
  /// one machine to another.
  void values(const Machine& machine, std::vector<double>& out) const;
  bool same(const Machine& machine, const std::vector<double>& values) const;
  void copy(const Machine& from, Machine& to) const;

 private:
  struct Scale {
    SymbolId parameter;
    int p;            ///< 0: a scalar
    double exponent;  ///< of the left-hand side of its prior; 0: the logarithm
    double lower, upper;
  };
  std::vector<Scale> scales_;
  int dimension_ = 0;
  std::vector<double> L_;  ///< of one matrix, by rows
};

}  // namespace lmmdsl
