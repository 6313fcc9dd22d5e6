// The value of a formula as it is printed: a reader of the text alone, by the rules of the language
// and of linear algebra, row by row. It shares the grammar with the compiler and takes the values
// of names from the reference evaluator; sums, stacks and products are its own.
#pragma once

#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "lmmdsl/lmmdsl.h"
#include "runtime/evaluate.h"

namespace lmmdsl::testing {

class PrintedValue {
 public:
  using Matrix = Eigen::MatrixXd;

  PrintedValue(const Model& model, const Data& data, const State& state)
      : model_(model), data_(data), state_(state), oracle_(model, data) {}

  /// In the element of every plate that a row lies in.
  Matrix operator()(const AstExpr& e, std::size_t row) const {
    switch (e.kind) {
      case AstKind::number:
        return scalar(e.number);
      case AstKind::name:
        if (e.text == "inf") return scalar(std::numeric_limits<double>::infinity());
        return leaf(find(e.text), row);
      case AstKind::identity:
        return Matrix::Identity(whole((*this)(e.children[0], row)),
                                whole((*this)(e.children[0], row)));
      case AstKind::negate:
        return -(*this)(e.children[0], row);
      case AstKind::transpose:
        return (*this)(e.children[0], row).transpose();
      case AstKind::binary:
        if (e.children[1].kind == AstKind::string)
          return scalar(level_of(find(e.children[0].text), row) == e.children[1].text);
        return binary(e.op, (*this)(e.children[0], row), (*this)(e.children[1], row));
      case AstKind::index:
        return index(e, row);
      case AstKind::bracket:
        return bracket(e, row);
      case AstKind::call:
        return call(e, row);
      default:
        throw std::logic_error("no formula has this");
    }
  }

 private:
  static Matrix scalar(double x) { return Matrix::Constant(1, 1, x); }
  static int whole(const Matrix& m) { return static_cast<int>(std::lround(m(0, 0))); }
  static bool is_scalar(const Matrix& m) { return m.size() == 1; }

  SymbolId find(const std::string& name) const {
    const SymbolId id = model_.find(name);
    if (id < 0) throw std::logic_error("unknown name " + name);
    return id;
  }
  bool is_factor(const AstExpr& e) const {
    if (e.kind != AstKind::name) return false;
    const Symbol& s = model_[find(e.text)];
    return s.levels > 0 || (s.role == Role::column && s.column_type == ColumnType::factor);
  }
  Plate plate_of(SymbolId factor) const {
    Plate plate = factor_plate({factor});
    plate.latent = model_[factor].levels > 0;
    return plate;
  }
  const std::string& level_of(SymbolId factor, std::size_t row) const {
    return data_.factors[factor].levels[element(plate_of(factor), row)];
  }

  std::size_t element(const Plate& plate, std::size_t row) const {
    if (plate.latent) return static_cast<std::size_t>(state_.values[plate.factors[0]][row]) - 1;
    const auto& of_row = data_.plate(plate).of_row;
    return of_row.empty() ? 0 : static_cast<std::size_t>(of_row[row]);
  }
  Matrix leaf(SymbolId id, std::size_t row) const {
    const Expr e = reference(model_, id);
    return oracle_.evaluate(e, state_, element(e->plate, row));
  }

  static Matrix binary(BinaryOp op, const Matrix& a, const Matrix& b) {
    switch (op) {
      case BinaryOp::add:
      case BinaryOp::subtract: {
        // A scalar beside a vector stands for a constant one.
        const double sign = op == BinaryOp::add ? 1 : -1;
        if (is_scalar(a) && !is_scalar(b)) {
          return Matrix::Constant(b.rows(), b.cols(), a(0, 0)) + sign * b;
        }
        if (is_scalar(b)) return a.array() + sign * b(0, 0);
        return a + sign * b;
      }
      case BinaryOp::multiply:
        if (is_scalar(a)) return a(0, 0) * b;
        if (is_scalar(b)) return b(0, 0) * a;
        if (a.cols() != b.rows()) throw std::logic_error("shapes do not fit in a printed product");
        return a * b;
      case BinaryOp::divide:
        return a / b(0, 0);
      case BinaryOp::greater:
        return scalar(a(0, 0) > b(0, 0));
      case BinaryOp::less:
        return scalar(a(0, 0) < b(0, 0));
      case BinaryOp::greater_equal:
        return scalar(a(0, 0) >= b(0, 0));
      case BinaryOp::less_equal:
        return scalar(a(0, 0) <= b(0, 0));
      case BinaryOp::power:
        return scalar(std::pow(a(0, 0), b(0, 0)));
      default:
        throw std::logic_error("no formula has this operator");
    }
  }

