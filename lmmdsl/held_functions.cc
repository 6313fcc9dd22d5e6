#include "lmmdsl/held_functions.h"

#include <fmt/format.h>

#include <cmath>

#include "compiler/model/elementwise.h"

namespace lmmdsl {
namespace {

Expr literal(const Eigen::MatrixXd& v, const Shape& shape) {
  if (v.size() == 1 && shape.is_scalar()) return number(v(0, 0));
  std::vector<Expr> rows;
  for (Eigen::Index i = 0; i < v.rows(); ++i) {
    std::vector<Expr> row;
    for (Eigen::Index j = 0; j < v.cols(); ++j) row.push_back(number(v(i, j)));
    rows.push_back(row.size() == 1 ? row[0] : hcat(std::move(row)));
  }
  return rows.size() == 1 ? rows[0] : vcat(std::move(rows));
}

/// Columns of poly(x, k) as expressions of x: the three-term recurrence of the polynomials that are
/// orthogonal on the points that x has in the data (Forsythe 1957).
Expr orthogonal_basis(const Evaluator& evaluator, const Data& data, const Expr& x, int degree) {
  const State none;
  const auto n = static_cast<Eigen::Index>(data.rows());
  Eigen::VectorXd at(n), before = Eigen::VectorXd::Zero(n), now = Eigen::VectorXd::Ones(n);
  for (Eigen::Index i = 0; i < n; ++i)
    at(i) = x->plate.once() ? evaluator.evaluate(x, none, 0)(0, 0)
            : x->plate.rows ? evaluator.evaluate(x, none, static_cast<std::size_t>(i))(0, 0)
                            : evaluator.evaluate(
                                  x, none,
                                  static_cast<std::size_t>(data.map(
                                      row_plate(), x->plate)[static_cast<std::size_t>(i)]))(0, 0);
  Expr p_before = number(0), p = number(1);
  double norm_before = 1, norm = static_cast<double>(n);
  std::vector<Expr> columns;
  for (int k = 1; k <= degree; ++k) {
    const double centre = (at.array() * now.array().square()).sum() / norm;
    const double weight = k == 1 ? 0 : norm / norm_before;
    const Eigen::VectorXd next = (at.array() - centre) * now.array() - weight * before.array();
    const Expr p_next =
        subtract(multiply({subtract(x, number(centre)), p}), multiply({number(weight), p_before}));
    before = now;
    now = next;
    p_before = p;
    p = p_next;
    norm_before = norm;
    norm = now.squaredNorm();
    columns.push_back(multiply({number(1 / std::sqrt(norm)), p}));
  }
  return columns.size() == 1 ? columns[0] : hcat(std::move(columns));
}

class FunctionHolding {
 public:
  FunctionHolding(const Model& model, const Data& data, bool by_group)
      : original_(model), data_(data), evaluator_(model, data), by_group_(by_group) {
    held_.model = model;
  }

  HeldFunctions run() {
    for (std::size_t id = 0; id < original_.symbols.size(); ++id) {
      const Expr& definition = original_.symbols[id].definition;
      if (!definition) continue;
      const Expr renewed = hold(definition);
      held_.model.symbols[id].definition = renewed;
    }
    for (std::vector<Density>* densities : {&held_.model.densities, &held_.model.stated}) {
      for (Density& d : *densities) {
        d.value = hold(d.value);
        for (Expr& a : d.args) a = hold(a);
      }
    }
    return std::move(held_);
  }

 private:
  Expr hold(const Expr& e) {
    return rewrite(e, [&](const Expr& part) -> Expr {
      const bool function = gathers(part->op) || part->op == Op::least_squares;
      if (part->op == Op::poly)
        return orthogonal_basis(evaluator_, data_, part->args[0], part->index[0]);
      if (!function || !is_constant(original_, part)) return nullptr;
      if (part->plate.once()) return literal(evaluator_.evaluate(part, {}, 0), part->shape);
      if (part->plate.rows || !by_group_) return nullptr;
      return part->shape.is_scalar() ? column_of(part) : nullptr;
    });
  }

  Expr column_of(const Expr& function) {
    for (const HeldColumn& h : held_.columns)
      if (same(h.function, function))
        return collapse(reference(held_.model, h.column), function->plate);
    Symbol symbol;
    symbol.name = symbol.spelling = symbol.header =
        fmt::format("held_{}", held_.columns.size() + 1);
    symbol.plate = row_plate();
    const auto id = static_cast<SymbolId>(held_.model.symbols.size());
    held_.model.symbols.push_back(symbol);
    held_.columns.push_back({id, function});
    return collapse(reference(held_.model, id), function->plate);
  }

  const Model& original_;
  const Data& data_;
  Evaluator evaluator_;
  bool by_group_;
  HeldFunctions held_;
};

}  // namespace

HeldFunctions hold_functions(const Model& model, const Data& data, bool by_group) {
  return FunctionHolding(model, data, by_group).run();
}

}  // namespace lmmdsl
