// Scales as points of R^d, and coefficients, whose numbers stay as they are, or if they increase
// all but the first are logarithms of differences, or of which only the mean is a point. Log t for
// a positive scalar t, and for a covariance matrix V the entries, column by column, of one of two
// lower triangles:
//
//   covariance  V = L L', with log L_ii in place of L_ii (Pinheiro and Bates 1996, Statistics and
//               Computing 6: 289-296): all of R^d
//   precision   V^-1 = A A'. If V^-1 is Wishart, A is linear in Normal and chi variables, all
//               independent (Bartlett; Odell and Feiveson 1966): close to Normal. Only A_ii > 0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "runtime/trials.h"

namespace lmmdsl {

enum class ScaleForm { covariance, precision };

class ScaleCoordinates {
 public:
  /// Of scales that hold once, and of coefficients, by their conditionals, of `shifted` the means
  /// of their elements; with the auxiliary variables `integrated` out, where these are of their
  /// priors.
  ScaleCoordinates(const BoundPlan& bound, const std::vector<int>& scales,
                   const std::vector<SymbolId>& integrated, const std::vector<int>& shifted = {});

  int dimension() const { return dimension_; }
  ScaleForm form() const { return form_; }
  void use(ScaleForm form) { form_ = form; }
  bool has_matrix() const;

  // A point is `dimension` numbers.

  /// The point at which the machine's parameters stand. False where a matrix is not positive
  /// definite.
  bool read(const Machine& machine, double* point);
  /// Sets the machine's parameters. False where one leaves the doubles, or its bounds.
  bool write(const double* point, Machine& machine);
  /// The same of eight points of scales alone, side by side as the trials are; which were inside, 1 or 0. The
  /// parameters of those that are not are the machine's.
  std::array<std::int64_t, Trials::kStates> write(const double* points, Trials& trials);
  /// Log of the volume element of the quantities on which the priors are densities (sigma^2,
  /// inv(Sigma), ...) over that of the coordinates, up to a constant: with S = L L',
  /// d S = 2^p prod_i L_ii^(p - i + 1) dL, d S^-1 = |S|^-(p + 1) d S (Muirhead 1982, theorems 2.1.8
  /// and 2.1.9).
  double log_jacobian(const double* point) const;
  /// The same of eight points of scales alone, side by side.
  std::array<double, Trials::kStates> log_jacobians(const double* points,
                                                    const LaneKernels& lanes) const;
  /// The same scales in another form. False where they leave it, or were out of their own.
  bool convert(const double* point, ScaleForm to, double* out);

  /// How far a coordinate of a scale may be expected to vary, given the others: 1 for a logarithm,
  /// the diagonal of its row for another entry of a triangle.
  double width(int coordinate, const double* point) const;

  /// The parameters' own values, one after the other; back into a machine; whether a machine has
  /// just these, which it has not if there are none; and from one machine to another.
  void values(const Machine& machine, std::vector<double>& out) const;
  void restore(const std::vector<double>& values, Machine& machine) const;
  bool same(const Machine& machine, const std::vector<double>& values) const;
  void copy(const Machine& from, Machine& to) const;
  void copy(Trials& from, std::size_t state, Machine& to) const;
  void copy(const Machine& from, Trials& to, std::size_t state) const;
  std::vector<SymbolId> parameters() const;

 private:
  struct Scale {
    SymbolId parameter;
    int p;            ///< 0: a scalar
    double exponent;  ///< of the left-hand side of its prior; 0: the logarithm
    double lower, upper;
    std::size_t coefficients = 0;  ///< not 0: so many numbers, which are no scale
    bool increase = false;         ///< these
    std::size_t elements = 0;      ///< not 0: of so many elements that each has them the mean

    double mean(const std::vector<double>& values, std::size_t i) const;

    /// How many coordinates it has.
    std::size_t size() const {
      if (coefficients > 0) return coefficients;
      return p == 0 ? 1 : static_cast<std::size_t>(p) * static_cast<std::size_t>(p + 1) / 2;
    }
  };
  /// The power of the diagonal entry of column j of its triangle, or of its logarithm's factor, in
  /// the volume element.
  int power(const Scale& s, int j) const;
  /// The triangle of a form, into L_; false if V is not positive definite. And V of the triangle
  /// in L_; false if it leaves the doubles.
  bool read_matrix(ScaleForm form, const double* V, int p);
  bool write_matrix(ScaleForm form, int p, double* V);
  bool invert(int p);  ///< L_, a lower triangle
  /// The triangle in L_ from and to a point, which moves on.
  void load_triangle(ScaleForm form, int p, const double*& point);
  void store_triangle(ScaleForm form, int p, double*& point) const;

  std::vector<Scale> scales_;
  int dimension_ = 0;
  ScaleForm form_ = ScaleForm::covariance;
  std::vector<double> L_;          ///< of one matrix, by rows
  std::vector<double> V_, row_;    ///< of one matrix; workspace of its size
  std::vector<double> triangles_;  ///< of one matrix at eight states
};

}  // namespace lmmdsl
