// Functions that run over rows, levels or components: sum, mean, ..., gram, center, standardize.
//
// An aggregate runs over the plate of its argument, rows or levels each once, and stops at the
// plate after `by`. Of a vector that holds once, sum, mean, min and max run over its components.

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"

namespace lmmdsl::resolution {

std::optional<Plate> Builder::by(const AstExpr& e) {
  std::vector<SymbolId> factors;
  for (const AstName& f : e.by) {
    const SymbolId id = s_.find(f.name);
    if (id < 0 || !s_[id].factor()) return std::nullopt;  // reported with the uses
    if (std::find(factors.begin(), factors.end(), id) != factors.end()) {
      s_.error(f.span, fmt::format("{} stands twice after `by`", quoted(f.spelling)), "");
      return std::nullopt;
    }
    factors.push_back(id);
  }
  return factor_plate(std::move(factors));
}

/// sd(Sigma) and cor(Sigma).
Value Builder::of_covariance(const AstExpr& argument, const Function& f) {
  Value v = build_complete(argument);
  if (!square(v, fmt::format("{} of a matrix is for covariances", f.name))) return {};
  if (f.op == Op::sd_over) {
    v.e = apply(Op::sqrt, {apply(Op::diagonal, {v.e})});
  } else {
    v.e = apply(Op::correlation, {v.e});
  }
  return v;
}

std::optional<double> Builder::probability(const AstExpr& e, const Function& f) {
  const std::optional<double> p = literal(e);
  if (p && *p > 0 && *p < 1) return p;
  s_.error(e.span, "a quantile's probability is a number between 0 and 1", "", "usage: " + f.usage);
  return std::nullopt;
}

/// cov and cor: `z` is the second of two scalars, or none.
bool Builder::vector_or_two_scalars(const AstExpr& e, const Function& f, const Value& v,
                                    const Value* z) {
  if (!z) {
    if (!v.shape().is_scalar()) return true;
    s_.error(e.span, fmt::format("{} is of a vector, or of two scalars", f.name), measure(v),
             f.op == Op::cov_over
                 ? fmt::format("the variance is  var({})", s_.text_of(v.text->span))
                 : "usage: " + f.usage);
    return false;
  }
  const std::string two_scalars = fmt::format("{} of two takes two scalars", f.name);
  if (!scalar(v, two_scalars) || !scalar(*z, two_scalars)) return false;
  if (z->e->plate == v.e->plate) return true;
  s_.error(e.span, fmt::format("{} of two takes two columns of one length", f.name),
           fmt::format("one for {}, the other for {}", s_.describe(v.e->plate),
                       s_.describe(z->e->plate)));
  return false;
}

Value Builder::aggregate(const AstExpr& e, const Function& f) {
  const std::optional<Plate> to = by(e);
  const AstExpr& argument = e.children[0];
  Value v;
  if (f.kind == FunctionKind::spread && e.children.size() == 1 && e.by.empty()) {
    // It may be a covariance, which stands in the statement like any expression.
    Context context = context_;
    context.free = true;
    v = Builder(s_, context).build(argument);
    if (v && v.shape().kind == ShapeKind::matrix && !v.bare_identity)
      return of_covariance(argument, f);
    if (v && (!sized(v) || !unstacked(v))) return {};
  } else {
    v = build_free(argument);
  }
  if (!v || !to) return {};
  const Plate over = v.e->plate;
  if (over.once()) return over_components(e, f, v);
  if (v.shape().kind == ShapeKind::matrix && f.op != Op::mean_over && f.op != Op::sum_over) {
    s_.error(v.text->span, fmt::format("{} is not for matrices", f.name), measure(v));
    return {};
  }
  std::vector<Expr> args = {v.e};
  if (f.op == Op::quantile_over) {
    const std::optional<double> p = probability(e.children[1], f);
    if (!p) return {};
    args.push_back(number(*p));
  }
  if (f.op == Op::cov_over || f.op == Op::cor_over) {
    const bool two = e.children.size() == 2;
    const Value z = two ? build_free(e.children[1]) : Value{};
    if (!vector_or_two_scalars(e, f, v, two ? &z : nullptr)) return {};
    if (two) args.push_back(z.e);
  }
  if (*to == over) {
    s_.error(e.span, fmt::format("{} has nothing to run over", e.text),
             fmt::format("{} has one value for {} already", s_.text_of(v.text->span),
                         s_.describe(over)));
    return {};
  }
  if (!fits_plate(e, *to)) return {};
  Value result = v;
  result.e = lmmdsl::aggregate(f.op, std::move(args), over, *to);
  if (f.op == Op::count_over) result.names.clear(), result.named_like = -1;
  return result;
}

Value Builder::over_components(const AstExpr& e, const Function& f, const Value& v) {
  const std::string text = s_.text_of(v.text->span);
  if (v.shape().kind == ShapeKind::vector || v.shape().kind == ShapeKind::row) {
    Op op = Op::number;
    if (f.op == Op::sum_over) op = Op::sum_components;
    if (f.op == Op::mean_over) op = Op::mean_components;
    if (f.op == Op::min_over) op = Op::min_components;
    if (f.op == Op::max_over) op = Op::max_components;
    if (op != Op::number && e.by.empty()) {
      return {apply(op, {v.shape().kind == ShapeKind::row ? lmmdsl::transpose(v.e) : v.e})};
    }
  }
  s_.error(
      e.span, fmt::format("{} has nothing to run over", e.text),
      fmt::format("{} {}", text, v.shape().is_scalar() ? "is one number" : "holds once"),
      v.shape().is_scalar() ? "" : "of a vector that holds once there are sum, mean, min and max");
  return {};
}

Value Builder::gram(const AstExpr& e) {
  const std::optional<Plate> to = by(e);
  Value X = build_free(e.children[0]);
  if (!X || !to) return {};
  if (!X.e->plate.rows || X.shape().kind != ShapeKind::row) {
    s_.error(X.text->span, "gram is of a design", measure(X),
             "a design is a bracket of columns, as in  [1, x]");
    return {};
  }
  if (!data_only(X, "gram is of data") || !fits_plate(e, *to)) return {};
  Value v = X;
  v.e = sum_over(multiply({lmmdsl::transpose(X.e), X.e}), row_plate(), *to);
  return v;
}

/// center(x) is x - mean(x); standardize(x) is (x - mean(x)) / sd(x).
Value Builder::centered(const AstExpr& e, bool scaled) {
  const std::optional<Plate> to = by(e);
  Value x = build_complete(e.children[0]);
  Value all = x ? build_free(e.children[0]) : Value{};
  if (!x || !all || !to) return {};
  if (all.e->plate.once()) {
    s_.error(e.span, fmt::format("{} has nothing to run over", e.text),
             fmt::format("{} holds once", s_.text_of(x.text->span)));
    return {};
  }
  if (x.shape().kind == ShapeKind::matrix) {
    s_.error(e.span, fmt::format("{} is not for matrices", e.text), measure(x));
    return {};
  }
  const AstExpr& argument = e.children[0];
  if (argument.kind == AstKind::bracket || x.shape().kind == ShapeKind::row) {
    // An intercept has no spread, and would become 0.
    const std::vector<ComponentName> names = names_of(s_, x);
    if (std::find(names.begin(), names.end(), ComponentName{"1"}) != names.end()) {
      s_.error(e.span, fmt::format("{} of a design with an intercept", e.text), measure(x),
               fmt::format("leave the 1 out, as in  [1, {}([x, z])]", e.text));
      return {};
    }
  }
  const Plate over = all.e->plate;
  const Expr mean = lmmdsl::aggregate(Op::mean_over, {all.e}, over, *to);
  Value v = x;
  v.e = subtract(x.e, mean);
  v.names = wrapped(e.text, names_of(s_, x));
  v.named_like = -1;
  if (!scaled) return v;
  const Expr sd = lmmdsl::aggregate(Op::sd_over, {all.e}, over, *to);
  if (x.shape().is_scalar()) {
    v.e = divide(v.e, sd);
  } else {
    const bool row = x.shape().kind == ShapeKind::row;
    const Expr scale = lmmdsl::inverse(diagonal_matrix(row ? lmmdsl::transpose(sd) : sd));
    v.e = row ? multiply({v.e, scale}) : multiply({scale, v.e});
  }
  return v;
}

}  // namespace lmmdsl::resolution
