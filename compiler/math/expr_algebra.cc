// Sums, products, powers, inverses and transposes, each brought to one form when it is made.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "compiler/math/node.h"

namespace lmmdsl {

namespace {

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

/// The factors of factors. A product that is a scalar (row times vector) stays one factor among
/// others; only its scalar factors mix with theirs.
std::vector<Expr> flattened(const std::vector<Expr>& factors) {
  std::vector<Expr> flat;
  for (const Expr& f : factors) {
    if (f->op != Op::multiply) {
      flat.push_back(f);
      continue;
    }
    std::vector<Expr> chain;
    for (const Expr& a : f->args) {
      (f->shape.is_scalar() && !a->shape.is_scalar() ? chain : flat).push_back(a);
    }
    if (!chain.empty()) flat.push_back(product(std::move(chain)));
  }
  return flat;
}

/// The scalar factors of a product: a number, and powers by their bases.
struct ScalarFactors {
  double coefficient = 1;
  std::vector<std::pair<Expr, double>> powers;

  void take(const Expr& f) {
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
  }

  /// If one of them is a scalar product of matrices: its factors, which it no longer holds.
  std::vector<Expr> without_product() {
    const auto one = [](const auto& p) {
      return p.second == 1 && p.first->op == Op::multiply &&
             !p.first->args.front()->shape.is_scalar();
    };
    if (std::count_if(powers.begin(), powers.end(), one) != 1) return {};
    const auto found = std::find_if(powers.begin(), powers.end(), one);
    std::vector<Expr> chain = found->first->args;
    powers.erase(found);
    return chain;
  }

  std::vector<Expr> factors() const {
    std::vector<Expr> list;
    if (coefficient != 1) list.push_back(number(coefficient));
    for (const auto& [base, exponent] : powers) {
      if (exponent == 0) continue;
      list.push_back(exponent == 1 ? base : power(base, exponent));
    }
    return list;
  }
};

/// The shape of a chain, read from the left. Where it closes to a scalar (row times vector) and
/// goes on, what has closed is a scalar factor of the rest.
Shape close_chain(std::vector<Expr>& chain, ScalarFactors& scalars) {
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
  if (closed.size() == 1 && open.empty()) return scalar_shape();
  for (auto& c : closed) scalars.take(product(std::move(c)));
  chain = std::move(open);
  return chain.empty() ? scalar_shape() : shape;
}

bool inverse_of_each_other(const Expr& a, const Expr& b) {
  return (a->op == Op::inverse && same(a->args[0], b)) ||
         (b->op == Op::inverse && same(b->args[0], a));
}

/// Neighbours that cancel: identities, and a matrix beside its inverse.
void cancel_neighbours(std::vector<Expr>& chain) {
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
}

/// A' A, A' S A with S symmetric, or a single symmetric matrix.
bool symmetric_chain(const std::vector<Expr>& chain) {
  for (std::size_t i = 0, j = chain.size(); i < j; ++i) {
    --j;
    const bool mirrored = i == j ? chain[i]->symmetric : same(chain[j], transpose(chain[i]));
    if (!mirrored) return false;
  }
  return true;
}

}  // namespace

Expr multiply(std::vector<Expr> factors) {
  ScalarFactors scalars;
  std::vector<Expr> chain;  // the others, in order
  bool has_zero = false;
  for (const Expr& f : flattened(factors)) {
    if (f->shape.is_scalar()) {
      scalars.take(f);
      continue;
    }
    has_zero |= f->op == Op::zero;
    chain.push_back(f);
  }
  const Shape shape = close_chain(chain, scalars);
  if (has_zero || scalars.coefficient == 0) return shape.is_scalar() ? number(0) : zeros(shape);
  cancel_neighbours(chain);
  // One scalar product of matrices is written out: [2, x', y], not [2, [x', y]].
  if (chain.empty()) chain = scalars.without_product();
  std::vector<Expr> result = scalars.factors();
  const bool positive = scalars.coefficient > 0 && chain.empty() &&
                        std::all_of(result.begin(), result.end(), [](const Expr& f) {
                          return f->op == Op::number || f->positive;
                        });
  result.insert(result.end(), chain.begin(), chain.end());
  if (result.empty()) return number(scalars.coefficient);
  if (result.size() == 1) return result.front();
  if (result.size() == 2 && result[0]->op == Op::number && result[1]->op == Op::add) {
    // A number times a sum is distributed, so that signs cancel in differences.
    std::vector<Expr> terms;
    for (const Expr& t : result[1]->args) terms.push_back(multiply({result[0], t}));
    return add(std::move(terms));
  }
  Node node;
  node.op = Op::multiply;
  node.plate = joined(result);
  node.shape = shape;
  node.positive = positive;
  node.symmetric = square(shape) && symmetric_chain(chain);
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

}  // namespace lmmdsl