  Matrix index(const AstExpr& e, std::size_t row) const {
    // Labels, or labels and factors: of a factor, the level of the row.
    std::vector<std::string> wanted;
    bool labelled = false;
    for (std::size_t k = 1; k < e.children.size(); ++k) {
      labelled = labelled || e.children[k].kind == AstKind::string;
      wanted.push_back(is_factor(e.children[k]) ? level_of(find(e.children[k].text), row)
                                                : e.children[k].text);
    }
    if (labelled) {
      const Expr of = reference(model_, find(e.children[0].text));
      const auto& labels = data_.plate(of->plate).labels;
      for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] == wanted) return oracle_.evaluate(of, state_, i);
      throw std::logic_error("no formula has this level");
    }
    if (is_factor(e.children[1])) {
      const SymbolId id = find(e.children[0].text);
      if (!model_[id].plate.rows) return leaf(id, row);
      // The rows of a level, one below the other.
      Plate level;
      for (std::size_t k = 1; k < e.children.size(); ++k) {
        level = join(level, plate_of(find(e.children[k].text)));
      }
      Matrix stack(0, 0);
      for (const std::size_t r : rows_in(level, row)) {
        const Matrix one = leaf(id, r);
        Matrix longer(stack.rows() + 1, one.cols());
        if (stack.rows() > 0) longer.topRows(stack.rows()) = stack;
        longer.bottomRows(1) = one;
        stack = longer;
      }
      return stack;
    }
    const Matrix whole_value = (*this)(e.children[0], row);
    const int i = whole((*this)(e.children[1], row)) - 1;
    if (e.children.size() == 3) {
      return scalar(whole_value(i, whole((*this)(e.children[2], row)) - 1));
    }
    return scalar(whole_value.reshaped()(i));
  }

  Matrix bracket(const AstExpr& e, std::size_t row) const {
    std::vector<Matrix> lines;
    std::size_t at = 0;
    Eigen::Index height = 0;
    for (const int n : e.row_lengths) {
      std::vector<Matrix> cells;
      Eigen::Index width = 0;
      for (int k = 0; k < n; ++k) {
        cells.push_back((*this)(e.children[at++], row));
        width += cells.back().cols();
      }
      Matrix line(cells.front().rows(), width);
      Eigen::Index j = 0;
      for (const Matrix& cell : cells) {
        line.middleCols(j, cell.cols()) = cell;
        j += cell.cols();
      }
      height += line.rows();
      lines.push_back(line);
    }
    Matrix all(height, lines.front().cols());
    Eigen::Index i = 0;
    for (const Matrix& line : lines) {
      all.middleRows(i, line.rows()) = line;
      i += line.rows();
    }
    return all;
  }

  /// The rows in the same level as one of them.
  std::vector<std::size_t> rows_in(const Plate& level, std::size_t row) const {
    std::vector<std::size_t> found;
    for (std::size_t r = 0; r < data_.rows(); ++r) {
      if (level.once() || element(level, r) == element(level, row)) found.push_back(r);
    }
    return found;
  }

  Plate by(const AstExpr& e) const {
    Plate plate;
    for (const AstName& f : e.by) plate = join(plate, plate_of(find(f.name)));
    return plate;
  }

  /// The plate of what is summed: rows, or the levels of all factors in it.
  void add_plate(const AstExpr& e, Plate& plate) const {
    if (e.kind == AstKind::call && (e.text == "sum" || e.text == "levels" || e.text == "count")) {
      plate = join(plate, by(e));
      return;
    }
    if (e.kind == AstKind::call && e.text == "unit") plate = join(plate, row_plate());
    if (e.kind == AstKind::name && !is_factor(e)) plate = join(plate, model_[find(e.text)].plate);
    const bool label = e.kind == AstKind::index && e.children[1].kind == AstKind::string;
    if (label || (e.kind == AstKind::index && is_factor(e.children[1]))) {
      for (std::size_t k = 1; k < e.children.size(); ++k)
        if (is_factor(e.children[k])) plate = join(plate, plate_of(find(e.children[k].text)));
      return;
    }
    for (const AstExpr& child : e.children) add_plate(child, plate);
  }

  /// One row in each element of a plate that lies in the level of `row`.
  std::vector<std::size_t> one_row_each(const Plate& plate, const Plate& level,
                                        std::size_t row) const {
    std::vector<std::size_t> found;
    std::set<std::size_t> seen;
    for (const std::size_t r : rows_in(level, row)) {
      if (plate.rows || seen.insert(element(plate, r)).second) found.push_back(r);
    }
    return found;
  }

  static std::optional<std::function<double(double)>> elementwise(const std::string& name) {
    if (name == "log") return [](double x) { return std::log(x); };
    if (name == "exp") return [](double x) { return std::exp(x); };
    if (name == "Phi") return [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
    if (name == "log_gamma") return [](double x) { return std::lgamma(x); };
    if (name == "abs") return [](double x) { return std::abs(x); };
    return std::nullopt;
  }

  Matrix call(const AstExpr& e, std::size_t row) const {
    const auto argument = [&](std::size_t k) { return (*this)(e.children[k], row); };
    if (e.text == "sum") {
      Plate over;
      add_plate(e.children[0], over);
      Matrix total;
      for (const std::size_t r : one_row_each(over, by(e), row)) {
        const Matrix one = (*this)(e.children[0], r);
        total = total.size() == 0 ? one : Matrix(total + one);
      }
      // Of a vector that holds once, over its components.
      if (over.once()) return scalar(total.sum());
      return total;
    }
    if (e.text == "count") return scalar(static_cast<double>(rows_in(by(e), row).size()));
    if (e.text == "levels") {
      Plate over;
      for (const AstExpr& f : e.children) over = join(over, plate_of(find(f.text)));
      return scalar(static_cast<double>(one_row_each(over, by(e), row).size()));
    }
    if (e.text == "unit") {
      const SymbolId factor = find(e.children[0].text);
      const auto levels = static_cast<Eigen::Index>(data_.factors[factor].levels.size());
      return Matrix::Identity(levels, levels)
          .col(static_cast<Eigen::Index>(element(plate_of(factor), row)));
    }
    if (e.text == "inv") return argument(0).inverse();
    if (e.text == "log_det") return scalar(std::log(argument(0).determinant()));
    if (e.text == "sqrt") return argument(0).cwiseSqrt();
    if (const auto f = elementwise(e.text)) return argument(0).unaryExpr(*f);
    if (e.text == "ones") return Matrix::Ones(whole(argument(0)), 1);
    if (e.text == "max") return argument(0).cwiseMax(argument(1));
    if (e.text == "min") return argument(0).cwiseMin(argument(1));
    if (e.text == "diag" && e.children.size() == 1) {
      const Matrix m = argument(0);
      if (m.cols() > 1) return m.diagonal();
      return m.col(0).asDiagonal();
    }
    if (e.text == "diag") {
      Matrix entries(static_cast<Eigen::Index>(e.children.size()), 1);
      for (std::size_t k = 0; k < e.children.size(); ++k) {
        entries(static_cast<Eigen::Index>(k), 0) = argument(k)(0, 0);
      }
      return entries.col(0).asDiagonal();
    }
    throw std::logic_error("no formula has the function " + e.text);
  }

  const Model& model_;
  const Data& data_;
  const State& state_;
  Evaluator oracle_;
};

}  // namespace lmmdsl::testing
