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

/// The same without the names in indices.
template <class F>
void each_name_outside_indices(const AstExpr& e, const F& f) {
  if (e.kind == AstKind::name) f(e);
  const std::size_t most = e.kind == AstKind::index ? 1 : e.children.size();
  for (std::size_t i = 0; i < most; ++i) each_name_outside_indices(e.children[i], f);
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
struct LeftQuantity {
  const AstExpr* name = nullptr;
  const AstExpr* index = nullptr;  ///< the index expression around the name, if any
  Transform transform = Transform::none;
};
std::optional<LeftQuantity> quantity(const AstExpr& lhs);

/// The part of an expression that has the name of a distribution, or null.
const AstExpr* family_within(const AstExpr& e);

/// What is beyond these limits is refused: each stage walks written-out expressions.
constexpr Extent kLargest = {20'000, 1000};
Extent extent(const Scope& scope, const AstExpr& e);

/// The expression as names of components show it: canonical names, one style of blanks.
std::string source_text(const AstExpr& e);

}  // namespace lmmdsl::resolution
