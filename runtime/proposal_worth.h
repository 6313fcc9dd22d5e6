// How many proposals in a sweep are worth their cost, as a warm-up finds: the more there are, the
// more effective draws a sweep gives, and the longer it takes.
#pragma once

#include <Eigen/Dense>
#include <limits>
#include <vector>

namespace lmmdsl {

/// What the proposals of a sweep cost: the first ones together, and each; and everything else in
/// it.
struct ProposalCost {
  double first, each, others;
};
/// In units of one proposal by itself: one by one, side by side (trials.h), and those of several
/// sweeps side by side, with what else these need (MarginalStep::look_ahead).
constexpr ProposalCost kOneByOne = {0, 1, 4}, kTogether = {1.2, 0.15, 4},
                       kAheadCost = {0, 0.35, 2.2};

/// How well a proposal does, by the logarithms of density over proposal at the points of a chain
/// and at what was proposed there: of one density, up to a constant.
class RatioRecord {
 public:
  void add(double at_point, double at_proposal);
  void clear();
  /// How many proposals in a sweep give most effective draws for their cost; where there is no
  /// record, if the share `accepted` is from everywhere.
  struct Best {
    int count;
    double cost;  ///< of an effective draw; one proposal costs 1
  };
  /// Nowhere does the chain stay for longer than `longest` sweeps, if other steps see to that.
  Best best_count(double accepted, const ProposalCost& of,
                  double longest = std::numeric_limits<double>::infinity()) const;

 private:
  /// At each point, the probability that a proposal is accepted.
  std::vector<double> chances() const;

  std::vector<double> points_, proposals_;
};

/// How well other draws do without proposals, by the points before and after them.
class LagRecord {
 public:
  void add(const Eigen::VectorXd& before, const Eigen::VectorXd& after);
  void clear();
  /// The cost of an effective draw of the coordinate that is most correlated, as in
  /// RatioRecord::Best, of sweeps that cost `sweep`; infinity where too little is known.
  double cost(double sweep) const;
  /// The autocorrelation time, in sweeps, of the linear combination of coordinates that is most
  /// correlated: coefficients that trade with each other may move by themselves, but not in sum.
  /// Infinity where too little is known.
  double time_of_direction() const;

 private:
  struct Pair {
    Eigen::VectorXd before, after;
  };
  std::vector<Pair> pairs_;
};

}  // namespace lmmdsl
