#include "compiler/model/build.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/ast_tools.h"
#include "compiler/model/categories.h"

namespace lmmdsl::resolution {

Value Builder::build(const AstExpr& e) {
  Value v = dispatch(e);
  if (v.e) {
    v.e = at(v.e, e.span);
    v.text = &e;
  }
  return v;
}

Value Builder::build_complete(const AstExpr& e) {
  Value v = build(e);
  if (!v || !sized(v) || !unstacked(v)) return {};
  return v;
}

Value Builder::build_unstacked(const AstExpr& e) {
  Value v = build(e);
  return v && unstacked(v) ? v : Value{};
}

Value Builder::build_free(const AstExpr& e) {
  Context context = context_;
  context.free = true;
  Builder inner(s_, std::move(context));
  Value v = inner.build_complete(e);
  naming.insert(naming.end(), inner.naming.begin(), inner.naming.end());
  return v;
}

Value Builder::dispatch(const AstExpr& e) {
  switch (e.kind) {
    case AstKind::number:
      return {number(e.number)};
    case AstKind::string:
      s_.error(e.span, "a label stands only in an index or beside `==` or `!=`", "",
               "as in  beta[\"A\"]  or  (treatment == \"A\")");
      return {};
    case AstKind::name:
      return name(e);
    case AstKind::identity:
      return identity(e);
    case AstKind::negate:
      return negate(e);
    case AstKind::logical_not:
      return logic(e);
    case AstKind::transpose:
      return transpose(e);
    case AstKind::binary:
      switch (e.op) {
        case BinaryOp::add:
        case BinaryOp::subtract:
          return sum(e);
        case BinaryOp::multiply:
          return product(e);
        case BinaryOp::divide:
          return quotient(e);
        case BinaryOp::power:
          return power(e);
        case BinaryOp::logical_and:
        case BinaryOp::logical_or:
          return logic(e);
        default:
          return comparison(e);
      }
    case AstKind::index:
      return index(e);
    case AstKind::field:
      return field(e, nullptr);
    case AstKind::call:
      return call(e);
    case AstKind::formula:
      return {};  // reported with the uses
    case AstKind::bracket:
      return bracket(e);
  }
  return {};
}

Expr Builder::reference_to(SymbolId id) const {
  const Symbol& symbol = s_.model[id];
  if (context_.in_density && symbol.role == Role::derived && symbol.definition) {
    return symbol.definition;
  }
  return reference(s_.model, id);
}

Value Builder::name(const AstExpr& e) {
  const SymbolId id = s_.find(e.text);
  if (id < 0 || s_[id].in_error) return {};
  const Name& n = s_[id];
  if (n.latent) {
    say_latent(s_, n, e.span, fmt::format("{} is a factor, not a number", quoted(n.spelling)),
               fmt::format("index a parameter with it, as in  a[{0}];  in a derived quantity, "
                           "({0} == \"1\") is 0 or 1",
                           n.spelling));
    return {};
  }
  if (n.factor()) {
    s_.error(
        e.span, fmt::format("{} is a factor, not a number", quoted(n.spelling)),
        "its values are labels",
        fmt::format("index a parameter with it, as in  a[{0}];  one level as 0 or 1 is  ({0} == "
                    "\"label\");  its columns in a design are  [1, {0}];  for a column of numbers "
                    "declare  data {0}_value : real from "
                    "\"{1}\"",
                    n.spelling, s_.model[id].header));
    return {};
  }
  if (n.role == Role::fit) {
    s_.error(e.span, fmt::format("{} is a fit, not a number", quoted(n.spelling)),
             "it has the fields coef, rss, n, df, sigma2",
             fmt::format("as in  {}.coef", n.spelling));
    return {};
  }
  if (!n.plate.factors.empty() && !context_.free) {
    s_.error(e.span, fmt::format("{} needs its index", quoted(n.spelling)),
             fmt::format("there is one for {}", s_.describe(n.plate)),
             fmt::format("write {}", s_.indexed(id)));
    return {};
  }
  Value v;
  v.e = reference_to(id);
  v.named_like = id;
  if (n.plate.rows) {
    if (!context_.free && context_.stacked.size() > 0) {
      std::string index;
      for (SymbolId f : context_.stacked) index += (index.empty() ? "" : ", ") + s_[f].spelling;
      s_.error(
          e.span,
          fmt::format("{} stands without its index in a stacked statement", quoted(n.spelling)),
          "the left-hand side is the stack of each level's rows",
          fmt::format("write {}[{}], or leave the index of the left-hand side out, which then "
                      "stands for each row",
                      n.spelling, index));
      return {};
    }
    return adopt(e, v);
  }
  return v;
}

/// A value on the row plate, made to fit the statement: collapsed to its factor plate.
Value Builder::adopt(const AstExpr& e, Value v) {
  if (!v || context_.free || !v.e->plate.rows || context_.plate.rows) return v;
  const std::string text = s_.text_of(e.span);
  if (context_.plate.once()) {
    // A misspelt response is a parameter with a prior that holds once.
    std::vector<std::string> columns;
    for (const Name& n : s_.names) {
      if (n.role == Role::column && !n.factor()) columns.push_back(n.name);
    }
    const SymbolId target = s_.find(context_.subject);
    const bool unused = target >= 0 && s_[target].role == Role::parameter && !s_[target].used;
    const std::string near = unused ? nearest(context_.subject, columns) : "";
    s_.error(e.span, fmt::format("{} has a value for each row", quoted(text)),
             fmt::format("{} holds once", context_.subject),
             !near.empty() ? fmt::format("did you mean the column {} on the left?",
                                         quoted(s_[s_.find(near)].spelling))
             : v.e->op == Op::coding
                 ? fmt::format("an unknown for each level has an index, as in  {}[g] ~ ...",
                               context_.subject)
             : unused
                 ? fmt::format("if {0} is a column, declare it: data {0} : real", context_.subject)
                 : fmt::format("aggregate it, as in  mean({})", text));
    return {};
  }
  if (!resolution::data_only(s_, v.e)) {
    s_.error(e.span, fmt::format("{} has a value for each row", quoted(text)),
             fmt::format("{} has one for {}", context_.subject, s_.describe(context_.plate)),
             "aggregate it over the rows of each level, with `by`");
    return {};
  }
  v.e = collapse(v.e, context_.plate);
  return v;
}

/// Whether a quantity on a factor plate may stand in this statement; reports if not. Which factor
/// is nested in which is known only when data are bound, so any factor fits a factor plate.
bool Builder::fits_plate(const AstExpr& e, const Plate& plate) {
  if (plate.latent && !context_.free && !context_.plate.rows && !context_.plate.once() &&
      !(context_.plate == plate)) {
    const Name& factor = s_[plate.factors.front()];
    say_latent(s_, factor, e.span,
               fmt::format("{} has a value for {}", quoted(s_.text_of(e.span)), s_.describe(plate)),
               fmt::format("each row has a level of {}; {} has a value for {}", factor.spelling,
                           context_.subject, s_.describe(context_.plate)));
    return false;
  }
  if (context_.free || plate.factors.empty() || !context_.plate.once()) return true;
  std::string factors;
  for (SymbolId f : plate.factors) factors += (factors.empty() ? "" : ", ") + s_[f].spelling;
  const bool indexable = context_.subject.find_first_of("^(/ ") == std::string::npos;
  s_.error(e.span,
           fmt::format("{} has a value for {}", quoted(s_.text_of(e.span)), s_.describe(plate)),
           fmt::format("{} holds once", context_.subject),
           indexable ? fmt::format("write {}[{}] on the left, or aggregate, as in  mean({})",
                                   context_.subject, factors, s_.text_of(e.span))
                     : fmt::format("aggregate it, as in  mean({})", s_.text_of(e.span)));
  return false;
}

Value Builder::identity(const AstExpr& e) {
  Value v;
  if (e.children.empty()) {
    v.e = number(1);
    v.bare_identity = true;
    return v;
  }
  const std::optional<int> p = literal_int(e.children[0], 1);
  if (!p) {
    s_.error(e.children[0].span, "the size of an identity is a whole number of at least 1", "",
             "as in  I(3)");
    return {};
  }
  v.e = identity_matrix({*p});
  return v;
}

}  // namespace lmmdsl::resolution
