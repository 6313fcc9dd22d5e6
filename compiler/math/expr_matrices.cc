// Constant matrices, matrices put together of parts and taken apart, and operations on triangles
// and on matrices of which parts are observed.
#include <algorithm>
#include <cassert>

#include "compiler/math/node.h"

namespace lmmdsl {

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

}  // namespace lmmdsl
