#include "compiler/math/expr.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace lmmdsl {

namespace {

/// Fills what follows from the arguments: plate (their join) and the symbols mentioned.
Expr make(Node node) {
  if (node.op != Op::symbol) {
    const Plate& from = node.over == Plate{} ? node.plate : node.over;
    const auto through = [&](SymbolId factor) {
      if (factor >= 0) node.symbols.push_back(factor);
    };
    for (const Expr& a : node.args) {
      node.symbols.insert(node.symbols.end(), a->symbols.begin(), a->symbols.end());
      if (node.op != Op::level) through(deciding_factor(from, a->plate));
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

bool square(const Shape& s) { return s.kind == ShapeKind::matrix && s.rows == s.cols; }

/// One kind, and lengths that are equal as far as is known without data.
[[maybe_unused]] bool shapes_may_equal(const Shape& a, const Shape& b) {
  return a.kind == b.kind && may_equal(a.rows, b.rows) && may_equal(a.cols, b.cols);
}

/// rows x cols as vector, row or matrix: what a product of two non-scalars is.
Shape product_shape(const Shape& a, const Shape& b) {
  const bool one_row = a.kind == ShapeKind::row;
  const bool one_col = b.kind == ShapeKind::vector;
  if (one_row && one_col) return scalar_shape();
  if (one_row) return row_shape(b.cols);
  if (one_col) return vector_shape(a.rows);
  return matrix_shape(a.rows, b.cols);
}

}  // namespace

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

Expr add(std::vector<Expr> terms) {
  std::vector<Expr> flat;
  double constant = 0;
  const Shape shape = terms.front()->shape;
  for (const Expr& t : terms) {
    assert(shapes_may_equal(t->shape, shape));
    const auto take = [&](const Expr& part) {
      if (part->op == Op::number) {
        constant += part->number;
      } else if (part->op != Op::zero) {
        flat.push_back(part);
      }
    };
    if (t->op == Op::add) {
      for (const Expr& part : t->args) take(part);
    } else {
      take(t);
    }
  }
  if (constant != 0) flat.insert(flat.begin(), number(constant));
  if (flat.empty()) return shape.is_scalar() ? number(0) : zeros(shape);
  if (flat.size() == 1) return flat.front();
  Node node;
  node.op = Op::add;
  node.shape = shape;
  node.plate = joined(flat);
  node.positive = std::all_of(flat.begin(), flat.end(), [](const Expr& e) { return e->positive; });
  node.symmetric =
      std::all_of(flat.begin(), flat.end(), [](const Expr& e) { return e->symmetric; });
  node.args = std::move(flat);
  return make(std::move(node));
}

Expr negate(const Expr& e) { return multiply({number(-1), e}); }
Expr subtract(const Expr& a, const Expr& b) { return add({a, negate(b)}); }

namespace {

/// Base and exponent of a scalar factor with a numeric exponent.
std::pair<Expr, double> base_and_exponent(const Expr& e) {
  if (e->op == Op::power && e->args[1]->op == Op::number) return {e->args[0], e->args[1]->number};
  return {e, 1.0};
}

/// A product of matrices as it stands, row times ... times vector: a scalar.
Expr product(std::vector<Expr> chain) {
  if (chain.size() == 1) return chain.front();
  return make(Op::multiply, std::move(chain), scalar_shape());
}

bool inverse_of_each_other(const Expr& a, const Expr& b) {
  return (a->op == Op::inverse && same(a->args[0], b)) ||
         (b->op == Op::inverse && same(b->args[0], a));
}

}  // namespace

Expr multiply(std::vector<Expr> factors) {
  std::vector<Expr> flat;
  for (const Expr& f : factors) {
    if (f->op != Op::multiply) {
      flat.push_back(f);
      continue;
    }
    // A product that is a scalar (row times vector) stays one factor among others; only its scalar
    // factors mix with theirs.
    std::vector<Expr> chain;
    for (const Expr& a : f->args) {
      (f->shape.is_scalar() && !a->shape.is_scalar() ? chain : flat).push_back(a);
    }
    if (!chain.empty()) flat.push_back(product(std::move(chain)));
  }
  double coefficient = 1;
  std::vector<std::pair<Expr, double>> powers;  // scalar factors by base
  std::vector<Expr> chain;                      // the others, in order
  const auto scalar_factor = [&](const Expr& f) {
    if (f->op == Op::number) {
      coefficient *= f->number;
      return;
    }
    auto [base, exponent] = base_and_exponent(f);
    const bool whole = exponent == std::floor(exponent);
    for (auto& [other, e] : powers) {
      if (same(other, base) && (base->positive || (whole && e == std::floor(e)))) {
        e += exponent;
        return;
      }
    }
    powers.emplace_back(base, exponent);
  };
  Shape chain_shape;
  bool has_zero = false;
  for (const Expr& f : flat) {
    if (f->shape.is_scalar()) {
      scalar_factor(f);
      continue;
    }
    if (f->op == Op::zero) has_zero = true;
    chain.push_back(f);
  }
  // Shape of the chain, read from the left. Where it closes to a scalar (row times vector) and goes
  // on, what has closed is a scalar factor of the rest.
  {
    std::vector<Expr> open;
    Shape shape;
    std::vector<std::vector<Expr>> closed;
    for (const Expr& f : chain) {
      if (open.empty()) {
        shape = f->shape;
      } else {
        assert(may_equal(shape.cols, f->shape.rows) && "shapes fit in a product");
        shape = product_shape(shape, f->shape);
      }
      open.push_back(f);
      if (shape.is_scalar()) {
        closed.push_back(open);
        open.clear();
      }
    }
    if (closed.size() + (open.empty() ? 0 : 1) > 1) {
      for (auto& c : closed) scalar_factor(product(c));
      chain = open;
    }
    chain_shape = open.empty() ? scalar_shape() : shape;
    if (closed.size() == 1 && open.empty()) {
      chain = closed.front();
      chain_shape = scalar_shape();
    }
  }
  if (has_zero || coefficient == 0) {
    return chain_shape.is_scalar() ? number(0) : zeros(chain_shape);
  }
  // Neighbours that cancel: identities, and a matrix beside its inverse.
  for (std::size_t i = 0; i < chain.size();) {
    if (chain[i]->op == Op::identity && chain.size() > 1) {
      chain.erase(chain.begin() + i);
      i = 0;
    } else if (i + 1 < chain.size() && inverse_of_each_other(chain[i], chain[i + 1])) {
      const Dim p = chain[i]->shape.rows;
      chain.erase(chain.begin() + i, chain.begin() + i + 2);
      if (chain.empty()) chain.push_back(identity_matrix(p));
      i = 0;
    } else {
      ++i;
    }
  }
  std::vector<Expr> result;
  if (coefficient != 1) result.push_back(number(coefficient));
  const auto closed_chain = [](const Expr& e) {
    return e->op == Op::multiply && !e->args.front()->shape.is_scalar();
  };
  if (chain.empty()) {
    // One scalar product of matrices is written out: [2, x', y], not [2, [x', y]].
    const auto one = [&](const auto& p) { return p.second == 1 && closed_chain(p.first); };
    if (std::count_if(powers.begin(), powers.end(), one) == 1) {
      const auto found = std::find_if(powers.begin(), powers.end(), one);
      chain = found->first->args;
      powers.erase(found);
    }
  }
  for (const auto& [base, exponent] : powers) {
    if (exponent == 0) continue;
    result.push_back(exponent == 1 ? base : power(base, exponent));
  }
  bool positive = coefficient > 0 && chain.empty();
  for (const Expr& f : result) {
    if (f->op != Op::number) positive = positive && f->positive;
  }
  if (chain.size() == 1 && chain.front()->op == Op::add && result.size() == 1 &&
      result.front()->op == Op::number) {
    // A number times a sum is distributed, so that signs cancel in differences.
    std::vector<Expr> terms;
    for (const Expr& t : chain.front()->args) terms.push_back(multiply({result.front(), t}));
    return add(std::move(terms));
  }
  if (chain.empty() && result.size() == 2 && result[0]->op == Op::number &&
      result[1]->op == Op::add) {
    std::vector<Expr> terms;
    for (const Expr& t : result[1]->args) terms.push_back(multiply({result[0], t}));
    return add(std::move(terms));
  }
  bool symmetric = square(chain_shape);
  if (symmetric) {
    // A' A, A' S A with S symmetric, or a single symmetric matrix.
    for (std::size_t i = 0, j = chain.size(); symmetric && i < j; ++i) {
      --j;
      symmetric = i == j ? chain[i]->symmetric : same(chain[j], transpose(chain[i]));
    }
  }
  result.insert(result.end(), chain.begin(), chain.end());
  if (result.empty()) return number(coefficient);
  if (result.size() == 1) return result.front();
  Node node;
  node.op = Op::multiply;
  node.plate = joined(result);
  node.shape = chain_shape;
  node.positive = positive;
  node.symmetric = symmetric;
  node.args = std::move(result);
  return make(std::move(node));
}

Expr divide(const Expr& a, const Expr& scalar) { return multiply({a, power(scalar, -1)}); }

Expr power(const Expr& base, double exponent) { return power(base, number(exponent)); }

Expr power(const Expr& base, const Expr& exponent) {
  assert(base->shape.is_scalar() && exponent->shape.is_scalar());
  if (exponent->op == Op::number) {
    const double r = exponent->number;
    const bool whole = r == std::floor(r);
    if (r == 0) return number(1);
    if (r == 1) return base;
    if (base->op == Op::number && (base->number > 0 || (whole && base->number != 0))) {
      return number(std::pow(base->number, r));
    }
    if (base->op == Op::power && base->args[1]->op == Op::number) {
      const double s = base->args[1]->number;
      if (base->args[0]->positive || (whole && s == std::floor(s))) {
        return power(base->args[0], r * s);
      }
    }
    // Only a product of scalars: in a closed chain (row times vector) the factors do not commute.
    if (base->op == Op::multiply && whole &&
        std::all_of(base->args.begin(), base->args.end(),
                    [](const Expr& f) { return f->shape.is_scalar(); })) {
      std::vector<Expr> factors;
      for (const Expr& f : base->args) factors.push_back(power(f, r));
      return multiply(std::move(factors));
    }
  }
  Node node;
  node.op = Op::power;
  node.args = {base, exponent};
  node.plate = joined(node.args);
  node.positive = base->positive || (exponent->op == Op::number &&
                                     std::fmod(exponent->number, 2) == 0 && base->positive);
  return make(std::move(node));
}

Expr inverse(const Expr& m) {
  if (m->shape.is_scalar()) return power(m, -1);
  assert(m->shape.kind == ShapeKind::matrix && may_equal(m->shape.rows, m->shape.cols));
  if (m->op == Op::inverse) return m->args[0];
  if (m->op == Op::identity) return m;
  if (m->op == Op::multiply) {
    // Only scalars come out: inv(c A) = inv(A) / c. Products of matrices stay whole.
    std::vector<Expr> scalars, chain;
    for (const Expr& f : m->args) (f->shape.is_scalar() ? scalars : chain).push_back(f);
    if (!scalars.empty() && chain.size() == 1) {
      std::vector<Expr> factors;
      for (const Expr& s : scalars) factors.push_back(power(s, -1));
      factors.push_back(inverse(chain.front()));
      return multiply(std::move(factors));
    }
  }
  if (m->op == Op::diagonal_matrix && m->args[0]->op == Op::vcat) {
    std::vector<Expr> parts;
    bool scalars = true;
    for (const Expr& part : m->args[0]->args) {
      scalars = scalars && part->shape.is_scalar();
      if (scalars) parts.push_back(power(part, -1));
    }
    if (scalars) return diagonal_matrix(vcat(std::move(parts)));
  }
  Node node;
  node.op = Op::inverse;
  node.args = {m};
  node.plate = m->plate;
  node.shape = m->shape;
  node.symmetric = m->symmetric;
  return make(std::move(node));
}

Expr transpose(const Expr& e) {
  if (e->shape.is_scalar() || e->symmetric) return e;
  if (e->op == Op::transpose) return e->args[0];
  if (e->op == Op::multiply) {
    std::vector<Expr> scalars, chain;
    for (const Expr& f : e->args) (f->shape.is_scalar() ? scalars : chain).push_back(f);
    std::reverse(chain.begin(), chain.end());
    for (const Expr& f : chain) scalars.push_back(transpose(f));
    return multiply(std::move(scalars));
  }
  if (e->op == Op::sum_over) return sum_over(transpose(e->args[0]), e->over, e->plate);
  if (e->op == Op::vcat && e->shape.kind == ShapeKind::vector) return hcat(e->args);
  if (e->op == Op::hcat && e->args.size() > 0 &&
      std::all_of(e->args.begin(), e->args.end(),
                  [](const Expr& a) { return a->shape.is_scalar(); })) {
    return vcat(e->args);
  }
  Shape shape = e->shape;
  if (shape.kind == ShapeKind::vector) {
    shape = row_shape(e->shape.rows);
  } else if (shape.kind == ShapeKind::row) {
    shape = vector_shape(e->shape.cols);
  } else {
    shape = matrix_shape(e->shape.cols, e->shape.rows);
  }
  if (e->op == Op::zero) return zeros(shape);
  return make(Op::transpose, {e}, shape);
}

Expr identity_matrix(const Dim& p) {
  Node node;
  node.op = Op::identity;
  node.shape = matrix_shape(p, p);
  node.symmetric = true;
  return make(std::move(node));
}

Expr zeros(const Shape& shape) {
  if (shape.is_scalar()) return number(0);
  Node node;
  node.op = Op::zero;
  node.shape = shape;
  node.symmetric = square(shape);
  return make(std::move(node));
}

Expr length(const Dim& dim) {
  if (dim.known()) return number(dim.n);
  Node node;
  node.op = Op::length;
  node.length = dim;
  node.positive = true;
  return make(std::move(node));
}

Expr unit_row(int i, const Dim& p) {
  if (p.known()) {
    std::vector<Expr> entries;
    for (int k = 1; k <= p.n; ++k) entries.push_back(number(k == i ? 1 : 0));
    return hcat(std::move(entries));
  }
  Node node;
  node.op = Op::unit_row;
  node.index = {i};
  node.shape = row_shape(p);
  return make(std::move(node));
}

Expr unit_vector(const Expr& i, const Dim& p) {
  return make(Op::unit_vector, {i}, vector_shape(p));
}

Expr log_multivariate_gamma(const Expr& a, const Dim& p) {
  Node node;
  node.op = Op::log_multivariate_gamma;
  node.args = {a};
  node.plate = a->plate;
  node.length = p;
  return make(std::move(node));
}

bool codes_number(const std::string& coding) { return coding.starts_with("number:"); }

Expr coding(std::vector<Expr> parts, std::vector<std::string> codings) {
  Dim columns{0};
  columns.products.emplace_back();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (codes_number(codings[i])) continue;
    columns.products[0].push_back(
        {parts[i]->symbol, parts[i]->text, codings[i] == "full" || codings[i] == "level" ? 0 : 1});
  }
  Node node;
  node.op = Op::coding;
  node.plate = joined(parts);
  node.shape = row_shape(columns);
  node.args = std::move(parts);
  node.labels = std::move(codings);
  return make(std::move(node));
}

Expr ones(const Dim& p) {
  Node node;
  node.op = Op::ones;
  node.shape = vector_shape(p);
  return make(std::move(node));
}

Expr hcat(std::vector<Expr> parts) {
  Dim cols{0};
  for (const Expr& part : parts) {
    assert(part->shape.kind == ShapeKind::scalar || part->shape.kind == ShapeKind::row);
    cols = cols + part->shape.cols;
  }
  return make(Op::hcat, std::move(parts), row_shape(cols));
}

Expr vcat(std::vector<Expr> parts) {
  if (parts.size() == 1 && parts[0]->shape.kind == ShapeKind::vector) return parts[0];
  Dim rows{0};
  bool matrix = false;
  Dim cols;
  for (const Expr& part : parts) {
    if (part->shape.kind == ShapeKind::row || part->shape.kind == ShapeKind::matrix) {
      matrix = true;
      cols = part->shape.cols;
    }
    rows = rows + part->shape.rows;
  }
  return make(Op::vcat, std::move(parts), matrix ? matrix_shape(rows, cols) : vector_shape(rows));
}

Expr diagonal_matrix(const Expr& vector) {
  Node node;
  node.op = Op::diagonal_matrix;
  node.args = {vector};
  node.plate = vector->plate;
  node.shape = matrix_shape(vector->shape.rows, vector->shape.rows);
  node.symmetric = true;
  return make(std::move(node));
}

Expr component(const Expr& e, std::vector<int> index) {
  if (index.size() == 1 && (e->op == Op::vcat || e->op == Op::hcat) &&
      std::all_of(e->args.begin(), e->args.end(),
                  [](const Expr& a) { return a->shape.is_scalar(); })) {
    return e->args[index[0] - 1];
  }
  Node node;
  node.op = Op::component;
  node.args = {e};
  node.plate = e->plate;
  node.index = std::move(index);
  return make(std::move(node));
}

Expr level(const Expr& e, std::vector<std::string> labels) {
  Node node;
  node.op = Op::level;
  node.args = {e};
  node.shape = e->shape;
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

Expr triangle(std::vector<Expr> columns, const Expr& weight, const Plate& over, const Plate& to) {
  Dim k{0};
  for (const Expr& c : columns) k = k + c->shape.cols;
  columns.push_back(weight);
  Node node;
  node.op = Op::triangle;
  node.args = std::move(columns);
  node.shape = matrix_shape(k, k);
  node.over = over;
  node.plate = to;
  return make(std::move(node));
}

Expr flatten_rows(std::vector<Expr> parts) {
  Dim once{0};
  for (const Expr& part : parts) once = once + part->shape.cols;
  Dim all{0};
  for (int i = 0; i < parts.front()->shape.rows.n; ++i) all = all + once;
  return make(Op::flatten_rows, std::move(parts), row_shape(all));
}

Expr contract(const Expr& S, const Expr& M, const Shape& shape) {
  return make(Op::contract, {S, M}, shape);
}

Expr scatter(const Expr& triangle, const Expr& v, int p) {
  Expr e = make(Op::scatter, {triangle, v}, matrix_shape({p}, {p}));
  Node node = *e;
  node.symmetric = true;
  return std::make_shared<const Node>(std::move(node));
}

Expr distance(const Expr& triangle, const Expr& v) {
  return make(Op::distance, {triangle, v}, scalar_shape());
}

Expr filled(const Expr& vector) { return make(Op::filled, {vector}, vector->shape); }

namespace {

/// The scalar factors of a matrix, and what is left.
std::pair<std::vector<Expr>, Expr> scalars_apart(const Expr& V) {
  if (V->op != Op::multiply) return {{}, V};
  std::vector<Expr> scalars, chain;
  for (const Expr& f : V->args) (f->shape.is_scalar() ? scalars : chain).push_back(f);
  return {scalars, multiply(chain)};
}

}  // namespace

Expr observed_inverse(const Expr& V, const Expr& observed) {
  auto [scalars, M] = scalars_apart(V);
  std::vector<Expr> factors;
  for (const Expr& s : scalars) factors.push_back(power(s, -1));
  Node node = *make(Op::observed_inverse, {M, observed}, M->shape);
  node.symmetric = true;
  factors.push_back(M->op == Op::identity ? diagonal_matrix(observed)
                                          : std::make_shared<const Node>(std::move(node)));
  return multiply(std::move(factors));
}

Expr completed(const Expr& S, const Expr& n, const Expr& V, const Expr& observed) {
  Node node = *make(Op::completed, {S, n, V, observed}, V->shape);
  node.symmetric = true;
  return std::make_shared<const Node>(std::move(node));
}

Expr observed_log_determinant(const Expr& V, const Expr& observed) {
  auto [scalars, M] = scalars_apart(V);
  std::vector<Expr> terms;
  for (const Expr& s : scalars)
    terms.push_back(multiply({apply(Op::sum_components, {observed}),
                              apply(Op::log, {s->positive ? s : apply(Op::abs, {s})})}));
  if (M->op != Op::identity)
    terms.push_back(make(Op::observed_log_determinant, {M, observed}, scalar_shape()));
  return terms.empty() ? number(0) : add(std::move(terms));
}

Expr on_rows(const Expr& e, const Plate& rows) {
  return rewrite(e, [&](const Expr& part) -> Expr {
    if (part->op == Op::symbol && part->plate.rows) {
      Node node = *part;
      node.plate = rows;
      return std::make_shared<const Node>(std::move(node));
    }
    // Aggregates run over all rows, whichever rows read them.
    return !(part->over == Plate{}) && !part->plate.rows ? part : nullptr;
  });
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
      const bool own_plate = e->op == Op::level || e->op == Op::collapse || !(e->over == Plate{}) ||
                             e->op == Op::least_squares || e->op == Op::triangle;
      node.args = std::move(args);
      if (!own_plate) node.plate = joined(node.args);
      return make(std::move(node));
    }
  }
}

}  // namespace lmmdsl
