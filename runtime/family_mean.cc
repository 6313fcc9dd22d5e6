#include "runtime/family_mean.h"

#include <cmath>

namespace lmmdsl {
namespace {

using Args = std::span<const double>;

double above(double excess, double mean) { return excess > 0 ? mean : std::nan(""); }

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
};

}  // namespace

double family_mean(FamilyId family, Args args) {
  for (const MeanRow& row : kMeans)
    if (row.family == family) return row.mean(args);
  return std::nan("");
}

}  // namespace lmmdsl
