#include "compiler/plan/hoist.h"

#include <algorithm>

#include "compiler/math/sums.h"
#include "compiler/plan/linear_forms.h"

namespace lmmdsl {

namespace {

class Hoist : LinearForms {
 public:
  explicit Hoist(const Model& model) : LinearForms(model), model_(model) {}

  Expr operator()(const Expr& e) const {
    return rewrite(e, [&](const Expr& part) -> Expr {
      if (part->op != Op::sum_over || is_data(part)) return nullptr;
      if (part->plate.rows) return part;
      if (!part->over.rows) return quadratic_forms(part);
      return row_sum(part->args[0], part->over, part->plate);
    });
  }

 private:
  bool mentions_unknown_rows(const Expr& e) const {
    return std::any_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId s) {
      return model_[s].role == Role::parameter && model_[s].plate.rows;
    });
  }
  /// Levels of an unobserved factor within those of others: cells that no plate has.
  static bool crossed(const Plate& cells) { return cells.latent && cells.factors.size() > 1; }

  /// sum of r' W r with a W that does not differ is trace(W sum of r r'): the sum does not change
  /// with W, and is the one that the conditional of W has. Null for other sums.
  static Expr quadratic_forms(const Expr& e) {
    const Expr& x = e->args[0];
    if (x->op != Op::multiply || x->args.size() != 3 || !x->shape.is_scalar()) return nullptr;
    const Expr &W = x->args[1], &r = x->args[2];
    if (W->shape.kind != ShapeKind::matrix || r->shape.kind != ShapeKind::vector ||
        !same(transpose(r), x->args[0]) || !(join(e->plate, W->plate) == e->plate))
      return nullptr;
    const Expr squares = sum_over(multiply({r, x->args[0]}), e->over, e->plate);
    return apply(Op::trace, {multiply({W, squares})});
  }

  /// Null where the terms cannot be taken apart: the sum then stays on the rows.
  Expr row_sum(const Expr& x, const Plate& over, const Plate& to) const {
    if (is_data(x)) return sum_over(x, over, to);
    if (!on_rows(x)) return by_cells(number(1), {x}, {}, over, to);
    if (x->op == Op::add) return each_term(x->args, over, to);
    // A triangle that is used once costs more than the squares themselves.
    if ((x->op == Op::power || x->op == Op::multiply) && !mentions_unknown_rows(x)) {
      if (Expr squares = squared_residuals(x, over, to)) return squares;
    }
    if (x->op != Op::multiply) return nullptr;
    if (Expr products = cross_products(x, over, to)) return products;
    const std::vector<Expr> terms = expanded(x);
    if (terms.size() > 1) return each_term(terms, over, to);
    if (Expr simple = product(x, over, to)) return simple;
    return weighted_products(x, over, to);
  }

  Expr each_term(const std::vector<Expr>& terms, const Plate& over, const Plate& to) const {
    std::vector<Expr> sums;
    for (const Expr& t : terms) {
      sums.push_back(row_sum(t, over, to));
      if (!sums.back()) return nullptr;
    }
    return add(std::move(sums));
  }

  /// before * (sum over rows of core) * after, the sum taken within cells.
  Expr by_cells(const Expr& core, const std::vector<Expr>& before, const std::vector<Expr>& after,
                const Plate& over, const Plate& to) const {
    Plate cells = to;
    std::vector<Expr> factors = before;
    for (const Expr& f : before) cells = join(cells, f->plate);
    for (const Expr& f : after) cells = join(cells, f->plate);
    if (crossed(cells)) return nullptr;
    factors.push_back(sum_over(core, over, cells));
    factors.insert(factors.end(), after.begin(), after.end());
    return simplified_sum(multiply(std::move(factors)), cells, to);
  }

