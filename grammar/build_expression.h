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

  AstExpr expression(const SyntaxNode& node) { return tall(node).expr; }
  AstName name(const SyntaxNode& leaf) const;
  std::vector<AstName> names(const SyntaxNode& parent, std::size_t first = 0) const;
  bool failed() const { return failed_; }
  Diagnostic& error(Span span, std::string message);
  Span span(const SyntaxNode& node) const { return tokens_.span(node.begin, node.end); }

 private:
  /// An expression and the height of its tree, which is bounded: every walk over it recurses.
  struct Tall {
    AstExpr expr;
    int height = 1;
  };

  Tall tall(const SyntaxNode& node);
  Tall leaf(const SyntaxNode& node, AstKind kind) const;
  Tall over(AstKind kind, Span span, Span head, Tall child);
  Tall binary(BinaryOp op, Span span, Span head, Tall left, Tall right);
  Tall chain(const SyntaxNode& node);
  Tall signs(const SyntaxNode& node, AstKind kind);
  Tall power(const SyntaxNode& node);
  Tall postfix(const SyntaxNode& node);
  Tall superscript(const SyntaxNode& suffix, Span whole, Tall base);
  Tall call(const SyntaxNode& node);
  Tall bracket(const SyntaxNode& node);
  void add_argument(const SyntaxNode& node, Tall& call);
  void add_child(Tall& parent, const SyntaxNode& node);
  void check_height(const Tall& tree, Span where);

  const StatementTokens& tokens_;
  const ParseLimits& limits_;
  Diagnostics& diagnostics_;
  bool failed_ = false;
};

}  // namespace lmmdsl
