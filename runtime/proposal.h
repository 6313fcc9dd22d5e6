// Where an independence chain proposes scales (marginal_step.h), and how a warm-up finds that.
#pragma once

#include <Eigen/Dense>
#include <vector>

#include "runtime/random.h"
#include "runtime/scale_coordinates.h"

namespace lmmdsl {

/// Multivariate t: mean + L z sqrt(df / chi^2_df).
struct Proposal {
  Eigen::VectorXd mean;
  Eigen::MatrixXd L;  ///< lower
  double df = 8;
  int count = 1;                           ///< draws in a sweep
  ScaleForm form = ScaleForm::covariance;  ///< of the points

  /// Log density at a point, up to a constant.
  double log_density(const Eigen::VectorXd& x) const;
  /// The same at each column.
  Eigen::VectorXd log_densities(const Eigen::MatrixXd& points) const;
  /// A draw; its log density up to the same constant is returned.
  double draw(Random& random, Eigen::VectorXd& x);

  Eigen::VectorXd z = {};  ///< of the last draw
};

/// Points of a warm-up, in the form of the coordinates that they are renewed with.
class VisitedPoints {
 public:
  /// With the log density, up to a constant and without the volume element of the coordinates. Of
  /// a proposal both points that the chain may go on from are added, the weights being the chances
  /// of that: their mean is the same as that of the chain's points, and varies less.
  void add(const Eigen::VectorXd& point, double log_density, double weight);

  /// The proposal by the points, their mean and covariance, and by the one before with the
  /// covariance that the curvature gives: in the form of the coordinates in which logarithms of
  /// density over proposal vary less at the points. Proposal, curvature, coordinates and points are
  /// then of this form. False, and nothing has changed, where there are too few points.
  bool renew(ScaleCoordinates& coordinates, Proposal& proposal, Eigen::MatrixXd& curvature);

 private:
  struct Visited {
    Eigen::VectorXd point;
    double log_density;
    double weight;
  };
  /// A proposal in one form.
  struct Fit {
    Proposal proposal;
    Eigen::MatrixXd curvature, points;
    double variance;  ///< of log density over proposal; infinity where there is none
  };
  Fit fit(ScaleForm form, ScaleCoordinates& coordinates, const Proposal& before,
          const Eigen::MatrixXd& curvature) const;

  std::vector<Visited> visited_;
};

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
  Best best_count(double accepted) const;

 private:
  /// At each point, the probability that a proposal is accepted.
  std::vector<double> chances() const;

  std::vector<double> points_, proposals_;
};

/// How well draws of single scales do without proposals, by the points before and after them.
class LagRecord {
 public:
  void add(const Eigen::VectorXd& before, const Eigen::VectorXd& after);
  void clear();
  /// The cost of an effective draw of the coordinate that is most correlated, as in
  /// RatioRecord::Best; infinity where too little is known.
  double cost() const;

 private:
  struct Pair {
    Eigen::VectorXd before, after;
  };
  std::vector<Pair> pairs_;
};

}  // namespace lmmdsl
