#include "runtime/proposal_worth.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>

namespace lmmdsl {

namespace {

/// With fewer points the ratios say nothing.
constexpr std::size_t kFewestRatios = 10;
/// Proposals in a sweep.
constexpr int kMostProposals = 8;
/// Fewer pairs say too little about a correlation.
constexpr std::size_t kFewestPairs = 50;
/// The least probability of acceptance that a record tells about.
constexpr double kRarest = 1e-4;
/// One more is made where that gives more than so many times as much for the cost.
constexpr double kWorthwhile = 1.02;

}  // namespace

void RatioRecord::add(double at_point, double at_proposal) {
  points_.push_back(at_point);
  proposals_.push_back(at_proposal);
}

void RatioRecord::clear() {
  points_.clear();
  proposals_.clear();
}

// E min(1, w' / w) at a point with ratio w, w' being the ratio of a proposal.
std::vector<double> RatioRecord::chances() const {
  std::vector<double> there = proposals_, found;
  std::sort(there.begin(), there.end());
  const double top = there.back();
  std::vector<double> below = {0};  // sums of w', relative to the largest
  for (const double x : there) below.push_back(below.back() + std::exp(x - top));
  for (const double here : points_) {
    const auto first = std::lower_bound(there.begin(), there.end(), here) - there.begin();
    const double smaller = static_cast<double>(first);
    const double larger = static_cast<double>(there.size()) - smaller;
    const double ratios = below[static_cast<std::size_t>(first)] * std::exp(top - here);
    found.push_back((larger + (ratios < smaller ? ratios : smaller)) /
                    static_cast<double>(there.size()));
  }
  return found;
}

// From a point where a proposal is accepted with probability a, one of k is with probability
// b = 1 - (1 - a)^k. The chain stays for 1 / b sweeps, and moves to about the same law from
// everywhere: its autocorrelation time is the mean of 2 / b - 1 over its points.
RatioRecord::Best RatioRecord::best_count(double accepted, const ProposalCost& of,
                                          double longest) const {
  const std::vector<double> found =
      points_.size() < kFewestRatios ? std::vector<double>{accepted} : chances();
  const auto cost = [&](int count) {
    double time = 0;
    for (const double a : found)
      time += std::min(longest, 2 / (1 - std::pow(1 - std::max(a, kRarest), count)) - 1);
    return time / static_cast<double>(found.size()) * (of.others + of.first + of.each * count);
  };
  int best = 1;
  while (best < kMostProposals && cost(best) > kWorthwhile * cost(best + 1)) ++best;
  return {best, cost(best)};
}

void LagRecord::add(const Eigen::VectorXd& before, const Eigen::VectorXd& after) {
  pairs_.push_back({before, after});
}

void LagRecord::clear() { pairs_.clear(); }

namespace {

/// Of an autoregression.
double autocorrelation_time(double correlation) {
  const double r = std::max(correlation, 0.0);
  return r < 1 ? (1 + r) / (1 - r) : std::numeric_limits<double>::infinity();
}

}  // namespace

double LagRecord::cost(double sweep) const {
  if (pairs_.size() < kFewestPairs) return std::numeric_limits<double>::infinity();
  const Eigen::Index d = pairs_.front().before.size();
  const double n = static_cast<double>(pairs_.size());
  Eigen::ArrayXd mean = Eigen::ArrayXd::Zero(d), same = mean, apart = mean;
  for (const Pair& p : pairs_) mean += (p.before.array() + p.after.array()) / (2 * n);
  for (const Pair& p : pairs_) {
    const Eigen::ArrayXd x = p.before.array() - mean, y = p.after.array() - mean;
    apart += x * y;
    same += (x * x + y * y) / 2;
  }
  // The largest by so many pairs, and one standard error of none.
  return autocorrelation_time((apart / same).maxCoeff() + 1 / std::sqrt(n)) * sweep;
}

double LagRecord::time_of_direction() const {
  if (pairs_.size() < kFewestPairs) return std::numeric_limits<double>::infinity();
  const Eigen::Index d = pairs_.front().before.size(), n = static_cast<Eigen::Index>(pairs_.size());
  Eigen::MatrixXd before(d, n), after(d, n);
  for (Eigen::Index k = 0; k < n; ++k) {
    before.col(k) = pairs_[static_cast<std::size_t>(k)].before;
    after.col(k) = pairs_[static_cast<std::size_t>(k)].after;
  }
  const Eigen::VectorXd mean = (before.rowwise().mean() + after.rowwise().mean()) / 2;
  before.colwise() -= mean;
  after.colwise() -= mean;
  const Eigen::MatrixXd same = (before * before.transpose() + after * after.transpose()) / 2;
  const Eigen::MatrixXd across = before * after.transpose();
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> eigen(
      (across + across.transpose()) / 2, same, Eigen::EigenvaluesOnly);
  if (eigen.info() != Eigen::Success) return std::numeric_limits<double>::infinity();
  // What so many coordinates correlate by chance, which counts less the more they do.
  const double chance = std::min(0.9, std::sqrt(static_cast<double>(d) / static_cast<double>(n)));
  return autocorrelation_time((eigen.eigenvalues().maxCoeff() - chance) / (1 - chance));
}

}  // namespace lmmdsl
