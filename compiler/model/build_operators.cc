// Sums, products, quotients, powers, comparisons and brackets.

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
  if (!(a.shape() == b.shape())) {
    Diagnostic& d =
        s_.error(e.span, fmt::format("shapes do not match in a {}", minus ? "difference" : "sum"),
                 fmt::format("{}, {}", measure(a), measure(b)));
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
  if (!a.is_scalar() && !b.is_scalar() && !(a.cols == b.rows)) {
    Diagnostic& d =
        s_.error({so_far.begin, right.text->span.end}, "shapes do not match in a product",
                 fmt::format("{}, {}", measure(left), measure(right)));
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
  if (a.kind == ShapeKind::row && b.kind == ShapeKind::vector && right.named_like >= 0) {
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

Value Builder::comparison(const AstExpr& e) {
  const AstExpr& a = e.children[0];
  const AstExpr& b = e.children[1];
  if (b.kind == AstKind::string) return label_comparison(e, a, b);
  if (a.kind == AstKind::string) return label_comparison(e, b, a);
  for (const auto& [factor, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    const SymbolId id = factor->kind == AstKind::name ? s_.find(factor->text) : -1;
    if (id < 0 || !s_[id].factor() || !literal(*other)) continue;
    s_.error(e.span,
             fmt::format("the factor {} is compared with a number", quoted(s_[id].spelling)),
             "labels are text, also when they look like numbers",
             fmt::format("put the label in quotes: {} {} \"{}\"", s_[id].spelling, symbol(e.op),
                         s_.text_of(other->span)));
    return {};
  }
  Value left = build_complete(a);
  Value right = build_complete(b);
  if (!scalar(left, "only scalars are compared", "compare components, as in  theta[1] > 0") ||
      !scalar(right, "only scalars are compared", "compare components, as in  theta[1] > 0")) {
    return {};
  }
  Op op = Op::less;
  switch (e.op) {
    case BinaryOp::less:
      op = Op::less;
      break;
    case BinaryOp::less_equal:
      op = Op::less_equal;
      break;
    case BinaryOp::greater:
      op = Op::greater;
      break;
    case BinaryOp::greater_equal:
      op = Op::greater_equal;
      break;
    case BinaryOp::equal:
      op = Op::equal;
      break;
    default:
      op = Op::not_equal;
  }
  return {apply(op, {left.e, right.e})};
}

Value Builder::label_comparison(const AstExpr& e, const AstExpr& factor, const AstExpr& label) {
  const SymbolId id = factor.kind == AstKind::name ? s_.find(factor.text) : -1;
  if (id >= 0 && s_[id].in_error) return {};
  const bool labels =
      id >= 0 && s_[id].data && (s_[id].factor() || s_[id].data->type == ColumnType::binary);
  if (!labels || (e.op != BinaryOp::equal && e.op != BinaryOp::not_equal)) {
    if (factor.kind == AstKind::name && id < 0) return {};
    s_.error(e.span, "a label is compared, with `==` or `!=`, with a factor or a `binary` column",
             labels ? "labels have no order here"
                    : fmt::format("{} is neither", s_.text_of(factor.span)));
    return {};
  }
  Value v;
  v.e = label_equal(reference(s_.model, id), label.text);
  if (e.op == BinaryOp::not_equal) v.e = apply(Op::logical_not, {v.e});
  return adopt(e, v);
}

Value Builder::logic(const AstExpr& e) {
  std::vector<Expr> args;
  for (const AstExpr& child : e.children) {
    Value v = build_complete(child);
    if (!scalar(v, "`and`, `or` and `not` are for scalars")) return {};
    args.push_back(v.e);
  }
  const Op op = e.kind == AstKind::logical_not  ? Op::logical_not
                : e.op == BinaryOp::logical_and ? Op::logical_and
                                                : Op::logical_or;
  return {apply(op, std::move(args))};
}

Value Builder::bracket(const AstExpr& e) {
  if (e.children.empty()) {
    s_.error(e.span, "an empty bracket", "");
    return {};
  }
  std::vector<Value> values;
  bool good = true;
  for (const AstExpr& child : e.children) {
    std::vector<const AstExpr*> factors;
    product_factors(child, factors);
    const auto factor = std::find_if(factors.begin(), factors.end(), [&](const AstExpr* f) {
      const SymbolId id = f->kind == AstKind::name ? s_.find(f->text) : -1;
      return id >= 0 && s_[id].factor();
    });
    if (factor != factors.end()) {
      s_.not_yet(child.span, "a factor in a design is",
                 fmt::format("write a term  a[{0}]  with its prior, or columns of 0 and 1, as in  "
                             "({0} == \"label\")",
                             (*factor)->spelling));
      good = false;
      continue;
    }
    values.push_back(build_complete(child));
    good = good && values.back();
  }
  if (!good) return {};
  // Rows of the bracket.
  std::vector<Expr> rows;
  std::size_t i = 0;
  const bool one_row = e.row_lengths.size() <= 1;
  const bool design = std::any_of(values.begin(), values.end(), [&](const Value& v) {
    return v.e->plate.rows || v.e->op == Op::collapse;
  });
  Value result;
  for (std::size_t r = 0; r < e.row_lengths.size(); ++r) {
    std::vector<Expr> entries;
    const std::size_t begin = i;
    for (int c = 0; c < e.row_lengths[r]; ++c, ++i) {
      const Value& v = values[i];
      if (v.shape().kind != ShapeKind::scalar && v.shape().kind != ShapeKind::row) {
        Diagnostic& d =
            s_.error(v.text->span, "a bracket holds scalars and row vectors", measure(v));
        if (v.shape().kind == ShapeKind::vector) {
          d.hint = fmt::format("its transpose is a row vector: {}'", s_.text_of(v.text->span));
        }
        add_since(d, v);
        return {};
      }
      // The columns of a design have names; a vector of numbers has none.
      if (one_row && design) {
        std::vector<std::string> names = names_of(s_, v);
        if (v.shape().is_scalar()) names = {source_text(*v.text)};
        if (v.shape().kind == ShapeKind::row && names.empty()) {
          for (int k = 1; k <= v.shape().cols.n; ++k) {
            names.push_back(fmt::format("{}[{}]", source_text(*v.text), k));
          }
        }
        result.names.insert(result.names.end(), names.begin(), names.end());
      }
      entries.push_back(v.e);
    }
    const bool scalar_row = entries.size() == 1 && entries[0]->shape.is_scalar() && !one_row;
    rows.push_back(scalar_row ? entries[0]
                   : entries.size() == 1 && entries[0]->shape.kind == ShapeKind::row
                       ? entries[0]
                       : hcat(entries));
    if (r > 0 && !(rows[r]->shape == rows[0]->shape)) {
      const Span span{values[begin].text->span.begin, values[i - 1].text->span.end};
      s_.error(span, "the rows of a matrix have the same length",
               fmt::format("{} entries, the first row has {}", describe(rows[r]->shape.cols),
                           describe(rows[0]->shape.cols)));
      return {};
    }
  }
  if (!one_row &&
      std::any_of(rows.begin(), rows.end(), [](const Expr& row) { return row->plate.rows; })) {
    s_.error(e.span, "a design is one row: `;` does not stand in it", "",
             "write its columns with commas, as in  [1, x, x^2]");
    return {};
  }
  result.e = one_row ? rows.front() : vcat(std::move(rows));
  return result;
}

}  // namespace lmmdsl::resolution
