#include "runtime/proposal.h"

#include <cmath>
#include <limits>

#include "runtime/random_block.h"

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

Eigen::VectorXd Proposal::log_densities(const Eigen::MatrixXd& points) const {
  Eigen::MatrixXd apart = points.colwise() - mean;
  L.triangularView<Eigen::Lower>().solveInPlace(apart);
  const double power = -0.5 * (df + static_cast<double>(points.rows()));
  return power * (apart.colwise().squaredNorm().transpose().array() / df).log1p().matrix();
}

double Proposal::draw(Random& random, Eigen::VectorXd& x) {
  const Eigen::Index d = mean.size();
  z.resize(d);
  normals(random, static_cast<std::size_t>(d), z.data());
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

void VisitedPoints::add(const Eigen::VectorXd& point, double log_density, double weight) {
  visited_.push_back({point, log_density, weight});
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
  const Eigen::Index count = static_cast<Eigen::Index>(visited_.size());
  out.points.resize(d, count);
  Eigen::VectorXd weights(count);
  for (Eigen::Index k = 0; k < count; ++k) {
    const Visited& visited = visited_[static_cast<std::size_t>(k)];
    if (!convert(visited.point, x)) return out;
    out.points.col(k) = x;
    weights[k] = visited.weight;
  }
  const double n = weights.sum();
  if (!(n > 0)) return out;
  const Eigen::VectorXd mean = out.points * weights / n;
  const Eigen::MatrixXd apart = (out.points.colwise() - mean) * weights.cwiseSqrt().asDiagonal();
  const double prior = kPriorPoints * static_cast<double>(d);
  Eigen::MatrixXd blend = prior * out.curvature;
  blend.noalias() += apart * apart.transpose();
  blend /= n + prior;
  const Eigen::LLT<Eigen::MatrixXd> llt(blend);
  if (llt.info() != Eigen::Success) return out;
  out.proposal.mean = (n * mean + prior * centre) / (n + prior);
  out.proposal.L = llt.matrixL();
  out.proposal.form = form;
  out.proposal.count = before.count;

  coordinates.use(form);
  Eigen::VectorXd ratios = -out.proposal.log_densities(out.points);
  for (Eigen::Index k = 0; k < count; ++k)
    ratios[k] += visited_[static_cast<std::size_t>(k)].log_density +
                 coordinates.log_jacobian(out.points.col(k).data());
  const double centre_of_ratios = weights.dot(ratios) / n;
  out.variance = weights.dot((ratios.array() - centre_of_ratios).square().matrix()) / n;
  return out;
}

}  // namespace lmmdsl