  /// A product: the factors on the rows must stand side by side and mention data only.
  Expr product(const Expr& x, const Plate& over, const Plate& to) const {
    std::vector<Expr> before, core, after, chain;
    std::vector<LinearTerm> products;
    for (const Expr& f : x->args) {
      if (!f->shape.is_scalar()) {
        chain.push_back(f);
      } else if (!on_rows(f)) {
        before.push_back(f);
      } else if (is_data(f)) {
        core.push_back(f);
      } else if (f->op == Op::multiply) {
        // A scalar product such as X * beta[plot]: commutes as a whole, its parts do not.
        const auto linear = linear_term(f);
        if (!linear) return nullptr;
        if (linear->A->shape.is_scalar()) {
          core.push_back(linear->A);
          before.push_back(linear->v);
        } else {
          products.push_back(*linear);
        }
      } else {
        return nullptr;
      }
    }
    // A scalar A v goes to the end of a chain that is a column, X' (A v) = (X' A) v; two of them
    // make v1' (A1' A2) v2.
    if (products.size() == 1 && (chain.empty() || x->shape.kind == ShapeKind::vector)) {
      chain.insert(chain.end(), {products[0].A, products[0].v});
    } else if (products.size() == 2 && chain.empty()) {
      chain = {transpose(products[0].v), transpose(products[0].A), products[1].A, products[1].v};
    } else if (!products.empty()) {
      return nullptr;
    }
    std::size_t first = 0, last = chain.size();
    while (first < last && !on_rows(chain[first])) ++first;
    while (last > first && !on_rows(chain[last - 1])) --last;
    for (std::size_t i = first; i < last; ++i) {
      if (!is_data(chain[i])) return nullptr;
    }
    before.insert(before.end(), chain.begin(), chain.begin() + first);
    core.insert(core.end(), chain.begin() + first, chain.begin() + last);
    after.assign(chain.begin() + last, chain.end());
    return by_cells(core.empty() ? number(1) : multiply(core), before, after, over, to);
  }

  /// A v + A w = A (v + w): an intercept and the effects of two factors are one column of ones.
  static std::vector<LinearTerm> one_for_each_column(const std::vector<LinearTerm>& terms) {
    std::vector<LinearTerm> merged;
    for (const LinearTerm& t : terms) {
      const auto twin = std::find_if(merged.begin(), merged.end(),
                                     [&](const LinearTerm& m) { return same(m.A, t.A); });
      if (twin != merged.end()) twin->v = add({twin->v, t.v});
      else merged.push_back(t);
    }
    return merged;
  }

  /// s w r^2 with r linear in parameters, w data on the rows, s free of rows.
  Expr squared_residuals(const Expr& x, const Plate& over, const Plate& to) const {
    std::vector<Expr> scale, weight;
    Expr r;
    const std::vector<Expr> factors = x->op == Op::multiply ? x->args : std::vector<Expr>{x};
    for (const Expr& f : factors) {
      if (!f->shape.is_scalar()) return nullptr;
      if (!on_rows(f)) {
        scale.push_back(f);
      } else if (is_data(f)) {
        weight.push_back(f);
      } else if (!r && f->op == Op::power && is_number(f->args[1], 2)) {
        r = f->args[0];
      } else {
        return nullptr;
      }
    }
    if (!r) return nullptr;
    std::vector<LinearTerm> terms;
    std::vector<Expr> known;
    for (const Expr& t : expanded(r)) {
      if (is_data(t)) {
        known.push_back(t);
        continue;
      }
      const auto found = linear_term(t);
      if (!found) return nullptr;
      const auto twin = std::find_if(terms.begin(), terms.end(),
                                     [&](const LinearTerm& l) { return same(l.v, found->v); });
      if (twin != terms.end()) {
        twin->A = add({twin->A, found->A});
      } else {
        terms.push_back(*found);
      }
    }
    terms = one_for_each_column(terms);
    Plate cells = to;
    std::vector<Expr> columns, values;
    for (const LinearTerm& l : terms) {
      columns.push_back(l.A);
      values.push_back(l.v);
      cells = join(cells, l.v->plate);
    }
    for (const Expr& s : scale) cells = join(cells, s->plate);
    columns.push_back(known.empty() ? number(0) : add(std::move(known)));
    const Expr rows =
        triangle(std::move(columns), weight.empty() ? number(1) : multiply(weight), over, cells);
    scale.push_back(distance(rows, vcat(std::move(values))));
    return simplified_sum(multiply(std::move(scale)), cells, to);
  }

