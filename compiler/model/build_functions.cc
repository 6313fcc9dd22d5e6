// Calls: functions of scalars and of matrices. Aggregates are in build_aggregates.cc.

#include <fmt/format.h>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"

namespace lmmdsl::resolution {

Value Builder::call(const AstExpr& e) {
  const Function* f = find_function(e.text);
  const int n = static_cast<int>(e.children.size());
  // Misfits of name and number of arguments were reported with the uses.
  if (!f || n < f->least || (f->most >= 0 && n > f->most)) return {};
  if (!e.by.empty() && !takes_by(*f, e.children.size())) return {};
  switch (f->kind) {
    case FunctionKind::elementwise:
      return elementwise(e, *f);
    case FunctionKind::of_matrix:
      return of_matrix(e, *f);
    case FunctionKind::inverse:
      return inverse(e);
    case FunctionKind::diagonal:
      return diagonal(e);
    case FunctionKind::gram:
      return gram(e);
    case FunctionKind::center:
      return centered(e, false);
    case FunctionKind::standardize:
      return centered(e, true);
    case FunctionKind::poly:
      return polynomial(e);
    case FunctionKind::extreme:
      return n == 2 ? extreme(e, *f) : aggregate(e, *f);
    case FunctionKind::aggregate:
    case FunctionKind::spread:
      return aggregate(e, *f);
    case FunctionKind::fit:
      s_.error(e.span, "a fit is not a number", "it has the fields coef, rss, n, df, sigma2",
               "name it, as in  fit = ols(y ~ X),  and use  fit.coef");
      return {};
    case FunctionKind::coding: {
      const SymbolId g = e.children[0].kind == AstKind::name ? s_.find(e.children[0].text) : -1;
      const bool label = e.children.size() < 2 || e.children[1].kind == AstKind::string;
      if (g < 0 || !s_[g].factor() || !label) return {};  // reported with the uses
      s_.error(e.span, fmt::format("{} is a factor, not a number", quoted(s_.text_of(e.span))),
               "it stands in a design, alone or in a product",
               fmt::format("as in  X = [1, {}]", s_.text_of(e.span)));
      return {};
    }
    case FunctionKind::left:
      return {};
  }
  return {};
}

Value Builder::elementwise(const AstExpr& e, const Function& f) {
  Value v = build_complete(e.children[0]);
  if (!v) return {};
  const bool every_shape =
      f.op == Op::exp || f.op == Op::log || f.op == Op::sqrt || f.op == Op::abs;
  if (every_shape && v.shape().kind == ShapeKind::matrix) {
    Diagnostic& d =
        s_.error(v.text->span, fmt::format("{} is for scalars and components of vectors", f.name),
                 measure(v));
    add_since(d, v);
    return {};
  }
  if (!every_shape && !scalar(v, fmt::format("{} is for scalars", f.name))) return {};
  if (v.e->op == Op::number && v.e->number <= 0 && f.op == Op::log) {
    s_.error(e.span, "the logarithm of a number that is not positive", "");
    return {};
  }
  if (v.e->op == Op::number && v.e->number < 0 && f.op == Op::sqrt) {
    s_.error(e.span, "the square root of a negative number", "");
    return {};
  }
  Value result;
  result.e = apply(f.op, {v.e});
  if (!v.shape().is_scalar()) {
    result.names = wrapped(f.name, names_of(s_, v));
  }
  return result;
}

Value Builder::of_matrix(const AstExpr& e, const Function& f) {
  Value v = build(e.children[0]);
  if (!square(v, fmt::format("{} is for square matrices", f.name))) return {};
  return {apply(f.op, {v.e})};
}

Value Builder::inverse(const AstExpr& e) {
  Value v = build(e.children[0]);
  if (!v) return {};
  if (!v.bare_identity && !v.shape().is_scalar() &&
      !square(v, "only a scalar or a square matrix has an inverse")) {
    return {};
  }
  if (!unstacked(v)) return {};
  if (is_number(v.e, 0)) {
    s_.error(e.span, "division by zero", "");
    return {};
  }
  v.e = lmmdsl::inverse(v.e);
  return v;
}

Value Builder::diagonal(const AstExpr& e) {
  if (e.children.size() == 1) {
    Value v = build_complete(e.children[0]);
    if (!v) return {};
    const Shape& shape = v.shape();
    if (shape.kind == ShapeKind::matrix) {
      if (!square(v, "the diagonal is of a square matrix")) return {};
      v.e = apply(Op::diagonal, {v.e});
    } else if (shape.is_scalar()) {
      v.e = diagonal_matrix(vcat({v.e}));
    } else {
      v.e = diagonal_matrix(shape.kind == ShapeKind::row ? lmmdsl::transpose(v.e) : v.e);
    }
    return v;
  }
  std::vector<Expr> entries;
  bool good = true;
  for (const AstExpr& child : e.children) {
    Value v = build_complete(child);
    if (!scalar(v, "diag takes scalars, or one vector or matrix")) {
      good = false;
      continue;
    }
    entries.push_back(v.e);
  }
  if (!good) return {};
  return {diagonal_matrix(vcat(std::move(entries)))};
}

Value Builder::extreme(const AstExpr& e, const Function& f) {
  Value a = build_complete(e.children[0]);
  Value b = build_complete(e.children[1]);
  if (!a || !b) return {};
  const std::string misfit = fmt::format("shapes do not match in {}", f.name);
  if (!same_shape(a, b, e.span, misfit)) {
    Diagnostic& d = s_.error(e.span, misfit, fmt::format("{}, {}", measure(a), measure(b)));
    add_since(d, a);
    add_since(d, b);
    return {};
  }
  a.e = apply(f.op == Op::min_over ? Op::minimum : Op::maximum, {a.e, b.e});
  return a;
}

Value Builder::polynomial(const AstExpr& e) {
  Value x = build_free(e.children[0]);
  if (!data_only(x, "poly is of data") || !scalar(x, "poly is of a column of numbers")) return {};
  if (!x.e->plate.rows) {
    s_.error(x.text->span, "poly is of a column of numbers",
             fmt::format("{} has no value for each row", s_.text_of(x.text->span)));
    return {};
  }
  const std::optional<int> degree = literal_int(e.children[1], 1);
  if (!degree) {
    s_.error(e.children[1].span, "the degree of poly is a whole number of at least 1", "",
             "as in  poly(x, 2)");
    return {};
  }
  Value v;
  v.e = poly(x.e, *degree);
  for (int k = 1; k <= *degree; ++k) v.names.push_back({fmt::format("{}{}", source_text(e), k)});
  return adopt(e, v);
}

}  // namespace lmmdsl::resolution
