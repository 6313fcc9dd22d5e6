// Comparisons of numbers, of labels, and logic: 0 or 1.

#include <fmt/format.h>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"
#include "compiler/model/categories.h"

namespace lmmdsl::resolution {

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
      id >= 0 && (s_[id].factor() || (s_[id].data && s_[id].data->type == ColumnType::binary));
  if (!labels || (e.op != BinaryOp::equal && e.op != BinaryOp::not_equal)) {
    if (factor.kind == AstKind::name && id < 0) return {};
    s_.error(e.span, "a label is compared, with `==` or `!=`, with a factor or a `binary` column",
             labels ? "labels have no order here"
                    : fmt::format("{} is neither", s_.text_of(factor.span)));
    return {};
  }
  if (s_[id].latent) {
    bool known = false;
    for (int level = 1; level <= s_[id].levels; ++level)
      known = known || label.text == std::to_string(level);
    if (!known) {
      say_latent(s_, s_[id], label.span,
                 fmt::format("{} has no level {}", quoted(s_[id].spelling), quoted(label.text)),
                 fmt::format("its levels are \"1\" to \"{}\"", s_[id].levels));
      return {};
    }
  }
  Value v;
  const bool own = context_.plate.latent && context_.plate.factors.front() == id;
  v.e = label_equal(own ? symbol(id, s_[id].name, scalar_shape(), context_.plate, false, false)
                        : reference(s_.model, id),
                    label.text);
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

}  // namespace lmmdsl::resolution
