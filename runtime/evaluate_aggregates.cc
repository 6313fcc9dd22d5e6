// Sums and aggregates of the reference evaluator: from the elements of one plate to those of a
// coarser one, with the conventions of R (divisor n - 1, quantiles of type 7). Elements in which an
// argument is NA are left out.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "runtime/bind.h"
#include "runtime/evaluate.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

/// Quantile of type 7: linear between the order statistics at h = (n - 1) p.
double quantile(std::vector<double> x, double p) {
  if (x.empty() || !(p >= 0 && p <= 1)) return kNan;
  for (double v : x)
    if (std::isnan(v)) return kNan;
  std::sort(x.begin(), x.end());
  const double h = (static_cast<double>(x.size()) - 1) * p;
  const std::size_t lower = static_cast<std::size_t>(h);
  const std::size_t upper = std::min(lower + 1, x.size() - 1);
  return x[lower] + (h - static_cast<double>(lower)) * (x[upper] - x[lower]);
}

/// Sample covariance of the rows of two matrices with equally many rows.
Matrix covariance(const Matrix& a, const Matrix& b) {
  const Matrix u = a.rowwise() - a.colwise().mean();
  const Matrix v = b.rowwise() - b.colwise().mean();
  return u.transpose() * v / (static_cast<double>(a.rows()) - 1);
}

/// One component's statistic of the elements' values x.
double statistic(Op op, const std::vector<double>& x, double probability) {
  const double n = static_cast<double>(x.size());
  double sum = 0;
  for (double v : x) sum += v;
  if (op == Op::sum_over) return sum;
  if (x.empty()) return kNan;
  switch (op) {
    case Op::mean_over:
      return sum / n;
    case Op::var_over:
    case Op::sd_over: {
      double squares = 0;
      for (double v : x) squares += (v - sum / n) * (v - sum / n);
      const double variance = x.size() < 2 ? kNan : squares / (n - 1);
      return op == Op::var_over ? variance : std::sqrt(variance);
    }
    case Op::min_over:
      return std::isnan(sum) ? kNan : *std::min_element(x.begin(), x.end());
    case Op::max_over:
      return std::isnan(sum) ? kNan : *std::max_element(x.begin(), x.end());
    case Op::median_over:
      return quantile(x, 0.5);
    case Op::quantile_over:
      return quantile(x, probability);
    default:
      throw std::logic_error("reference evaluator: not an aggregate");
  }
}

}  // namespace

std::vector<std::int32_t> Evaluator::members(const Plate& fine, const Plate& coarse,
                                             std::size_t element, const State& state) const {
  if (deciding_factor(fine, coarse) >= 0) {
    std::vector<std::int32_t> found;
    for (std::size_t i = 0; i < data_.plate(fine).size; ++i)
      if (element_of(fine, i, coarse, state) == element)
        found.push_back(static_cast<std::int32_t>(i));
    return found;
  }
  for (const auto& g : groupings_)
    if (g->fine == fine && g->coarse == coarse) return g->members[element];
  auto grouping = std::make_unique<Grouping>();
  grouping->fine = fine;
  grouping->coarse = coarse;
  grouping->members.resize(data_.plate(coarse).size);
  const std::size_t n = data_.plate(fine).size;
  const std::vector<std::int32_t>& map = data_.map(fine, coarse);
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t to = map.empty() ? static_cast<std::int32_t>(i) : map[i];
    if (to >= 0) grouping->members[to].push_back(static_cast<std::int32_t>(i));
  }
  groupings_.push_back(std::move(grouping));
  return groupings_.back()->members[element];
}

std::vector<std::int32_t> Evaluator::present_members(const Expr& e, const Plate& over,
                                                     const Plate& to, std::size_t element,
                                                     const State& state) const {
  std::vector<std::int32_t> result = members(over, to, element, state);
  if (!over.rows) return result;
  std::vector<SymbolId> columns;
  for (const Expr& a : e->args)
    for (SymbolId id : elementwise_columns(model_, a)) columns.push_back(id);
  const std::vector<std::int32_t>& rows = data_.plate(over).representative;
  std::erase_if(result, [&](std::int32_t i) {
    return std::any_of(columns.begin(), columns.end(),
                       [&](SymbolId id) { return data_.is_missing(id, rows[i]); });
  });
  return result;
}

Matrix Evaluator::evaluate_aggregate(const Expr& e, const State& state, std::size_t element) const {
  const std::vector<std::int32_t> elements = present_members(e, e->over, e->plate, element, state);
  const double n = static_cast<double>(elements.size());
  if (e->op == Op::count_over) return Matrix::Constant(1, 1, n);
  std::vector<Matrix> values;
  for (std::int32_t i : elements) values.push_back(evaluate_at(e->args[0], state, e->over, i));

  if (e->op == Op::cov_over || e->op == Op::cor_over) {
    const Eigen::Index p = values.empty() ? 1 : values[0].size();
    if (values.size() < 2)
      return Matrix::Constant(e->args.size() == 2 ? 1 : p, e->args.size() == 2 ? 1 : p, kNan);
    Matrix a(values.size(), p);
    for (std::size_t i = 0; i < values.size(); ++i) a.row(i) = values[i].reshaped().transpose();
    Matrix b = a;
    if (e->args.size() == 2)
      for (std::size_t i = 0; i < values.size(); ++i)
        b.row(i) = evaluate_at(e->args[1], state, e->over, elements[i]).reshaped().transpose();
    Matrix result = covariance(a, b);
    if (e->op == Op::cor_over) {
      const Eigen::VectorXd u = covariance(a, a).diagonal().cwiseSqrt();
      const Eigen::VectorXd v = covariance(b, b).diagonal().cwiseSqrt();
      for (Eigen::Index i = 0; i < result.rows(); ++i)
        for (Eigen::Index j = 0; j < result.cols(); ++j) result(i, j) /= u(i) * v(j);
    }
    return result;
  }

  const double probability =
      e->op == Op::quantile_over ? evaluate_at(e->args[1], state, e->plate, element)(0, 0) : 0;
  Eigen::Index rows = data_.length(e->shape.rows), cols = data_.length(e->shape.cols);
  if (!values.empty()) rows = values[0].rows(), cols = values[0].cols();
  Matrix result(rows, cols);
  for (Eigen::Index k = 0; k < result.size(); ++k) {
    std::vector<double> x;
    for (const Matrix& m : values) x.push_back(m.reshaped()(k));
    result.reshaped()(k) = statistic(e->op, x, probability);
  }
  return result;
}

/// One row for each level; check_vectors has refused data in which that is not so.
Matrix Evaluator::evaluate_gather(const Expr& e, const State& state, std::size_t element) const {
  const Factor& factor = data_.factors[e->symbol];
  Matrix result = Matrix::Constant(data_.length(e->shape.rows), data_.length(e->shape.cols), kNan);
  for (std::int32_t row : members(row_plate(), e->plate, element, state)) {
    result.row(factor.codes[row]) = evaluate_at(e->args[0], state, row_plate(), row);
  }
  return result;
}

Matrix Evaluator::evaluate_level(const Expr& e, const State& state, std::size_t element) const {
  const auto [found, is_new] = with_labels_.try_emplace(e.get());
  if (is_new) {
    kept_.emplace(e.get(), e);
    found->second = elements_with_labels(data_, *e);
  }
  const std::int32_t at = found->second[element];
  if (at < 0) throw std::logic_error("reference evaluator: no element has the labels of an index");
  return evaluate_at(e->args[0], state, e->over, static_cast<std::size_t>(at));
}

}  // namespace lmmdsl
