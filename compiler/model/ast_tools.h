// Small questions about trees of the text.
#pragma once

#include <optional>
#include <string>

#include "compiler/model/scope.h"
#include "grammar/ast.h"

namespace lmmdsl::resolution {

/// Calls f for each name in the expression, those of indices included.
template <class F>
void each_name(const AstExpr& e, const F& f) {
  if (e.kind == AstKind::name) f(e);
  for (const AstExpr& child : e.children) each_name(child, f);
}

inline bool is_binary(const AstExpr& e, BinaryOp op) {
  return e.kind == AstKind::binary && e.op == op;
}
inline bool is_call(const AstExpr& e, const char* name) {
  return e.kind == AstKind::call && e.text == name;
}

/// 3, -3; nothing for other expressions.
std::optional<double> literal(const AstExpr& e);
/// A literal whole number of at least `least`.
std::optional<int> literal_int(const AstExpr& e, int least);

/// A left-hand side that puts a prior on a name: name, name[f], and those squared, inverted,
/// logged.
struct Quantity {
  const AstExpr* name = nullptr;
  const AstExpr* index = nullptr;  ///< the index expression around the name, if any
  Transform transform = Transform::none;
};
std::optional<Quantity> quantity(const AstExpr& lhs);

/// The expression as names of components show it: canonical names, one style of blanks.
std::string source_text(const AstExpr& e);

}  // namespace lmmdsl::resolution
