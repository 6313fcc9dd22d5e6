// The part of build.h that makes expressions.
#pragma once

#include <string>

#include "grammar/build.h"

namespace lmmdsl {

/// Makes the expressions of one statement. `failed()` is true once something has been reported.
class ExpressionBuilder {
 public:
  ExpressionBuilder(const StatementTokens& tokens, const ParseLimits& limits,
                    Diagnostics& diagnostics)
      : tokens_(tokens), limits_(limits), diagnostics_(diagnostics) {}

  AstExpr expression(const Node& node) { return tall(node).expr; }
  AstName name(const Node& leaf) const;
  std::vector<AstName> names(const Node& parent, std::size_t first = 0) const;
  bool failed() const { return failed_; }
  Diagnostic& error(Span span, std::string message);
  Span span(const Node& node) const { return tokens_.span(node.begin, node.end); }

 private:
  /// An expression and the height of its tree, which is bounded: every walk over it recurses.
  struct Tall {
    AstExpr expr;
    int height = 1;
  };

  Tall tall(const Node& node);
  Tall leaf(const Node& node, AstKind kind) const;
  Tall over(AstKind kind, Span span, Span head, Tall child);
  Tall binary(BinaryOp op, Span span, Span head, Tall left, Tall right);
  Tall chain(const Node& node);
  Tall signs(const Node& node, AstKind kind);
  Tall power(const Node& node);
  Tall postfix(const Node& node);
  Tall superscript(const Node& suffix, Span whole, Tall base);
  Tall call(const Node& node);
  Tall bracket(const Node& node);
  void add_argument(const Node& node, Tall& call);
  void add_child(Tall& parent, const Node& node);
  void check_height(const Tall& tree, Span where);

  const StatementTokens& tokens_;
  const ParseLimits& limits_;
  Diagnostics& diagnostics_;
  bool failed_ = false;
};

}  // namespace lmmdsl
