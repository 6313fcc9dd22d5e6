#include "runtime/proposal.h"

#include <cmath>
#include <limits>

#include "runtime/running.h"

namespace lmmdsl {

namespace {

/// Curvature at the mode counts as so many points of the warm-up, for each dimension.
constexpr double kPriorPoints = 5;
constexpr std::size_t kFewest = 10;

}  // namespace

double Proposal::log_density(const Eigen::VectorXd& x) const {
  const double square = L.triangularView<Eigen::Lower>().solve(x - mean).squaredNorm();
  return -0.5 * (df + static_cast<double>(x.size())) * std::log1p(square / df);
}

double Proposal::draw(Random& random, Eigen::VectorXd& x) {
  const Eigen::Index d = mean.size();
  z.resize(d);
  for (double& entry : z) entry = normal(random);
  const double chi_square = 2 * gamma_variate(random, df / 2, 1);
  const double scale = std::sqrt(df / chi_square);
  x.resize(d);
  for (Eigen::Index i = 0; i < d; ++i) {
    double sum = 0;
    for (Eigen::Index j = 0; j <= i; ++j) sum += L(i, j) * z[j];
    x[i] = mean[i] + sum * scale;
  }
  return -0.5 * (df + static_cast<double>(d)) * std::log1p(z.squaredNorm() / chi_square);
}

void VisitedPoints::add(const Eigen::VectorXd& point, double log_density) {
  visited_.push_back({point, log_density});
}

bool VisitedPoints::renew(ScaleCoordinates& coordinates, Proposal& proposal,
                          Eigen::MatrixXd& curvature) {
  if (visited_.size() < kFewest) return false;
  const ScaleForm form = coordinates.form();
  Fit best = fit(form, coordinates, proposal, curvature);
  if (coordinates.has_matrix()) {
    const ScaleForm other =
        form == ScaleForm::covariance ? ScaleForm::precision : ScaleForm::covariance;
    Fit others = fit(other, coordinates, proposal, curvature);
    if (others.variance < best.variance) best = std::move(others);
  }
  if (!std::isfinite(best.variance)) return false;
  for (std::size_t k = 0; k < visited_.size(); ++k)
    visited_[k].point = best.points.col(static_cast<Eigen::Index>(k));
  coordinates.use(best.proposal.form);
  proposal = std::move(best.proposal);
  curvature = std::move(best.curvature);
  return true;
}

VisitedPoints::Fit VisitedPoints::fit(ScaleForm form, ScaleCoordinates& coordinates,
                                      const Proposal& before,
                                      const Eigen::MatrixXd& curvature) const {
  Fit out{{}, curvature, {}, std::numeric_limits<double>::infinity()};
  const Eigen::Index d = coordinates.dimension();
  const ScaleForm own = coordinates.form();
  const auto convert = [&](const Eigen::VectorXd& point, Eigen::VectorXd& to) {
    to = point;
    return form == own || coordinates.convert(point.data(), form, to.data());
  };
  // Mean and covariance by the curvature at the mode: in another form those of the 2 d points at
  // sqrt(d) standard deviations along the axes (Julier and Uhlmann 1997).
  Eigen::VectorXd centre = before.mean, x;
  if (form != own) {
    const Eigen::LLT<Eigen::MatrixXd> llt(curvature);
    if (llt.info() != Eigen::Success) return out;
    const Eigen::MatrixXd axes = llt.matrixL();
    Eigen::MatrixXd around(d, 2 * d);
    for (Eigen::Index k = 0; k < 2 * d; ++k) {
      const double far = (k % 2 == 0 ? 1 : -1) * std::sqrt(static_cast<double>(d));
      if (!convert(before.mean + far * axes.col(k / 2), x)) return out;
      around.col(k) = x;
    }
    centre = around.rowwise().mean();
    around.colwise() -= centre;
    out.curvature = around * around.transpose() / static_cast<double>(2 * d);
  }
  out.points.resize(d, static_cast<Eigen::Index>(visited_.size()));
  for (std::size_t k = 0; k < visited_.size(); ++k) {
    if (!convert(visited_[k].point, x)) return out;
    out.points.col(static_cast<Eigen::Index>(k)) = x;
  }
  const Eigen::VectorXd mean = out.points.rowwise().mean();
  const Eigen::MatrixXd apart = out.points.colwise() - mean;
  const double n = static_cast<double>(visited_.size());
  const double prior = kPriorPoints * static_cast<double>(d);
  const Eigen::MatrixXd blend = (apart * apart.transpose() + prior * out.curvature) / (n + prior);
  const Eigen::LLT<Eigen::MatrixXd> llt(blend);
  if (llt.info() != Eigen::Success) return out;
  out.proposal.mean = (n * mean + prior * centre) / (n + prior);
  out.proposal.L = llt.matrixL();
  out.proposal.form = form;

  coordinates.use(form);
  RunningMoments ratios;
  for (std::size_t k = 0; k < visited_.size(); ++k) {
    x = out.points.col(static_cast<Eigen::Index>(k));
    ratios.add(visited_[k].log_density + coordinates.log_jacobian(x.data()) -
               out.proposal.log_density(x));
  }
  coordinates.use(own);
  out.variance = ratios.variance();
  return out;
}

}  // namespace lmmdsl
