// A scale drawn given standardised coefficients, which move with it: with t = m + L z, L L' = V(s)
// their prior variance, the density of s given z and everything else is
//
//     p(s, t(s), y) |d t / d z|,   |d t / d z| = product of |L(s)| over the elements,
//
// in which the prior of t no longer mentions s (Yu and Meng 2011, J. Comput. Graph. Stat. 20:
// 531-570; the non-centred form of Papaspiliopoulos, Roberts and Skold 2007). It has no name in
// general: its coordinates are drawn one by one by slice sampling, which rejects nothing.
#pragma once

#include <vector>

#include "runtime/draw_kind.h"
#include "runtime/scale_coordinates.h"

namespace lmmdsl {

class InterweaveStep {
 public:
  InterweaveStep(const BoundPlan& bound, Machine& machine, const PlanStep& step);

  /// Draws the scale and moves the coefficients; the refresh list of the step has been run. False
  /// where no point of a slice is found.
  bool operator()(StreamAddress address);

  /// Coordinates of the scale.
  std::uint64_t dimension() const { return point_.size(); }
  /// The most that a coefficient which moves with it has.
  std::size_t elements() const;

  // What it is made of, for tests.

  /// The standardised coefficients and the coordinates of the scale where the machine stands. False
  /// where a variance is not positive definite.
  bool standardise();
  const std::vector<double>& point() const { return point_; }
  /// Log density of a point of the coordinates, given the standardised coefficients, up to a
  /// constant; the machine is then there. Minus infinity outside the support.
  double log_density(const std::vector<double>& point);

 private:
  struct Coefficient {
    SymbolId parameter;
    std::size_t elements;
    int p;  ///< length
    ParameterReader mean, variance;
    std::vector<double> z;
  };

  /// Lower L with L L' = V, by columns; a single number is the variance of each component. Log |L|,
  /// or NaN.
  double factor(const Coefficient& c, std::size_t element);
  /// Sets the coefficients by the standardised ones where the scales are. Log |dt/dz|, or NaN where
  /// a variance cannot be factored.
  double move(const Coefficient& c);
  /// The scales as they were before the step, and the coefficients with them.
  void restore();

  Machine& machine_;
  const PlanStep& step_;
  ScaleCoordinates coordinates_;
  std::vector<Coefficient> coefficients_;
  std::vector<double> point_, L_;
  std::vector<double> scales_;  ///< their own values before the step
};

}  // namespace lmmdsl
