#include "compiler/math/expr.h"

#include <algorithm>

#include "compiler/math/node.h"

namespace lmmdsl {

Expr make(Node node) {
  if (node.op != Op::symbol) {
    const Plate& from = node.over == Plate{} ? node.plate : node.over;
    const auto through = [&](SymbolId factor) {
      if (factor >= 0) node.symbols.push_back(factor);
    };
    for (const Expr& a : node.args) {
      node.symbols.insert(node.symbols.end(), a->symbols.begin(), a->symbols.end());
      through(deciding_factor(from, a->plate));
    }
    if (node.op != Op::collapse) through(deciding_factor(from, node.plate));
    std::sort(node.symbols.begin(), node.symbols.end());
    node.symbols.erase(std::unique(node.symbols.begin(), node.symbols.end()), node.symbols.end());
  }
  return std::make_shared<const Node>(std::move(node));
}

Plate joined(const std::vector<Expr>& args) {
  Plate plate;
  for (const Expr& a : args) plate = join(plate, a->plate);
  return plate;
}

Expr make(Op op, std::vector<Expr> args, Shape shape) {
  Node node;
  node.op = op;
  node.plate = joined(args);
  node.args = std::move(args);
  node.shape = std::move(shape);
  return make(std::move(node));
}

bool same(const Expr& a, const Expr& b) {
  if (a == b) return true;
  if (a->op != b->op || a->number != b->number || a->symbol != b->symbol || a->text != b->text ||
      a->index != b->index || a->labels != b->labels || a->args.size() != b->args.size() ||
      !(a->shape == b->shape) || !(a->length == b->length) || !(a->plate == b->plate) ||
      !(a->over == b->over)) {
    return false;
  }
  for (std::size_t i = 0; i < a->args.size(); ++i) {
    if (!same(a->args[i], b->args[i])) return false;
  }
  return true;
}

bool mentions(const Expr& e, SymbolId symbol) {
  return std::binary_search(e->symbols.begin(), e->symbols.end(), symbol);
}

bool is_number(const Expr& e, double value) { return e->op == Op::number && e->number == value; }
bool is_zero(const Expr& e) { return is_number(e, 0) || e->op == Op::zero; }

Expr at(const Expr& e, Span span) {
  Node node = *e;
  node.span = span;
  return std::make_shared<const Node>(std::move(node));
}

Expr number(double value) {
  Node node;
  node.number = value;
  node.positive = value > 0;
  return make(std::move(node));
}

Expr symbol(SymbolId id, std::string name, Shape shape, Plate plate, bool positive,
            bool symmetric) {
  Node node;
  node.op = Op::symbol;
  node.symbol = id;
  node.text = std::move(name);
  node.shape = std::move(shape);
  node.plate = std::move(plate);
  node.positive = positive;
  node.symmetric = symmetric;
  node.symbols = {id};
  return make(std::move(node));
}

Expr level(const Expr& e, const Plate& over, std::vector<std::string> labels, const Plate& plate) {
  Node node;
  node.op = Op::level;
  node.args = {e};
  node.shape = e->shape;
  node.plate = plate;
  node.over = over;
  node.labels = std::move(labels);
  node.positive = e->positive;
  node.symmetric = e->symmetric;
  return make(std::move(node));
}

Expr collapse(const Expr& e, const Plate& plate) {
  Node node;
  node.op = Op::collapse;
  node.args = {e};
  node.shape = e->shape;
  node.plate = plate;
  node.over = e->plate;
  node.positive = e->positive;
  node.symmetric = e->symmetric;
  return make(std::move(node));
}

Expr gather(const Expr& e, const Expr& factor, const Plate& plate) {
  const Dim levels{0, {{{factor->symbol, factor->text, 0}}}};
  Node node;
  node.op = Op::gather;
  node.args = {e};
  node.symbol = factor->symbol;
  node.text = factor->text;
  node.shape = e->shape.is_scalar() ? vector_shape(levels) : matrix_shape(levels, e->shape.cols);
  node.plate = plate;
  node.over = row_plate();
  return make(std::move(node));
}

Expr sum_over(const Expr& e, const Plate& over, const Plate& to) {
  if (over == to) return e;
  if (is_zero(e)) return e;
  Node node;
  node.op = Op::sum_over;
  node.args = {e};
  node.shape = e->shape;
  node.plate = to;
  node.over = over;
  node.positive = e->positive;
  node.symmetric = e->symmetric;
  return make(std::move(node));
}

Expr aggregate(Op op, std::vector<Expr> args, const Plate& over, const Plate& to) {
  if (op == Op::sum_over) return sum_over(args.front(), over, to);
  Node node;
  node.op = op;
  node.shape = args.front()->shape;
  if (op == Op::count_over) node.shape = scalar_shape();
  if (op == Op::cov_over || op == Op::cor_over) {
    const Shape& s = args.front()->shape;
    if (!s.is_scalar()) {
      const Dim p = s.kind == ShapeKind::row ? s.cols : s.rows;
      node.shape = matrix_shape(p, p);
      node.symmetric = true;
    }
  }
  node.args = std::move(args);
  node.plate = to;
  node.over = over;
  return make(std::move(node));
}

Expr least_squares(const Expr& y, const Expr& X, const std::string& field, const Plate& groups,
                   const Plate& to, SymbolId fit, const std::string& fit_name) {
  Node node;
  node.op = Op::least_squares;
  node.args = {y, X};
  node.shape = field == "coef" ? vector_shape(X->shape.cols) : scalar_shape();
  node.plate = to;
  node.over = groups;
  node.symbol = fit;
  node.text = fit_name;
  node.labels = {field};
  return make(std::move(node));
}

Expr apply(Op op, std::vector<Expr> args) {
  Node node;
  node.op = op;
  node.plate = joined(args);
  const Shape& s = args.front()->shape;
  switch (op) {
    case Op::exp:
    case Op::log:
    case Op::sqrt:
    case Op::abs:
    case Op::log_gamma:
    case Op::phi:
    case Op::logit:
    case Op::invlogit:
    case Op::minimum:
    case Op::maximum:
    case Op::correlation:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::equal:
    case Op::not_equal:
      node.shape = s;
      break;
    case Op::diagonal:
      node.shape = vector_shape(s.rows);
      break;
    default:  // determinant, trace, logic, *_components: a scalar
      node.shape = scalar_shape();
  }
  if (op == Op::sqrt && s.is_scalar()) return power(args.front(), 0.5);
  node.positive = op == Op::exp || op == Op::invlogit || op == Op::phi;
  node.symmetric = op == Op::correlation;
  node.args = std::move(args);
  return make(std::move(node));
}

Expr label_equal(const Expr& factor, std::string label) {
  Node node;
  node.op = Op::label_equal;
  // On the plate of an unobserved factor its elements are compared, which are known.
  if (factor->plate.latent) node.symbol = factor->symbol, node.labels = {factor->text};
  else node.args = {factor};
  node.plate = factor->plate;
  node.text = std::move(label);
  return make(std::move(node));
}

Expr poly(const Expr& x, int degree) {
  Node node;
  node.op = Op::poly;
  node.args = {x};
  node.plate = x->plate;
  node.shape = row_shape({degree});
  node.index = {degree};
  return make(std::move(node));
}

Expr on_rows(const Expr& e, const Plate& rows) {
  return rewrite(e, [&](const Expr& part) -> Expr {
    // Levels of an unobserved factor within those of others are no plate: each row is in one.
    const bool crossed = part->plate.latent && part->plate.factors.size() > 1;
    if (crossed || (part->op == Op::symbol && part->plate.rows)) {
      Node node = *part;
      node.plate = rows;
      return std::make_shared<const Node>(std::move(node));
    }
    // Aggregates run over all rows, whichever rows read them.
    return !(part->over == Plate{}) && !part->plate.rows ? part : nullptr;
  });
}

Expr on_levels(const Expr& e, const Plate& plate) {
  return e->plate == plate ? e : level(e, plate, {}, plate);
}

Expr with_args(const Expr& e, std::vector<Expr> args) {
  const auto keep_span = [&](const Expr& made) {
    return made->span.end == 0 ? at(made, e->span) : made;
  };
  switch (e->op) {
    case Op::add:
      return keep_span(add(std::move(args)));
    case Op::multiply:
      return keep_span(multiply(std::move(args)));
    case Op::power:
      return keep_span(power(args[0], args[1]));
    case Op::inverse:
      return keep_span(inverse(args[0]));
    case Op::transpose:
      return keep_span(transpose(args[0]));
    case Op::hcat:
      return keep_span(hcat(std::move(args)));
    case Op::vcat:
      return keep_span(vcat(std::move(args)));
    case Op::component:
      return keep_span(component(args[0], e->index));
    case Op::sum_over:
      return keep_span(sum_over(args[0], e->over, e->plate));
    default: {
      // Operators without simplifications, or whose plate is their own.
      Node node = *e;
      node.symbols.clear();
      const bool own_plate =
          !(e->over == Plate{}) || e->op == Op::least_squares || e->op == Op::triangle;
      node.args = std::move(args);
      if (!own_plate) node.plate = joined(node.args);
      return make(std::move(node));
    }
  }
}

}  // namespace lmmdsl
