// Errors in compiled functions, without a trace of them in the program: the linker leads calls of
// the functions in wrapped.txt to hooks.cc, which calls what is planted, or the function itself.
#pragma once

#include <Eigen/Dense>
#include <functional>
#include <vector>

#include "compiler/rules/conjugacy.h"
#include "runtime/draw_family.h"
#include "runtime/kernels/kernels.h"
#include "runtime/random.h"

namespace lmmdsl::testing {

using Matrix = Eigen::MatrixXd;
using Matrices = std::vector<Matrix>;

/// What stands in the place of each function; empty: the function itself.
struct Hooks {
  std::function<const std::vector<Rule>&()> rules;
  std::function<std::vector<PriorForm>(const Density&, const Expr&, double)> prior_forms;
  std::function<const Family&(FamilyId)> family;
  std::function<double(Random&, double)> log_gamma_variate;
  std::function<bool(Random&, int, double, const double*, double*)> wishart_variate;
  std::function<bool(Random&, int, double, const double*, double*)> inverse_wishart_variate;
  std::function<bool(Random&, int, const double*, const double*, double*)> normal_by_precision;
  std::function<double(Random&)> normal;
  std::function<Matrix(FamilyId, const Matrices&, Random&)> draw_from;
  std::function<double(FamilyId, const Matrix&, const Matrices&)> reference_log_density;
  std::function<void(Work&)> sum_kernel, triangle_kernel, distance_kernel, inverse_kernel,
      multiply_kernel, transpose_kernel;
};

Hooks& hooks();

/// The functions as they are.
namespace real {
const std::vector<Rule>& rules();
std::vector<PriorForm> prior_forms(const Density& prior, const Expr& target, double used_exponent);
const Family& family(FamilyId id);
double log_gamma_variate(Random& random, double shape);
bool wishart_variate(Random& random, int p, double df, const double* inverse_scale, double* out);
bool inverse_wishart_variate(Random& random, int p, double df, const double* scale, double* out);
bool normal_by_precision(Random& random, int p, const double* precision, const double* shift,
                         double* out);
double normal(Random& random);
Matrix draw_from(FamilyId family, const Matrices& args, Random& random);
double reference_log_density(FamilyId family, const Matrix& value, const Matrices& args);
void sum_kernel(Work& work);
void triangle_kernel(Work& work);
void distance_kernel(Work& work);
void inverse_kernel(Work& work);
void multiply_kernel(Work& work);
void transpose_kernel(Work& work);
}  // namespace real

}  // namespace lmmdsl::testing
