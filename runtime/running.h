// Derived quantities with a value for each row, such as  fitted = X * beta[plot]: figured while
// sampling, draw after draw, since keeping all draws would take rows x draws numbers.
//
// Of each scalar a chain remembers the mean and the sum of squares about it (Welford 1962) of the
// first and of the second half of its draws, and the same of the means of 25 batches of them:
//
//   MCSE^2  = variance of all chains' batch means / number of batches     (Flegal et al. 2008)
//   R-hat^2 = ((n - 1)/n W + B/n) / W over the half chains                (Gelman et al.
//   2013, 11.4)
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace lmmdsl {

/// NaN where a figure is not defined: a draw that is not finite, too few draws.
struct RowFigures {
  double mean, sd, mcse, rhat;
};

/// One quantity in all rows.
struct RowQuantity {
  std::string variable;                 ///< fitted
  std::vector<std::string> components;  ///< their names; empty for a scalar
  bool moments = true;                  ///< false: a quotient that may have no mean
  std::vector<std::size_t> rows;        ///< of the file, from 0, ascending
  std::vector<RowFigures> figures;      ///< row by row, component by component
};

/// Mean and spread of numbers that come one after the other.
class RunningMoments {
 public:
  void add(double x) {
    ++n_;
    const double d = x - mean_;
    mean_ += d / static_cast<double>(n_);
    squares_ += d * (x - mean_);
  }
  void add(const RunningMoments& other);  ///< as if its numbers had been added
  std::size_t n() const { return n_; }
  double mean() const { return mean_; }
  double variance() const;  ///< divisor n - 1; NaN for fewer than 2

 private:
  std::size_t n_ = 0;
  double mean_ = 0, squares_ = 0;
};

/// One scalar in one chain of `draws` kept draws.
class RunningScalar {
 public:
  void add(double x, std::size_t draw, std::size_t draws);

 private:
  friend RowFigures figures(const std::vector<const RunningScalar*>& chains);
  RunningMoments halves_[2];
  RunningMoments batches_, batch_;
};

/// Over all chains.
RowFigures figures(const std::vector<const RunningScalar*>& chains);

}  // namespace lmmdsl
