// Tokens of a statement -> tree of the grammar's rules. The only interface to the parser library,
// which stays in tree.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lmmdsl {

enum class SyntaxKind {
  none,
  // leaves: one token
  name,
  number,
  string,
  sign,
  superscript,
  transpose,
  operator_sign,
  not_word,
  // expressions
  call,            ///< name, then the arguments
  arguments,       ///< of a call, if there are any, or none
  named_argument,  ///< name, expression
  formula,         ///< two expressions
  by,              ///< names
  identity,        ///< at most one expression
  parentheses,     ///< one expression
  bracket,         ///< rows
  row,             ///< expressions
  postfix,         ///< primary, then index, field, transpose, superscript
  index,           ///< expressions
  field,           ///< name
  power,           ///< operands, from left to right; all but the first may be `sign_chain`
  sign_chain,      ///< signs, then the operand
  not_chain,       ///< not_words, then the operand
  chain,           ///< operand, operator_sign, operand, ...
  // statements
  data,
  bound,
  header,
  param,
  plate,
  sizes,
  latent,
  title,
  relation,
  over,
  root
};

/// The kind of node that a rule of the grammar becomes; none for most (see tree.cc).
template <class Rule>
inline constexpr SyntaxKind kind_of = SyntaxKind::none;

/// The tokens [begin, end) matched by a rule.
struct SyntaxNode {
  SyntaxKind kind = SyntaxKind::root;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::vector<std::unique_ptr<SyntaxNode>> children;

  // What the parser library asks of a node while it builds the tree.
  template <class Rule, class Input, class... States>
  void start(const Input& in, States&&...) {
    kind = kind_of<Rule>;
    begin = static_cast<std::uint32_t>(in.byte());
  }
  template <class Rule, class Input, class... States>
  void success(const Input& in, States&&...) {
    end = static_cast<std::uint32_t>(in.byte());
  }
  template <class Rule, class Input, class... States>
  void failure(const Input&, States&&...) {}
  template <class... States>
  void emplace_back(std::unique_ptr<SyntaxNode> child, States&&...) {
    children.push_back(std::move(child));
  }
};

/// Where the grammar could not go on, and what it expected there.
struct SyntaxError {
  std::uint32_t token = 0;
  std::string expected;
  bool too_deep = false;
};

/// The root, with the one child that was asked for; or the error.
struct SyntaxTree {
  std::unique_ptr<SyntaxNode> root;
  SyntaxError error;
};

/// `kinds`: the kinds of the tokens of one statement.
SyntaxTree statement_tree(std::string_view kinds);
SyntaxTree expression_tree(std::string_view kinds);

}  // namespace lmmdsl
