// Quantities of which not all draws are kept, since these would take too much memory: those with a
// value for each row, such as  fitted = X * beta[plot],  and large plates. Figured while sampling,
// draw after draw.
//
// Of each scalar a chain remembers the mean and the sum of squares about it of the first and of the
// second half of its draws, and the same of the means of 25 batches of them:
//
//   MCSE^2  = variance of all chains' batch means / number of batches     (Flegal et al. 2008)
//   R-hat^2 = ((n - 1)/n W + B/n) / W over the half chains   (Gelman et al. 2013, 11.4)
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/quantity.h"

namespace lmmdsl {

/// NaN where a figure is not defined: a draw that is not finite, too few draws.
struct RunningFigures {
  double mean, sd, mcse, rhat;
};

/// What is figured of a quantity.
struct RunningQuantity : Quantity {
  int value = -1;                       ///< of the plan
  bool square = false;                  ///< of it the square
  std::vector<RunningFigures> figures;  ///< element by element, component by component

  const RunningFigures& at(std::size_t element, std::size_t component) const {
    return figures[element * components.size() + component];
  }
};

/// Mean and spread of numbers that come one after the other (Welford 1962), or many at a time
/// (Chan, Golub and LeVeque 1983).
class RunningMoments {
 public:
  RunningMoments() = default;
  RunningMoments(std::size_t n, double mean, double squares)
      : n_(n), mean_(mean), squares_(squares) {}
  void add(double x);
  void add(const RunningMoments& other);  ///< as if its numbers had been added
  std::size_t n() const { return n_; }
  double mean() const { return mean_; }
  double squares() const { return squares_; }  ///< about the mean
  double variance() const;                     ///< divisor n - 1; NaN for fewer than 2

 private:
  std::size_t n_ = 0;
  double mean_ = 0, squares_ = 0;
};

/// Many scalars in one chain of `draws` kept draws. Draws are collected and taken into account some
/// at a time.
class RunningScalars {
 public:
  RunningScalars(std::size_t scalars, std::size_t draws);

  /// The next draw of all of them; of their squares.
  void add(const double* values, bool square = false);
  /// After the last draw: there are no more.
  void finish();

  /// Of the first or second half of the draws, of the batch means.
  RunningMoments half(int which, std::size_t scalar) const { return halves_[which].at(scalar); }
  RunningMoments batches(std::size_t scalar) const { return batches_.at(scalar); }

  static std::size_t bytes(std::size_t scalars);

 private:
  /// Moments of as many numbers of each scalar.
  struct Moments {
    std::size_t n = 0;
    std::vector<double> means, squares;
    RunningMoments at(std::size_t i) const { return {n, means[i], squares[i]}; }
  };
  void take();

  std::size_t scalars_, draws_, batch_;
  std::size_t seen_ = 0, collected_ = 0, in_batch_ = 0;
  std::vector<double> rows_;  ///< collected, draw by draw
  Moments halves_[2], batches_;
  std::vector<double> sums_;  ///< of the batch
};

/// Of one scalar, over all chains.
RunningFigures figures(const std::vector<const RunningScalars*>& chains, std::size_t scalar);

/// The figures of a quantity from what each chain has seen of its value, whose elements have
/// `block` scalars.
void figure(RunningQuantity& quantity, const std::vector<const RunningScalars*>& chains,
            std::size_t block);

}  // namespace lmmdsl
