#include "runtime/proposal.h"

#include <cmath>
#include <limits>

#include "runtime/kernels/lanes.h"
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

namespace {

constexpr std::size_t kMost = ProposedPoints::kMost;
constexpr std::size_t kMostUniforms = 8;

/// Chi square variates: for an even number of degrees of freedom by the product of uniforms.
void chi_squares(Random& random, double df, std::size_t count, double* out) {
  const std::size_t each = static_cast<std::size_t>(df / 2);
  if (each > kMostUniforms || df / 2 != static_cast<double>(each)) {
    for (std::size_t k = 0; k < count; ++k) out[k] = 2 * gamma_variate(random, df / 2, 1);
    return;
  }
  std::array<double, kMost * kMostUniforms> u;
  uniforms(random, count * each, u.data());
  std::array<double, kMost> product;
  product.fill(1);
  for (std::size_t i = 0; i < each; ++i)
    for (std::size_t k = 0; k < count; ++k) product[k] *= u[i * count + k];
  lane_kernels().log(product.data(), product.data());
  for (std::size_t k = 0; k < count; ++k) out[k] = -2 * product[k];
}

}  // namespace

void ProposedPoints::draw(const Proposal& proposal, int size, Random& random) {
  const std::size_t d = static_cast<std::size_t>(proposal.mean.size());
  count = static_cast<std::size_t>(size);
  // A coordinate of all, then the next. Numbers beyond `count` are computed and not used.
  z.resize((d + 1) * kMost);
  coordinates.resize(d * kMost);
  normals(random, d * count, z.data());
  std::array<double, kMost> scale, square = {}, chi_square;
  chi_square.fill(1);
  chi_squares(random, proposal.df, count, chi_square.data());
  lmmdsl::uniforms(random, count, uniforms.data());
  for (std::size_t i = 0; i < d; ++i)
    for (std::size_t k = 0; k < kMost; ++k) square[k] += z[i * count + k] * z[i * count + k];
  const double power = -0.5 * (proposal.df + static_cast<double>(d));
  for (std::size_t k = 0; k < kMost; ++k) {
    scale[k] = std::sqrt(proposal.df / chi_square[k]);
    log_proposals[k] = 1 + square[k] / chi_square[k];
  }
  lane_kernels().log(log_proposals.data(), log_proposals.data());
  for (double& log : log_proposals) log *= power;
  for (std::size_t i = 0; i < d; ++i) {
    std::array<double, kMost> sum = {};
    for (std::size_t j = 0; j <= i; ++j) {
      const double l = proposal.L(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
      for (std::size_t k = 0; k < kMost; ++k) sum[k] += l * z[j * count + k];
    }
    const double mean = proposal.mean[static_cast<Eigen::Index>(i)];
    double* to = coordinates.data() + i * kMost;
    for (std::size_t k = 0; k < kMost; ++k) to[k] = mean + sum[k] * scale[k];
    for (std::size_t k = count; k < kMost; ++k) to[k] = to[count - 1];
  }
}

void ProposedPoints::read(std::size_t k, Eigen::VectorXd& point) const {
  point.resize(static_cast<Eigen::Index>(coordinates.size() / kMost));
  for (Eigen::Index i = 0; i < point.size(); ++i)
    point[i] = coordinates[static_cast<std::size_t>(i) * kMost + k];
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
  if (!std::isfinite(best.variance)) {
    coordinates.use(form);
    return false;
  }
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
