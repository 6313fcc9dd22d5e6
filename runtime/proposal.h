// Where an independence chain proposes scales (marginal_step.h), and how a warm-up finds that.
#pragma once

#include <Eigen/Dense>
#include <array>
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
};

/// Draws of a proposal, at most as many as there are states side by side (trials.h).
struct ProposedPoints {
  static constexpr std::size_t kMost = Trials::kStates;

  /// So many, at most kMost; those after them are copies of the last.
  void draw(const Proposal& proposal, int count, Random& random);
  void read(std::size_t k, Eigen::VectorXd& point) const;

  std::size_t count = 0;
  std::vector<double> coordinates;               ///< of each kMost neighbouring numbers
  std::array<double, kMost> log_proposals = {};  ///< as Proposal::log_density
  std::array<double, kMost> uniforms = {};       ///< for their acceptance
  std::vector<double> z = {};                    ///< workspace
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

}  // namespace lmmdsl
