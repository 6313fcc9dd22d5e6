// The reference evaluator, operator by operator.
//
// The one idea: an expression is evaluated *at* an element of some plate, its own or a finer one.
// X * beta[plot] at row 17 is X at row 17 times beta at row 17, and beta, which lives on the plate
// of plot, takes the plot of row 17. So arguments are evaluated at the same element as the whole,
// except below operators that change the plate.
#include "runtime/evaluate.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

#include "runtime/bind.h"
#include "runtime/evaluate_functions.h"
#include "runtime/log_gamma.h"
#include "runtime/not_a_number.h"

namespace lmmdsl {
namespace {

using Matrix = Eigen::MatrixXd;

Matrix scalar(double x) { return Matrix::Constant(1, 1, x); }

/// Where a vector of indicators is not 0.
std::vector<int> marked(const Matrix& indicators) {
  std::vector<int> found;
  for (Eigen::Index i = 0; i < indicators.size(); ++i)
    if (indicators(i) != 0) found.push_back(static_cast<int>(i));
  return found;
}

[[noreturn]] void bug(const std::string& what) {
  throw std::logic_error("reference evaluator: " + what);
}

/// One row of a factor's contrasts (R's contr.treatment and contr.sum), or indicators of all
/// levels.
Matrix code_columns(const std::string& coding, const Factor& factor, std::int32_t code) {
  const Eigen::Index levels = static_cast<Eigen::Index>(factor.levels.size());
  if (code < 0) return Matrix::Constant(1, coding == "full" ? levels : levels - 1, kNan);
  Matrix row = Matrix::Zero(1, levels);
  row(0, code) = 1;
  if (coding == "full") return row;
  if (coding == "sum") {
    if (code == levels - 1) return Matrix::Constant(1, levels - 1, -1);
    return row.leftCols(levels - 1);
  }
  const Eigen::Index reference = reference_level(coding, factor);
  Matrix without(1, levels - 1);
  without << row.leftCols(reference), row.rightCols(levels - 1 - reference);
  return without;
}

/// Worth keeping for constants: what costs more than its arguments.
bool worth_keeping(Op op) {
  return gathers(op) || op == Op::gather || op == Op::inverse || op == Op::determinant ||
         op == Op::log_determinant || op == Op::level;
}

}  // namespace

std::size_t Evaluator::element_of(const Plate& fine, std::size_t element, const Plate& coarse,
                                  const State& state) const {
  if (fine == coarse) return element;
  if (coarse.once()) return 0;
  if (coarse.latent)
    return static_cast<std::size_t>(code(coarse.factors.front(), state, fine, element));
  const std::int32_t found = data_.map(fine, coarse)[element];
  if (found < 0) bug("an element lies outside the plate it is used on");
  return static_cast<std::size_t>(found);
}

std::int32_t Evaluator::code(SymbolId factor, const State& state, const Plate& plate,
                             std::size_t element) const {
  const Symbol& s = model_[factor];
  if (plate.latent) return static_cast<std::int32_t>(element);
  if (s.role == Role::column)
    return data_.factors[factor].codes[element_of(plate, element, s.plate, state)];
  const std::size_t row = element_of(plate, element, row_plate(), state);
  return static_cast<std::int32_t>(state.values[factor][row]) - 1;
}

Matrix Evaluator::evaluate(const Expr& e, const State& state, std::size_t element) const {
  return evaluate_at(e, state, e->plate, element);
}

Matrix Evaluator::evaluate_symbol(const Expr& e, const State& state, const Plate& plate,
                                  std::size_t element) const {
  const Symbol& s = model_[e->symbol];
  const std::size_t at = element_of(plate, element, s.plate, state);
  switch (s.role) {
    case Role::column:
      if (data_.columns[e->symbol].empty()) bug("a factor has no number");
      return scalar(data_.columns[e->symbol][at]);
    case Role::constant:
    case Role::derived:
      return evaluate_at(s.definition, state, s.plate, at);
    case Role::parameter: {
      const std::vector<double>& values = state.values[e->symbol];
      const std::size_t size = values.size() / data_.plate(s.plate).size;
      Eigen::Index rows = static_cast<Eigen::Index>(size), cols = 1;
      if (s.shape.kind == ShapeKind::row) std::swap(rows, cols);
      if (s.shape.kind == ShapeKind::matrix) {
        rows = data_.length(s.shape.rows);
        cols = static_cast<Eigen::Index>(size) / rows;
      }
      return Eigen::Map<const Matrix>(values.data() + at * size, rows, cols);
    }
    case Role::pattern: {
      const std::string& marks = data_.plate(s.plate).labels[at][0];
      Matrix o(static_cast<Eigen::Index>(marks.size()), 1);
      for (Eigen::Index i = 0; i < o.size(); ++i) o(i) = marks[static_cast<std::size_t>(i)] == '1';
      return o;
    }
    case Role::fit:
      break;
  }
  bug("a fit has no value");
}

Matrix Evaluator::evaluate_label(const Expr& e, const State& state, const Plate& plate,
                                 std::size_t element) const {
  const SymbolId id = e->args.empty() ? e->symbol : e->args[0]->symbol;
  const std::int32_t at = code(id, state, plate, element);
  if (at < 0) return scalar(kNan);
  const std::string& label = data_.factors[id].levels[at];
  return scalar(label_matches(label, e->text));
}

/// The first factor's columns vary fastest: each further factor multiplies the row from the left.
Matrix Evaluator::evaluate_coding(const Expr& e, const State& state, const Plate& plate,
                                  std::size_t element) const {
  Matrix row = scalar(1);
  for (std::size_t k = 0; k < e->args.size(); ++k) {
    if (codes_number(e->labels[k])) {
      row *= evaluate_at(e->args[k], state, plate, element)(0, 0);
      continue;
    }
    const SymbolId id = e->args[k]->symbol;
    const Factor& factor = data_.factors[id];
    const Matrix columns = code_columns(e->labels[k], factor, code(id, state, plate, element));
    Matrix product(1, row.cols() * columns.cols());
    for (Eigen::Index j = 0; j < columns.cols(); ++j) {
      product.middleCols(j * row.cols(), row.cols()) = row * columns(0, j);
    }
    row = std::move(product);
  }
  return row;
}

Matrix Evaluator::evaluate_at(const Expr& e, const State& state, const Plate& plate,
                              std::size_t element) const {
  const auto arg = [&](std::size_t k) { return evaluate_at(e->args[k], state, plate, element); };
  switch (e->op) {
    case Op::number:
      return scalar(e->number);
    case Op::symbol:
      return evaluate_symbol(e, state, plate, element);
    case Op::add: {
      Matrix sum = arg(0);
      for (std::size_t k = 1; k < e->args.size(); ++k) sum += arg(k);
      return sum;
    }
    case Op::multiply: {
      double factor = 1;
      Matrix product;
      for (std::size_t k = 0; k < e->args.size(); ++k) {
        const Matrix m = arg(k);
        if (e->args[k]->shape.is_scalar()) factor *= m(0, 0);
        else product = product.size() == 0 ? m : Matrix(product * m);
      }
      return product.size() == 0 ? scalar(factor) : Matrix(factor * product);
    }
    case Op::power:
      return scalar(std::pow(arg(0)(0, 0), arg(1)(0, 0)));
    case Op::transpose:
      return arg(0).transpose();
    case Op::trace:
      return scalar(arg(0).trace());
    case Op::log_gamma:
    case Op::exp:
    case Op::log:
    case Op::sqrt:
    case Op::abs:
    case Op::phi:
    case Op::logit:
    case Op::invlogit:
    case Op::logical_not: {
      Matrix m = arg(0);
      for (double& x : m.reshaped()) x = elementary(e->op, x);
      return m;
    }
    case Op::minimum:
    case Op::maximum:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::equal:
    case Op::not_equal:
    case Op::logical_and:
    case Op::logical_or: {
      Matrix a = arg(0), b = arg(1);
      if (a.size() == 1 && b.size() != 1) a = Matrix::Constant(b.rows(), b.cols(), a(0, 0));
      if (b.size() == 1 && a.size() != 1) b = Matrix::Constant(a.rows(), a.cols(), b(0, 0));
      return a.binaryExpr(b, [&](double x, double y) { return compare(e->op, x, y); });
    }
    case Op::label_equal:
      return evaluate_label(e, state, plate, element);
    case Op::hcat:
    case Op::vcat: {
      std::vector<Matrix> parts;
      for (std::size_t k = 0; k < e->args.size(); ++k) parts.push_back(arg(k));
      return concatenate(parts, e->op == Op::hcat);
    }
    case Op::diagonal_matrix: {
      const Matrix m = arg(0);
      return Matrix(m.reshaped().asDiagonal());
    }
    case Op::diagonal:
      return arg(0).diagonal();
    case Op::identity:
      return Matrix::Identity(data_.length(e->shape.rows), data_.length(e->shape.rows));
    case Op::zero:
      return Matrix::Zero(data_.length(e->shape.rows), data_.length(e->shape.cols));
    case Op::ones:
      return Matrix::Ones(data_.length(e->shape.rows), 1);
    case Op::length:
      return scalar(data_.length(e->length));
    case Op::unit_row: {
      Matrix row = Matrix::Zero(1, data_.length(e->shape.cols));
      row(0, e->index[0] - 1) = 1;
      return row;
    }
    case Op::unit_vector: {
      Matrix unit = Matrix::Zero(data_.length(e->shape.rows), 1);
      const double i = arg(0)(0, 0);
      if (i >= 1 && i <= static_cast<double>(unit.size()))
        unit(static_cast<Eigen::Index>(i) - 1) = 1;
      return unit;
    }
    case Op::log_multivariate_gamma: {
      const double a = arg(0)(0, 0);
      const int p = data_.length(e->length);
      double sum = 0.25 * p * (p - 1) * std::log(std::numbers::pi);
      for (int j = 1; j <= p; ++j) sum += log_gamma(a + 0.5 * (1 - j));
      return scalar(sum);
    }
    case Op::coding:
      return evaluate_coding(e, state, plate, element);
    case Op::component:
      if (e->index.size() == 2) return scalar(arg(0)(e->index[0] - 1, e->index[1] - 1));
      return scalar(arg(0).reshaped()(e->index[0] - 1));
    case Op::column:
      return scalar(arg(0)(0, e->index[0] - 1));
    case Op::collapse: {
      const std::size_t at = element_of(plate, element, e->plate, state);
      return evaluate_at(e->args[0], state, e->over, members(e->over, e->plate, at, state).front());
    }
    case Op::sum_components:
      return scalar(arg(0).sum());
    case Op::mean_components:
      return scalar(arg(0).mean());
    case Op::min_components:
      return scalar(arg(0).minCoeff<Eigen::PropagateNaN>());
    case Op::max_components:
      return scalar(arg(0).maxCoeff<Eigen::PropagateNaN>());
    case Op::correlation:
      return correlation_of(arg(0));
    case Op::flatten_rows: {
      std::vector<Matrix> parts;
      for (std::size_t k = 0; k < e->args.size(); ++k) parts.push_back(arg(k));
      const Matrix side_by_side = concatenate(parts, true);
      return Matrix(side_by_side.transpose()).reshaped(1, side_by_side.size());
    }
    case Op::contract: {
      const Matrix S = arg(0), M = arg(1);
      const Eigen::Index a = S.rows() / M.rows(), b = S.cols() / M.cols();
      Matrix sum = Matrix::Zero(a, b);
      for (Eigen::Index k = 0; k < M.rows(); ++k) {
        for (Eigen::Index l = 0; l < M.cols(); ++l) sum += M(k, l) * S.block(k * a, l * b, a, b);
      }
      return sum;
    }
    case Op::scatter: {
      const Matrix triangle = arg(0), v = arg(1);
      const Eigen::Index p = data_.length(e->shape.rows), width = triangle.cols() / p;
      Eigen::VectorXd w(width);
      w << v.reshaped(), 1;
      Matrix U(triangle.rows(), p);
      for (Eigen::Index k = 0; k < p; ++k) U.col(k) = triangle.middleCols(k * width, width) * w;
      return U.transpose() * U;
    }
    case Op::distance: {
      const Matrix triangle = arg(0), v = arg(1);
      Eigen::VectorXd w(v.size() + 1);
      w << v.reshaped(), 1;
      return scalar((triangle * w).squaredNorm());
    }
    case Op::filled: {
      Matrix m = arg(0);
      for (double& x : m.reshaped())
        if (std::isnan(x)) x = 0;
      return m;
    }
    case Op::observed_inverse: {
      const Matrix V = arg(0);
      const std::vector<int> o = marked(arg(1));
      Matrix W = Matrix::Zero(V.rows(), V.cols());
      const Matrix observed = V(o, o);
      if (!o.empty()) W(o, o) = observed.inverse().eval();
      return W;
    }
    case Op::observed_log_determinant: {
      const Matrix V = arg(0);
      const std::vector<int> o = marked(arg(1));
      const Matrix observed = V(o, o);
      return scalar(o.empty() ? 0 : log_determinant(observed));
    }
    case Op::completed: {
      // What is not drawn: the sum over vectors of which nothing is missing.
      const Matrix S = arg(0);
      return marked(arg(3)).size() == static_cast<std::size_t>(S.rows())
                 ? S
                 : Matrix::Zero(S.rows(), S.cols());
    }
    case Op::poly:
      return evaluate_poly(e, element_of(plate, element, row_plate(), state));
    case Op::inverse:
    case Op::determinant:
    case Op::log_determinant:
    case Op::gather:
    case Op::level:
    case Op::sum_over:
    case Op::mean_over:
    case Op::var_over:
    case Op::sd_over:
    case Op::min_over:
    case Op::max_over:
    case Op::median_over:
    case Op::count_over:
    case Op::quantile_over:
    case Op::cov_over:
    case Op::cor_over:
    case Op::least_squares:
    case Op::triangle:
      break;
  }
  const std::size_t at = element_of(plate, element, e->plate, state);
  if (!worth_keeping(e->op) || !is_constant(model_, e)) return evaluate_gathered(e, state, at);
  const auto found = constants_.find({e.get(), at});
  if (found != constants_.end()) return found->second;
  kept_.emplace(e.get(), e);
  return constants_[{e.get(), at}] = evaluate_gathered(e, state, at);
}

Matrix Evaluator::evaluate_gathered(const Expr& e, const State& state, std::size_t element) const {
  switch (e->op) {
    case Op::inverse:
      return evaluate_at(e->args[0], state, e->plate, element).inverse();
    case Op::determinant:
      return scalar(evaluate_at(e->args[0], state, e->plate, element).determinant());
    case Op::log_determinant:
      return scalar(log_determinant(evaluate_at(e->args[0], state, e->plate, element)));
    case Op::gather:
      return evaluate_gather(e, state, element);
    case Op::level:
      return evaluate_level(e, state, element);
    case Op::least_squares:
      return evaluate_least_squares(e, element);
    case Op::triangle:
      return evaluate_triangle(e, state, element);
    default:
      return evaluate_aggregate(e, state, element);
  }
}

}  // namespace lmmdsl
