#include "runtime/family_mean.h"

#include <cmath>
#include <tuple>
#include <utility>

namespace lmmdsl {
namespace {

using Args = std::span<const double>;

double above(double excess, double mean) { return excess > 0 ? mean : std::nan(""); }

double density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI); }
double beyond(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

/// Q(z) / phi(z) for z >= 0: far out by its continued fraction (Abramowitz and Stegun 26.2.14), as
/// both lose digits there and underflow in the end.
double mills_ratio(double z) {
  constexpr double kFar = 5;
  constexpr int kTerms = 40;
  if (z < kFar) return beyond(z) / density(z);
  double below = z;
  for (int k = kTerms; k > 0; --k) below = z + k / below;
  return 1 / below;
}

/// m + s (phi(l) - phi(u)) / (Q(l) - Q(u)), in standard units on the side where 0 is not above both
/// limits, so that no digits are lost; with 0 below both, divided by phi(l).
double truncated_mean(Args a) {
  const double sd = std::sqrt(a[1]);
  double l = (a[2] - a[0]) / sd, u = (a[3] - a[0]) / sd;
  const double sign = u < 0 ? -1 : 1;
  if (u < 0) std::tie(l, u) = std::pair(-u, -l);
  if (l <= 0) return a[0] + sign * sd * (density(l) - density(u)) / (beyond(l) - beyond(u));
  const double fall = std::exp(-0.5 * (u - l) * (u + l));  // phi(u) / phi(l)
  const double last = fall > 0 ? fall * mills_ratio(u) : 0;
  const double z = -std::expm1(-0.5 * (u - l) * (u + l)) / (mills_ratio(l) - last);
  return a[0] + sign * sd * z;
}

struct MeanRow {
  FamilyId family;
  double (*mean)(Args);
};

const MeanRow kMeans[] = {
    {FamilyId::normal, [](Args a) { return a[0]; }},
    {FamilyId::gamma, [](Args a) { return a[0] / a[1]; }},
    {FamilyId::inverse_gamma, [](Args a) { return above(a[0] - 1, a[1] / (a[0] - 1)); }},
    {FamilyId::scaled_inverse_chi_square,
     [](Args a) { return above(a[0] - 2, a[0] * a[1] / (a[0] - 2)); }},
    {FamilyId::student_t, [](Args a) { return above(a[0] - 1, a[1]); }},
    {FamilyId::laplace, [](Args a) { return a[0]; }},
    // Its halves are exponential, with means s/q above m and s/(1 - q) below.
    {FamilyId::asymmetric_laplace,
     [](Args a) { return a[1] + a[2] * (1 - 2 * a[0]) / (a[0] * (1 - a[0])); }},
    {FamilyId::bernoulli, [](Args a) { return a[0]; }},
    {FamilyId::binomial, [](Args a) { return a[0] * a[1]; }},
    {FamilyId::negative_binomial, [](Args a) { return a[0]; }},
    {FamilyId::poisson, [](Args a) { return a[0]; }},
    // The mean category.
    {FamilyId::ordered_probit,
     [](Args a) {
       double mean = 1;
       for (const double cut : a.subspan(1)) mean += 0.5 * std::erfc((cut - a[0]) / std::sqrt(2.0));
       return mean;
     }},
    // Of the variable itself, beyond its limits, too.
    {FamilyId::censored_normal, [](Args a) { return a[0]; }},
    {FamilyId::truncated_normal, truncated_mean},
};

}  // namespace

double family_mean(FamilyId family, Args args) {
  for (const MeanRow& row : kMeans)
    if (row.family == family) return row.mean(args);
  return std::nan("");
}

}  // namespace lmmdsl
