// Sums, products, quotients, powers and transposes.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"
#include "compiler/model/infer.h"

namespace lmmdsl::resolution {

Value Builder::negate(const AstExpr& e) {
  Value v = build(e.children[0]);
  if (v) v.e = lmmdsl::negate(v.e);
  return v;
}

Value Builder::transpose(const AstExpr& e) {
  Value v = build(e.children[0]);
  if (!v || v.bare_identity) return v;
  if (!v.stack.empty()) {
    v.stack_transposed = !v.stack_transposed;
    return v;
  }
  if (v.e->plate.rows && resolution::data_only(s_, v.e)) {
    const std::string text = s_.text_of(e.children[0].span);
    s_.error(e.span, fmt::format("{} is one row for each row of the data", quoted(text)),
             "there is no transpose over the rows of the table",
             fmt::format("X' X of a design is gram({0}); for each level of a factor it is "
                         "gram({0}, by g), or {0}[g]' * {0}[g]",
                         v.shape().is_scalar() ? "X" : text));
    return {};
  }
  v.e = lmmdsl::transpose(v.e);
  return v;
}

Value Builder::sum(const AstExpr& e) {
  Value a = build(e.children[0]);
  Value b = build(e.children[1]);
  if (!a || !b) return {};
  const bool minus = e.op == BinaryOp::subtract;
  if (a.stack != b.stack || a.stack_transposed != b.stack_transposed) {
    unstacked(a.stack.empty() ? b : a);
    return {};
  }
  if (a.bare_identity != b.bare_identity) {
    Value& bare = a.bare_identity ? a : b;
    const Value& other = a.bare_identity ? b : a;
    if (!square(other, "the identity is added to a square matrix")) return {};
    bare.e = with_size(bare, other.shape().rows);
    bare.bare_identity = false;
  }
  const std::string misfit =
      fmt::format("shapes do not match in a {}", minus ? "difference" : "sum");
  if (!same_shape(a, b, e.span, misfit)) {
    Diagnostic& d = s_.error(e.span, misfit, fmt::format("{}, {}", measure(a), measure(b)));
    add_since(d, a);
    add_since(d, b);
    if (a.shape().is_scalar() && is_number(a.e, a.e->number)) d.hint = "";
    if (b.shape().is_scalar() != a.shape().is_scalar()) {
      const Value& wide = a.shape().is_scalar() ? b : a;
      if (wide.shape().kind == ShapeKind::row && wide.e->plate.rows) {
        d.hint =
            fmt::format("a design stands in a product with its coefficients, as in  {} * theta",
                        s_.text_of(wide.text->span));
      }
    }
    return {};
  }
  Value v;
  v.e = minus ? subtract(a.e, b.e) : add({a.e, b.e});
  v.bare_identity = a.bare_identity;
  v.stack = a.stack;
  v.stack_transposed = a.stack_transposed;
  v.names = names_of(s_, a);
  if (v.names.empty()) v.names = names_of(s_, b);
  v.named_like = a.named_like >= 0 ? a.named_like : b.named_like;
  return v;
}

/// left := left * right; false after an error.
bool Builder::multiply_into(Value& left, const Value& right, const AstExpr& whole, Span so_far) {
  Value result;
  result.text = left.text;
  if (left.bare_identity || right.bare_identity) {
    const Value& other = left.bare_identity ? right : left;
    result = other;
    result.text = left.text;
    result.e = multiply({left.e, right.e});
    result.bare_identity = other.bare_identity || other.shape().is_scalar();
    left = result;
    return true;
  }
  if (!left.stack.empty() && !right.stack.empty()) {
    if (!left.stack_transposed || right.stack_transposed || left.stack != right.stack) {
      s_.error(whole.span, "this product of stacks is not available in this version", "",
               "X[g]' * X[g] and X[g]' * y[g] are");
      return false;
    }
    result.e = sum_over(multiply({lmmdsl::transpose(left.e), right.e}), row_plate(),
                        factor_plate(left.stack));
    result.named_like = left.named_like;
    result.names = left.names;
    left = result;
    return true;
  }
  if (!left.stack.empty() || !right.stack.empty()) {
    const Value& stack = left.stack.empty() ? right : left;
    const Value& other = left.stack.empty() ? left : right;
    if (!other.shape().is_scalar() && (&stack == &right || stack.stack_transposed)) {
      unstacked(stack);
      return false;
    }
    result.stack = stack.stack;
    result.stack_transposed = stack.stack_transposed;
  }
  const Shape& a = left.shape();
  const Shape& b = right.shape();
  const Span both{so_far.begin, right.text->span.end};
  const std::string misfit = "shapes do not match in a product";
  if (!a.is_scalar() && !b.is_scalar() &&
      !lengths_agree(s_, {a.cols, b.rows, false, both, misfit, length_phrase(s_, left, true),
                          length_phrase(s_, right, false)})) {
    Diagnostic& d = s_.error(both, misfit, fmt::format("{}, {}", measure(left), measure(right)));
    if (a.kind == ShapeKind::row && left.e->plate.rows && b.kind == ShapeKind::vector &&
        a.cols.known() && b.rows.known()) {
      d.hint = fmt::format("a design with {} column{} fits, or {} coefficients", b.rows.n,
                           b.rows.n == 1 ? "" : "s", a.cols.n);
    } else if (a.kind == ShapeKind::vector && b.kind == ShapeKind::vector) {
      d.hint = fmt::format("the inner product is  {}' * {}", s_.text_of(left.text->span),
                           s_.text_of(right.text->span));
    } else if (a.kind == ShapeKind::vector && b.kind == ShapeKind::row && right.e->plate.rows) {
      d.hint = fmt::format("the design stands first:  {} * {}", s_.text_of(right.text->span),
                           s_.text_of(left.text->span));
    }
    add_since(d, left);
    add_since(d, right);
    return false;
  }
  // A design teaches its coefficients the names of its columns.
  const bool design = a.kind == ShapeKind::row || left.e->op == Op::gather;
  if (design && b.kind == ShapeKind::vector && right.named_like >= 0) {
    naming.push_back({right.named_like, left.named_like, left.names});
  }
  result.e = multiply({left.e, right.e});
  if (a.is_scalar() || b.is_scalar()) {
    const Value& wide = a.is_scalar() ? right : left;
    if (!wide.shape().is_scalar()) result.named_like = wide.named_like, result.names = wide.names;
  }
  left = result;
  return true;
}

Value Builder::product(const AstExpr& e) {
  std::vector<const AstExpr*> factors;
  product_factors(e, factors);
  std::vector<Value> values;
  for (const AstExpr* f : factors) {
    values.push_back(build(*f));
    if (!values.back()) continue;
    // A vector before a design is the usual slip: it would be an outer product in each row.
    const std::size_t n = values.size();
    if (n > 1 && values[n - 2] && values[n - 2].shape().kind == ShapeKind::vector &&
        values[n - 1].shape().kind == ShapeKind::row && values[n - 1].e->plate.rows &&
        values[n - 1].stack.empty()) {
      s_.error(e.span, "the design stands before its coefficients", measure(values[n - 1]),
               fmt::format("write  {} * {}", s_.text_of(values[n - 1].text->span),
                           s_.text_of(values[n - 2].text->span)));
      return {};
    }
  }
  for (const Value& v : values) {
    if (!v) return {};
  }
  // X[g]' * y[g] first, whatever stands before it.
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    if (values[i].stack.empty() || !values[i].stack_transposed || values[i + 1].stack.empty() ||
        values[i + 1].stack_transposed) {
      continue;
    }
    if (!multiply_into(values[i], values[i + 1], e, values[i].text->span)) return {};
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  Value result = values.front();
  for (std::size_t i = 1; i < values.size(); ++i) {
    const Span so_far{e.span.begin, values[i - 1].text->span.end};
    const AstExpr* text = result.text;
    if (i > 1 && !(result.shape().is_scalar())) text = values[i - 1].text;
    result.text = text;
    if (!multiply_into(result, values[i], e, so_far)) return {};
    if (!result.text) result.text = values[i].text;
  }
  return result;
}

Value Builder::quotient(const AstExpr& e) {
  Value a = build(e.children[0]);
  Value b = build(e.children[1]);
  if (!a || !b) return {};
  if (!unstacked(b)) return {};
  if (!scalar(b, "only a scalar can be divided by",
              b.shape().kind == ShapeKind::matrix
                  ? fmt::format("the inverse of a matrix is  inv({})", s_.text_of(b.text->span))
                  : "")) {
    return {};
  }
  if (is_number(b.e, 0)) {
    s_.error(b.text->span, "division by zero", "");
    return {};
  }
  a.e = divide(a.e, b.e);
  return a;
}

Value Builder::power(const AstExpr& e) {
  Value base = build(e.children[0]);
  Value exponent = build(e.children[1]);
  if (!base || !exponent || !sized(base) || !sized(exponent)) return {};
  if (base.shape().kind == ShapeKind::matrix && literal(e.children[1]) == -1.0) {
    if (!square(base, "only a square matrix has an inverse")) return {};
    base.e = lmmdsl::inverse(base.e);
    return base;
  }
  if (!scalar(exponent, "an exponent is a scalar")) return {};
  const bool vector = base.shape().kind == ShapeKind::vector || base.shape().kind == ShapeKind::row;
  if (!scalar(base, "only a scalar can be raised to a power",
              vector ? "write the powers out, as in  [x, x^2]"
                     : "the product of a matrix with itself is  A * A, its inverse  inv(A)")) {
    return {};
  }
  if (is_number(base.e, 0) && exponent.e->op == Op::number && exponent.e->number < 0) {
    s_.error(e.span, "division by zero", "");
    return {};
  }
  Value v;
  v.e = lmmdsl::power(base.e, exponent.e);
  v.stack = base.stack;
  v.stack_transposed = base.stack_transposed;
  return v;
}

}  // namespace lmmdsl::resolution
