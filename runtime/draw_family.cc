#include "runtime/draw_family.h"

#include <algorithm>
#include <cmath>

namespace lmmdsl {

using Matrix = Eigen::MatrixXd;

namespace {

/// Z / sqrt(G / nu), G a chi-square variate with nu degrees of freedom.
double student_t(Random& random, double nu) {
  const double z = normal(random);
  return z / std::sqrt(gamma_variate(random, 0.5 * nu, 0.5 * nu));
}

/// Number of successes in n trials: by inversion of order statistics while n is large (Devroye
/// 1986, section X.4.3), then trial by trial.
double binomial_variate(Random& random, double n, double p) {
  if (!(n >= 0) || !(p >= 0 && p <= 1)) return NAN;
  double successes = 0;
  while (n > 20) {
    // The a-th smallest of n uniform variates is Beta(a, n + 1 - a).
    const double a = std::floor((n + 1) / 2), b = n + 1 - a;
    const double u =
        1 / (1 + std::exp(log_gamma_variate(random, b) - log_gamma_variate(random, a)));
    if (u <= p) {
      successes += a;
      n -= a;
      p = std::clamp((p - u) / (1 - u), 0.0, 1.0);
    } else {
      n = a - 1;
      p = std::clamp(p / u, 0.0, 1.0);
    }
  }
  for (int i = 0; i < n; ++i) successes += random.uniform() < p;
  return successes;
}

/// Arrivals of a Poisson process: by a gamma waiting time while many are left (Ahrens and Dieter
/// 1974), then one by one.
double poisson_variate(Random& random, double mean) {
  if (!(mean >= 0) || std::isinf(mean)) return NAN;
  double count = 0;
  while (mean > 20) {
    const double m = std::floor(0.875 * mean);
    const double wait = gamma_variate(random, m, 1);
    if (wait > mean) return count + binomial_variate(random, m - 1, mean / wait);
    count += m;
    mean -= wait;
  }
  for (double left = mean - exponential_variate(random); left > 0;
       left -= exponential_variate(random))
    ++count;
  return count;
}

}  // namespace

double statement_scale(FamilyId family, Random& random) {
  return family == FamilyId::horseshoe ? std::abs(student_t(random, 1)) : 1;
}

std::vector<double> numbers_of(const std::vector<Matrix>& args) {
  std::vector<double> numbers;
  for (const Matrix& a : args) numbers.insert(numbers.end(), a.data(), a.data() + a.size());
  return numbers;
}

double draw_from(FamilyId family, std::span<const double> args, Random& random) {
  switch (family) {
    case FamilyId::normal:
      return args[0] + std::sqrt(args[1]) * normal(random);
    case FamilyId::inverse_gamma:
      return inverse_gamma_variate(random, args[0], args[1]);
    case FamilyId::gamma:
      return gamma_variate(random, args[0], args[1]);
    case FamilyId::scaled_inverse_chi_square:
      return inverse_gamma_variate(random, 0.5 * args[0], 0.5 * args[0] * args[1]);
    case FamilyId::half_cauchy:
      return std::abs(student_t(random, 1)) * args[0];
    case FamilyId::half_t:
      return std::abs(student_t(random, args[0])) * args[1];
    case FamilyId::half_normal:
      return std::abs(normal(random)) * args[0];
    case FamilyId::exponential:
      return exponential_variate(random) / args[0];
    case FamilyId::uniform:
      return args[0] + (args[1] - args[0]) * random.uniform();
    case FamilyId::pareto:
      return args[1] * std::exp(exponential_variate(random) / args[0]);
    case FamilyId::student_t:
      return args[1] + args[2] * student_t(random, args[0]);
    case FamilyId::laplace: {
      const double e = exponential_variate(random) * args[1];
      return args[0] + (random.uniform() < 0.5 ? -e : e);
    }
    case FamilyId::asymmetric_laplace: {
      const double e = exponential_variate(random) * args[2];
      return random.uniform() < args[0] ? args[1] - e / (1 - args[0]) : args[1] + e / args[0];
    }
    case FamilyId::bernoulli:
      return random.uniform() < args[0];
    case FamilyId::binomial:
      return binomial_variate(random, args[0], args[1]);
    case FamilyId::poisson:
      return poisson_variate(random, args[0]);
    case FamilyId::ordered_probit: {
      const double z = args[0] + normal(random);
      return 1 + static_cast<double>(std::count_if(args.begin() + 1, args.end(),
                                                   [&](double cut) { return cut < z; }));
    }
    case FamilyId::negative_binomial:  // a Poisson count with a gamma rate
      return poisson_variate(random, gamma_variate(random, args[1], args[1] / args[0]));
    case FamilyId::beta: {
      const double difference =
          log_gamma_variate(random, args[1]) - log_gamma_variate(random, args[0]);
      return 1 / (1 + std::exp(difference));
    }
    case FamilyId::categorical: {
      double left = random.uniform();
      std::size_t k = 0;
      while (k + 1 < args.size() && (left -= args[k]) >= 0) ++k;
      return static_cast<double>(k + 1);
    }
    case FamilyId::censored_normal:
      return std::clamp(args[0] + std::sqrt(args[1]) * normal(random), args[2], args[3]);
    case FamilyId::truncated_normal:
      return normal_between(random, args[0], std::sqrt(args[1]), args[2], args[3]);
    case FamilyId::spike_slab:
      return random.uniform() < args[0] ? std::sqrt(args[1]) * normal(random) : 0;
    case FamilyId::horseshoe:  // Normal(0, l^2 t^2), l half-Cauchy; a t variate has either sign
      return args[0] * student_t(random, 1) * normal(random);
    default:
      return NAN;  // matrices and improper families are no scalar responses
  }
}

Matrix draw_from(FamilyId family, const std::vector<Matrix>& args, Random& random) {
  const auto scalar = [](const Matrix& m) { return m.size() == 1; };
  std::vector<double> numbers;
  for (const Matrix& a : args) numbers.push_back(a(0, 0));
  if (family == FamilyId::ordered_probit || family == FamilyId::categorical)
    return Matrix::Constant(1, 1, draw_from(family, numbers_of(args), random));
  if (family == FamilyId::dirichlet) {
    Matrix x(args[0].size(), 1);
    dirichlet_variate(random, static_cast<int>(x.size()), args[0].data(), x.data());
    return x;
  }
  if (family == FamilyId::grid) {
    double left = random.uniform() * args[1].sum();
    Eigen::Index k = 0;
    while (k + 1 < args[0].size() && (left -= args[1](k)) >= 0) ++k;
    return Matrix::Constant(1, 1, args[0](k));
  }
  if (family != FamilyId::wishart && family != FamilyId::inverse_wishart &&
      family != FamilyId::huang_wand && std::all_of(args.begin(), args.end(), scalar)) {
    return Matrix::Constant(1, 1, draw_from(family, numbers, random));
  }
  const int p = args.empty() ? 1 : static_cast<int>(args.back().rows());
  bool drawn = false;
  Matrix x;
  switch (family) {
    case FamilyId::normal:
      x.resize(p, 1);
      drawn = args[0].size() == p &&
              normal_by_covariance(random, p, args[0].data(), args[1].data(), x.data());
      break;
    case FamilyId::inverse_wishart:
      x.resize(p, p);
      drawn = inverse_wishart_variate(random, p, numbers[0], args[1].data(), x.data());
      break;
    case FamilyId::wishart: {
      x.resize(p, p);
      const Matrix inverse_scale = args[1].inverse();
      drawn = wishart_variate(random, p, numbers[0], inverse_scale.data(), x.data());
      break;
    }
    case FamilyId::huang_wand: {
      // Given u_k ~ Gamma(1/2, 1/A_k^2) it is InverseWishart(nu + p - 1, 2 nu diag(u)).
      const Matrix& A = args[1];
      const int n = static_cast<int>(A.size());
      Matrix scale = Matrix::Zero(n, n);
      for (int k = 0; k < n; ++k)
        scale(k, k) = 2 * numbers[0] * gamma_variate(random, 0.5, 1 / (A(k) * A(k)));
      x.resize(n, n);
      drawn = inverse_wishart_variate(random, n, numbers[0] + n - 1, scale.data(), x.data());
      break;
    }
    default:
      break;
  }
  return drawn ? x : Matrix::Constant(p, 1, NAN);
}

Matrix draw_components(FamilyId family, const std::vector<Matrix>& args, int n, Random& random) {
  Matrix x(n, 1);
  for (int k = 0; k < n; ++k) {
    std::vector<Matrix> own;
    for (const Matrix& a : args) own.push_back(Matrix::Constant(1, 1, a.size() == 1 ? a(0) : a(k)));
    x(k) = draw_from(family, own, random)(0, 0);
  }
  return x;
}

}  // namespace lmmdsl
