#include "runtime/kernels/kernels.h"

#include <algorithm>

namespace lmmdsl {

const std::vector<KernelInfo>& kernel_infos() {
  static const std::vector<KernelInfo> table = {
      {"add", "sum of terms", {Op::add}, add_kernel, true, add_states},
      {"multiply",
       "product of scalars and matrices",
       {Op::multiply},
       multiply_kernel,
       true,
       multiply_states},
      {"power", "scalar power", {Op::power}, power_kernel, true, power_states},
      {"transpose", "transpose", {Op::transpose}, transpose_kernel, true},
      {"inverse",
       "inverse, by Cholesky for symmetric matrices and by LU otherwise",
       {Op::inverse},
       inverse_kernel,
       true,
       inverse_states},
      {"determinant",
       "determinant and its logarithm",
       {Op::determinant, Op::log_determinant},
       determinant_kernel,
       true,
       determinant_states},
      {"trace", "trace", {Op::trace}, trace_kernel, true, trace_states},
      {"function",
       "elementwise functions",
       {Op::exp, Op::log, Op::sqrt, Op::abs, Op::phi, Op::logit, Op::invlogit, Op::log_gamma,
        Op::minimum, Op::maximum},
       function_kernel,
       true,
       function_states},
      {"comparison",
       "comparisons and logic, 0 or 1",
       {Op::less, Op::less_equal, Op::greater, Op::greater_equal, Op::equal, Op::not_equal,
        Op::logical_and, Op::logical_or, Op::logical_not},
       function_kernel,
       true,
       function_states},
      {"bracket",
       "vectors and matrices from their parts",
       {Op::hcat, Op::vcat},
       bracket_kernel,
       true},
      {"constant",
       "numbers, identities, zeros and ones",
       {Op::number, Op::identity, Op::zero, Op::ones},
       constant_kernel},
      {"diagonal", "diagonals", {Op::diagonal_matrix, Op::diagonal}, diagonal_kernel, true},
      {"component",
       "a component, entry or column",
       {Op::component, Op::column},
       component_kernel,
       true},
      {"unit vector",
       "a vector with a 1 at the level of a factor",
       {Op::unit_vector},
       unit_vector_kernel},
      {"level", "elements that have labels", {Op::level}, level_kernel},
      {"collapse", "a value that rows of one level share", {Op::collapse}, collapse_kernel},
      {"components",
       "sum, mean, minimum, maximum of components",
       {Op::sum_components, Op::mean_components, Op::min_components, Op::max_components},
       components_kernel,
       true},
      {"sum", "sums and means over a plate", {Op::sum_over, Op::mean_over}, sum_kernel},
      {"extreme",
       "smallest and largest over a plate",
       {Op::min_over, Op::max_over},
       extreme_kernel},
      {"triangle",
       "triangular factor of the QR decomposition of each cell's rows",
       {Op::triangle},
       triangle_kernel},
      {"distance",
       "residual sum of squares from the triangular factor",
       {Op::distance},
       distance_kernel},
      {"flatten rows",
       "a matrix's rows one after the other",
       {Op::flatten_rows},
       flatten_rows_kernel},
      {"contract",
       "blocks of a statistic weighted by the entries of a matrix",
       {Op::contract},
       contract_kernel},
      {"scatter",
       "residual cross-products of a vector response from the triangular factor",
       {Op::scatter},
       scatter_kernel},
      {"filled", "zeros where components are missing", {Op::filled}, filled_kernel},
      {"observed",
       "inverse and determinant of the observed components' covariance",
       {Op::observed_inverse, Op::observed_log_determinant},
       observed_kernel},
      {"completed",
       "missing components of residuals, drawn for all vectors of a pattern together",
       {Op::completed},
       completed_kernel},
      {"correlation",
       "correlations of a covariance matrix",
       {Op::correlation},
       correlation_kernel,
       true},
  };
  return table;
}

const KernelInfo* find_kernel(Op op) {
  static const std::vector<const KernelInfo*> by_operator = [] {
    std::vector<const KernelInfo*> found;
    for (const KernelInfo& k : kernel_infos()) {
      for (const Op o : k.operators) {
        const auto at = static_cast<std::size_t>(o);
        if (found.size() <= at) found.resize(at + 1, nullptr);
        found[at] = &k;
      }
    }
    return found;
  }();
  const auto at = static_cast<std::size_t>(op);
  return at < by_operator.size() ? by_operator[at] : nullptr;
}

}  // namespace lmmdsl
