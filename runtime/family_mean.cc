#include "runtime/family_mean.h"

#include <cmath>

namespace lmmdsl {
namespace {

double above(double excess, double mean) { return excess > 0 ? mean : std::nan(""); }

struct MeanRow {
  FamilyId family;
  double (*mean)(const double* a);
};

const MeanRow kMeans[] = {
    {FamilyId::normal, [](const double* a) { return a[0]; }},
    {FamilyId::gamma, [](const double* a) { return a[0] / a[1]; }},
    {FamilyId::inverse_gamma, [](const double* a) { return above(a[0] - 1, a[1] / (a[0] - 1)); }},
    {FamilyId::scaled_inverse_chi_square,
     [](const double* a) { return above(a[0] - 2, a[0] * a[1] / (a[0] - 2)); }},
    {FamilyId::student_t, [](const double* a) { return above(a[0] - 1, a[1]); }},
    {FamilyId::laplace, [](const double* a) { return a[0]; }},
    // Its halves are exponential, with means s/q above m and s/(1 - q) below.
    {FamilyId::asymmetric_laplace,
     [](const double* a) { return a[1] + a[2] * (1 - 2 * a[0]) / (a[0] * (1 - a[0])); }},
    {FamilyId::bernoulli, [](const double* a) { return a[0]; }},
    {FamilyId::binomial, [](const double* a) { return a[0] * a[1]; }},
    {FamilyId::negative_binomial, [](const double* a) { return a[0]; }},
    {FamilyId::poisson, [](const double* a) { return a[0]; }},
    // Of the variable itself, beyond its limits, too.
    {FamilyId::censored_normal, [](const double* a) { return a[0]; }},
};

}  // namespace

double family_mean(FamilyId family, const double* args) {
  for (const MeanRow& row : kMeans)
    if (row.family == family) return row.mean(args);
  return std::nan("");
}

}  // namespace lmmdsl
