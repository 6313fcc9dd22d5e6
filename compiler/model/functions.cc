#include "compiler/model/functions.h"

namespace lmmdsl {

const std::vector<Function>& functions() {
  using K = FunctionKind;
  static const std::vector<Function> table = {
      {"exp", K::elementwise, Op::exp, 1, 1, false, "exp(x)", "e to the power x"},
      {"log", K::elementwise, Op::log, 1, 1, false, "log(x)", "natural logarithm"},
      {"sqrt", K::elementwise, Op::sqrt, 1, 1, false, "sqrt(x)", "square root"},
      {"abs", K::elementwise, Op::abs, 1, 1, false, "abs(x)", "absolute value"},
      {"Phi", K::elementwise, Op::phi, 1, 1, false, "Phi(x)",
       "distribution function of the standard normal"},
      {"logit", K::elementwise, Op::logit, 1, 1, false, "logit(p)", "log(p / (1 - p))"},
      {"invlogit", K::elementwise, Op::invlogit, 1, 1, false, "invlogit(x)", "1 / (1 + exp(-x))"},
      {"min", K::extreme, Op::min_over, 1, 2, true, "min(x, by g), min(a, b)",
       "smallest over rows, levels or components; of two, the smaller"},
      {"max", K::extreme, Op::max_over, 1, 2, true, "max(x, by g), max(a, b)",
       "largest over rows, levels or components; of two, the larger"},
      {"sum", K::aggregate, Op::sum_over, 1, 1, true, "sum(x, by g)",
       "sum over rows, levels or components"},
      {"mean", K::aggregate, Op::mean_over, 1, 1, true, "mean(x, by g)",
       "mean over rows, levels or components"},
      {"var", K::aggregate, Op::var_over, 1, 1, true, "var(x, by g)",
       "sample variance, divisor n - 1"},
      {"sd", K::spread, Op::sd_over, 1, 1, true, "sd(x, by g), sd(Sigma)",
       "sample standard deviation, divisor n - 1; of a covariance, the vector of its standard "
       "deviations"},
      {"cov", K::aggregate, Op::cov_over, 1, 2, true, "cov(v, by g), cov(x, z, by g)",
       "sample covariance of the components of v, or of x and z, divisor n - 1"},
      {"cor", K::spread, Op::cor_over, 1, 2, true, "cor(v, by g), cor(x, z, by g), cor(Sigma)",
       "sample correlation; of a covariance, the matrix of its correlations"},
      {"median", K::aggregate, Op::median_over, 1, 1, true, "median(x, by g)", "median"},
      {"quantile", K::aggregate, Op::quantile_over, 2, 2, true, "quantile(x, 0.9, by g)",
       "quantile of type 7, as in R"},
      {"count", K::aggregate, Op::count_over, 1, 1, true, "count(x, by g)",
       "number of rows or levels in which x is present"},
      {"inv", K::inverse, Op::inverse, 1, 1, false, "inv(A)",
       "inverse of a matrix; of a scalar 1/a"},
      {"det", K::of_matrix, Op::determinant, 1, 1, false, "det(A)", "determinant"},
      {"trace", K::of_matrix, Op::trace, 1, 1, false, "trace(A)", "sum of the diagonal"},
      {"diag", K::diagonal, Op::diagonal_matrix, 1, -1, false, "diag(a, b), diag(v), diag(A)",
       "diagonal matrix of scalars or of a vector; the diagonal of a matrix"},
      {"gram", K::gram, Op::sum_over, 1, 1, true, "gram(X, by g)", "X' X of a design"},
      {"center", K::center, Op::mean_over, 1, 1, true, "center(x, by g)",
       "x minus its mean, each column of a design by itself"},
      {"standardize", K::standardize, Op::sd_over, 1, 1, true, "standardize(x, by g)",
       "x minus its mean, divided by its standard deviation"},
      {"poly", K::poly, Op::poly, 2, 2, false, "poly(x, 2)",
       "orthogonal polynomials of x up to that degree, as in R"},
      {"ols", K::fit, Op::least_squares, 1, 1, true, "ols(y ~ X, by g)",
       "least squares fit with the fields coef rss n df sigma2"},
      {"relevel", K::coding, Op::coding, 2, 2, false, "relevel(g, \"label\")",
       "in a design: the factor g with that reference level"},
      {"sum_coded", K::coding, Op::coding, 1, 1, false, "sum_coded(g)",
       "in a design: the factor g with sum contrasts"},
      {"censored", K::left, Op::number, 1, 3, false, "censored(y, below=L, above=U)",
       "on the left of `~`: a response that is known between limits, and beyond them to be there"},
  };
  return table;
}

const Function* find_function(const std::string& name) {
  for (const Function& f : functions()) {
    if (f.name == name) return &f;
  }
  return nullptr;
}

}  // namespace lmmdsl
