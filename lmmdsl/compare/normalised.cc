#include "lmmdsl/compare/normalised.h"

#include <Eigen/Dense>
#include <cmath>
#include <vector>

#include "runtime/evaluate.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

/// Log of what the bounds of a scalar target leave of the distribution of its quantity.
double log_between_bounds(FamilyId family, const DrawKind& kind, const StepParameters& at,
                          const std::vector<Matrix>& args) {
  if (!kind.truncated) return 0;
  const auto bounds = static_cast<std::size_t>(kind.count);
  double from = *at[bounds], to = *at[bounds + 1];
  if (kind.exponent != 1) {
    from = std::pow(std::max(from, 0.0), kind.exponent);
    to = std::pow(to, kind.exponent);
    if (from > to) std::swap(from, to);
  }
  return std::log(reference_probability(family, from, to, args));
}

}  // namespace

bool is_normalised(const DrawKind& kind) {
  switch (kind.family) {
    case UpdateFamily::normal:
    case UpdateFamily::gamma:
    case UpdateFamily::inverse_gamma:
      return !kind.truncated || kind.scalar;
    case UpdateFamily::wishart:
    case UpdateFamily::inverse_wishart:
    case UpdateFamily::beta:
    case UpdateFamily::dirichlet:
    case UpdateFamily::discrete:
      return !kind.truncated;
    default:
      return false;
  }
}

double normalised_log_density(const DrawKind& kind, const StepParameters& at,
                              const double* target) {
  const int p = kind.p;
  const auto numbers = [p](const double* x) { return Matrix(Eigen::Map<const Matrix>(x, p, 1)); };
  switch (kind.family) {
    case UpdateFamily::normal: {
      const Matrix V = Eigen::Map<const Matrix>(at[0], p, p).inverse();
      const std::vector<Matrix> args = {V * numbers(at[1]), V};
      return reference_log_density(FamilyId::normal, numbers(target), args) -
             log_between_bounds(FamilyId::normal, kind, at, args);
    }
    case UpdateFamily::gamma:
    case UpdateFamily::inverse_gamma: {
      double sum = 0;
      const FamilyId family =
          kind.family == UpdateFamily::gamma ? FamilyId::gamma : FamilyId::inverse_gamma;
      const int n = static_cast<int>(kind.block());
      for (int j = 0; j < n; ++j) {
        const double a = at[0][kind.shared[0] ? 0 : j], b = at[1][kind.shared[1] ? 0 : j];
        const std::vector<Matrix> args = {Matrix::Constant(1, 1, a), Matrix::Constant(1, 1, b)};
        const Matrix quantity = Matrix::Constant(1, 1, std::pow(target[j], kind.exponent));
        sum += reference_log_density(family, quantity, args) -
               log_between_bounds(family, kind, at, args);
      }
      return sum;
    }
    case UpdateFamily::wishart:
    case UpdateFamily::inverse_wishart: {
      const Eigen::Map<const Matrix> S(at[1], p, p), whole(target, p, p);
      const Matrix Q = kind.exponent > 0 ? Matrix(whole) : Matrix(whole.inverse());
      const bool wishart = kind.family == UpdateFamily::wishart;
      return reference_log_density(
          wishart ? FamilyId::wishart : FamilyId::inverse_wishart, Q,
          {Matrix::Constant(1, 1, *at[0]), wishart ? Matrix(S.inverse()) : Matrix(S)});
    }
    case UpdateFamily::beta:
      return reference_log_density(FamilyId::beta, numbers(target),
                                   {numbers(at[0]), numbers(at[1])});
    case UpdateFamily::dirichlet:
      return reference_log_density(FamilyId::dirichlet, numbers(target), {numbers(at[0])});
    case UpdateFamily::discrete: {
      const Eigen::Map<const Eigen::ArrayXd> logs(at[1], kind.choices);
      const double most = logs.maxCoeff();
      return log_density(kind, at, target) - most - std::log((logs - most).exp().sum());
    }
    default:
      return std::nan("");
  }
}

}  // namespace lmmdsl