  /// L M R with L, R data on the rows and M a matrix of parameters free of them: one statistic for
  /// each entry of M.
  Expr weighted_products(const Expr& x, const Plate& over, const Plate& to) const {
    std::vector<Expr> before, weight, left, right, after;
    Expr middle;
    for (const Expr& f : x->args) {
      if (f->shape.is_scalar()) {
        if (on_rows(f) && !is_data(f)) return nullptr;
        (on_rows(f) ? weight : before).push_back(f);
      } else if (!on_rows(f) && !is_data(f) && f->shape.kind == ShapeKind::matrix && !middle &&
                 !left.empty()) {
        middle = f;
      } else if (is_data(f)) {
        (middle ? right : left).push_back(f);
      } else {
        after.push_back(f);
      }
    }
    if (!middle || right.empty()) return nullptr;
    for (const Expr& f : after) {
      if (on_rows(f)) return nullptr;
    }
    const Expr L = multiply(left), R = multiply(right);
    if (L->shape.kind == ShapeKind::row || !middle->shape.rows.known()) return nullptr;
    const Expr tall = transpose(flatten_rows({transpose(L)}));
    std::vector<Expr> core = weight;
    core.push_back(tall);
    core.push_back(flatten_rows({R}));
    Plate cells = join(to, middle->plate);
    for (const Expr& f : before) cells = join(cells, f->plate);
    for (const Expr& f : after) cells = join(cells, f->plate);
    if (crossed(cells)) return nullptr;
    const Expr S = sum_over(multiply(std::move(core)), over, cells);
    const Shape shape = R->shape.kind == ShapeKind::vector
                            ? vector_shape(L->shape.rows)
                            : matrix_shape(L->shape.rows, R->shape.cols);
    std::vector<Expr> factors = before;
    factors.push_back(contract(S, middle, shape));
    factors.insert(factors.end(), after.begin(), after.end());
    return simplified_sum(multiply(std::move(factors)), cells, to);
  }

  /// s w r r' with r a vector, linear in parameters: cross-products of residuals.
  Expr cross_products(const Expr& x, const Plate& over, const Plate& to) const {
    std::vector<Expr> scale, weight, chain;
    for (const Expr& f : x->args) {
      if (!f->shape.is_scalar()) {
        chain.push_back(f);
      } else if (!on_rows(f)) {
        scale.push_back(f);
      } else if (is_data(f)) {
        weight.push_back(f);
      } else {
        return nullptr;
      }
    }
    if (chain.size() == 3 && x->shape.is_scalar() && !on_rows(chain[1]) &&
        same(transpose(chain[0]), chain[2])) {
      // r' W r = trace(W r r')
      std::vector<Expr> outer = weight;
      outer.insert(outer.end(), {chain[2], chain[0]});
      const Plate cells = join(to, chain[1]->plate);
      if (cells.latent) return nullptr;
      const Expr sum = cross_products(multiply(std::move(outer)), over, cells);
      if (!sum) return nullptr;
      scale.push_back(apply(Op::trace, {multiply({chain[1], sum})}));
      return simplified_sum(multiply(std::move(scale)), cells, to);
    }
    if (chain.size() != 2 || chain[0]->shape.kind != ShapeKind::vector || is_data(chain[0]) ||
        !chain[0]->shape.rows.known() || !same(transpose(chain[0]), chain[1])) {
      return nullptr;
    }
    const int p = chain[0]->shape.rows.n;
    std::vector<Expr> parts, values, known;
    Plate cells = to;
    for (const Expr& t : expanded(chain[0])) {
      if (is_data(t)) {
        known.push_back(t);
        continue;
      }
      const auto found = vector_term(t, p);
      if (!found) return nullptr;
      parts.push_back(found->A);
      values.push_back(found->v);
      cells = join(cells, found->v->plate);
    }
    for (const Expr& s : scale) cells = join(cells, s->plate);
    // Of rows that change their cells, each sum anew costs less than their triangle.
    if (cells.latent) return nullptr;
    parts.push_back(known.empty() ? zeros(vector_shape({p})) : add(std::move(known)));
    const Expr rows = triangle({flatten_rows(std::move(parts))},
                               weight.empty() ? number(1) : multiply(weight), over, cells);
    scale.push_back(scatter(rows, vcat(std::move(values)), p));
    return simplified_sum(multiply(std::move(scale)), cells, to);
  }

  const Model& model_;
};

}  // namespace

Expr hoist(const Model& model, const Expr& e) { return Hoist(model)(e); }

}  // namespace lmmdsl
