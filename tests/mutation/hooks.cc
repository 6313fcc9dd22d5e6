#include "mutation/hooks.h"

namespace lmmdsl::testing {

Hooks& hooks() {
  static Hooks all;
  return all;
}

// The linker makes of a call of SYMBOL one of __wrap_SYMBOL, and of __real_SYMBOL one of SYMBOL.
#define HOOKED(result, name, parameters, arguments, symbol)               \
  result wrap_##name parameters asm("__wrap_" symbol);                    \
  result real_##name parameters asm("__real_" symbol);                    \
  result wrap_##name parameters {                                         \
    return hooks().name ? hooks().name arguments : real_##name arguments; \
  }                                                                       \
  result real::name parameters { return real_##name arguments; }

// clang-format off
HOOKED(const std::vector<Rule>&, rules, (), (),
       "_ZN6lmmdsl5rulesEv")
HOOKED(std::vector<PriorForm>, prior_forms, (const Density& prior, const Expr& target, double exponent), (prior, target, exponent),
       "_ZN6lmmdsl11prior_formsERKNS_7DensityERKSt10shared_ptrIKNS_4NodeEEd")
HOOKED(const Family&, family, (FamilyId id), (id),
       "_ZN6lmmdsl6familyENS_8FamilyIdE")
HOOKED(double, log_gamma_variate, (Random& random, double shape), (random, shape),
       "_ZN6lmmdsl17log_gamma_variateERNS_6RandomEd")
HOOKED(bool, wishart_variate, (Random& random, int p, double df, const double* inverse_scale, double* out), (random, p, df, inverse_scale, out),
       "_ZN6lmmdsl15wishart_variateERNS_6RandomEidPKdPd")
HOOKED(bool, inverse_wishart_variate, (Random& random, int p, double df, const double* scale, double* out), (random, p, df, scale, out),
       "_ZN6lmmdsl23inverse_wishart_variateERNS_6RandomEidPKdPd")
HOOKED(bool, normal_by_precision, (Random& random, int p, const double* precision, const double* shift, double* out), (random, p, precision, shift, out),
       "_ZN6lmmdsl19normal_by_precisionERNS_6RandomEiPKdS3_Pd")
HOOKED(double, normal, (Random& random), (random),
       "_ZN6lmmdsl6normalERNS_6RandomE")
HOOKED(Matrix, draw_from, (FamilyId id, const Matrices& args, Random& random), (id, args, random),
       "_ZN6lmmdsl9draw_fromENS_8FamilyIdERKSt6vectorIN5Eigen6MatrixIdLin1ELin1ELi0ELin1ELin1EEESaIS4_EERNS_6RandomE")
HOOKED(double, reference_log_density, (FamilyId id, const Matrix& value, const Matrices& args), (id, value, args),
       "_ZN6lmmdsl21reference_log_densityENS_8FamilyIdERKN5Eigen6MatrixIdLin1ELin1ELi0ELin1ELin1EEERKSt6vectorIS3_SaIS3_EE")
HOOKED(void, sum_kernel, (Work& work), (work),
       "_ZN6lmmdsl10sum_kernelERNS_4WorkE")
HOOKED(void, triangle_kernel, (Work& work), (work),
       "_ZN6lmmdsl15triangle_kernelERNS_4WorkE")
HOOKED(void, distance_kernel, (Work& work), (work),
       "_ZN6lmmdsl15distance_kernelERNS_4WorkE")
HOOKED(void, inverse_kernel, (Work& work), (work),
       "_ZN6lmmdsl14inverse_kernelERNS_4WorkE")
HOOKED(void, multiply_kernel, (Work& work), (work),
       "_ZN6lmmdsl15multiply_kernelERNS_4WorkE")
HOOKED(void, transpose_kernel, (Work& work), (work),
       "_ZN6lmmdsl16transpose_kernelERNS_4WorkE")
// clang-format on

}  // namespace lmmdsl::testing
