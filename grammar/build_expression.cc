#include "grammar/build_expression.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "grammar/greek.h"
#include "grammar/scan.h"

namespace lmmdsl {

namespace {

BinaryOp binary_op(TokenKind kind) {
  switch (kind) {
    case TokenKind::plus:
      return BinaryOp::add;
    case TokenKind::minus:
      return BinaryOp::subtract;
    case TokenKind::times:
      return BinaryOp::multiply;
    case TokenKind::divide:
      return BinaryOp::divide;
    case TokenKind::less:
      return BinaryOp::less;
    case TokenKind::less_equal:
      return BinaryOp::less_equal;
    case TokenKind::greater:
      return BinaryOp::greater;
    case TokenKind::greater_equal:
      return BinaryOp::greater_equal;
    case TokenKind::equal:
      return BinaryOp::equal;
    case TokenKind::not_equal:
      return BinaryOp::not_equal;
    case TokenKind::logical_and:
      return BinaryOp::logical_and;
    case TokenKind::logical_or:
      return BinaryOp::logical_or;
    default:
      return BinaryOp::power;
  }
}

double value_of(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);  // checked by the scanner
  return value;
}

AstExpr number(std::string text, Span span) {
  AstExpr result;
  result.kind = AstKind::number;
  result.span = result.head = span;
  result.number = value_of(text);
  result.text = std::move(text);
  return result;
}

}  // namespace

Diagnostic& ExpressionBuilder::error(Span span, std::string message) {
  failed_ = true;
  Diagnostic d;
  d.source = tokens_.source;
  d.span = span;
  d.message = std::move(message);
  return diagnostics_.emplace_back(std::move(d));
}

AstName ExpressionBuilder::name(const SyntaxNode& leaf) const {
  const std::string_view text = tokens_.text(leaf.begin);
  return {canonical_name(text), std::string(text), span(leaf)};
}

std::vector<AstName> ExpressionBuilder::names(const SyntaxNode& parent, std::size_t first) const {
  std::vector<AstName> result;
  for (std::size_t i = first; i < parent.children.size(); ++i) {
    result.push_back(name(*parent.children[i]));
  }
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::tall(const SyntaxNode& node) {
  switch (node.kind) {
    case SyntaxKind::number:
      return {number(std::string(tokens_.text(node.begin)), span(node)), 1};
    case SyntaxKind::string:
      return leaf(node, AstKind::string);
    case SyntaxKind::name:
      return leaf(node, AstKind::name);
    case SyntaxKind::identity: {
      Tall result = leaf(node, AstKind::identity);
      result.expr.head = tokens_.tokens[node.begin].span;
      result.expr.text = result.expr.spelling = "I";
      if (!node.children.empty()) add_child(result, *node.children[0]);
      return result;
    }
    case SyntaxKind::parentheses: {
      Tall result = tall(*node.children[0]);
      result.expr.span = span(node);
      return result;
    }
    case SyntaxKind::call:
      return call(node);
    case SyntaxKind::bracket:
      return bracket(node);
    case SyntaxKind::postfix:
      return postfix(node);
    case SyntaxKind::power:
      return power(node);
    case SyntaxKind::sign_chain:
      return signs(node, AstKind::negate);
    case SyntaxKind::not_chain:
      return signs(node, AstKind::logical_not);
    default:
      return chain(node);
  }
}

ExpressionBuilder::Tall ExpressionBuilder::leaf(const SyntaxNode& node, AstKind kind) const {
  Tall result;
  result.expr.kind = kind;
  result.expr.span = result.expr.head = span(node);
  const std::string_view text = tokens_.text(node.begin);
  result.expr.spelling = kind == AstKind::name ? std::string(text) : std::string();
  result.expr.text = kind == AstKind::string ? string_value(text) : canonical_name(text);
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::over(AstKind kind, Span span, Span head, Tall child) {
  Tall result;
  result.expr.kind = kind;
  result.expr.span = span;
  result.expr.head = head;
  result.height = child.height + 1;
  result.expr.children.push_back(std::move(child.expr));
  check_height(result, head);
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::binary(BinaryOp op, Span span, Span head, Tall left,
                                                  Tall right) {
  const int height = std::max(left.height, right.height) + 1;
  Tall result;
  result.expr.kind = AstKind::binary;
  result.expr.op = op;
  result.expr.span = span;
  result.expr.head = head;
  result.expr.children.reserve(2);
  result.expr.children.push_back(std::move(left.expr));
  result.expr.children.push_back(std::move(right.expr));
  result.height = height;
  check_height(result, head);
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::chain(const SyntaxNode& node) {
  Tall result = tall(*node.children[0]);
  for (std::size_t i = 2; i < node.children.size() && !failed_; i += 2) {
    const SyntaxNode& sign = *node.children[i - 1];
    Tall right = tall(*node.children[i]);
    const Span whole = tokens_.span(node.begin, node.children[i]->end);
    result = binary(binary_op(tokens_.tokens[sign.begin].kind), whole, span(sign),
                    std::move(result), std::move(right));
  }
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::signs(const SyntaxNode& node, AstKind kind) {
  Tall result = tall(*node.children.back());
  for (std::size_t i = node.children.size() - 1; i-- > 0 && !failed_;) {
    const SyntaxNode& sign = *node.children[i];
    if (tokens_.tokens[sign.begin].kind == TokenKind::plus) continue;
    result = over(kind, tokens_.span(sign.begin, node.end), span(sign), std::move(result));
  }
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::power(const SyntaxNode& node) {
  // Right associative, and a sign in an exponent spans all that follows: a^-b^c is a^(-(b^c)).
  const auto& parts = node.children;
  auto operand = [&](std::size_t i) -> const SyntaxNode& {
    return parts[i]->kind == SyntaxKind::sign_chain ? *parts[i]->children.back() : *parts[i];
  };
  Tall result = tall(operand(parts.size() - 1));
  for (std::size_t i = parts.size() - 1; i > 0 && !failed_; --i) {
    if (parts[i]->kind == SyntaxKind::sign_chain) {
      for (std::size_t j = parts[i]->children.size() - 1; j-- > 0 && !failed_;) {
        const SyntaxNode& sign = *parts[i]->children[j];
        if (tokens_.tokens[sign.begin].kind == TokenKind::plus) continue;
        result = over(AstKind::negate, tokens_.span(sign.begin, node.end), span(sign),
                      std::move(result));
      }
    }
    if (failed_) break;
    const Span caret = tokens_.tokens[parts[i]->begin - 1].span;
    const SyntaxNode& base = operand(i - 1);
    result = binary(BinaryOp::power, tokens_.span(base.begin, node.end), caret, tall(base),
                    std::move(result));
  }
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::postfix(const SyntaxNode& node) {
  Tall result = tall(*node.children[0]);
  for (std::size_t i = 1; i < node.children.size() && !failed_; ++i) {
    const SyntaxNode& suffix = *node.children[i];
    const Span whole = tokens_.span(node.begin, suffix.end);
    const bool constant =
        result.expr.kind == AstKind::number || result.expr.kind == AstKind::string;
    switch (suffix.kind) {
      case SyntaxKind::transpose:
        result = over(AstKind::transpose, whole, span(suffix), std::move(result));
        break;
      case SyntaxKind::superscript:
        result = superscript(suffix, whole, std::move(result));
        break;
      case SyntaxKind::field:
        if (constant) {
          error(span(suffix), "a constant has no fields");
          break;
        }
        result = over(AstKind::field, whole, span(*suffix.children[0]), std::move(result));
        result.expr.text = name(*suffix.children[0]).name;
        result.expr.spelling = name(*suffix.children[0]).spelling;
        break;
      default:  // an index
        if (constant) {
          error(span(suffix), "a constant cannot be indexed");
          break;
        }
        result = over(AstKind::index, whole, whole, std::move(result));
        for (const auto& child : suffix.children) add_child(result, *child);
        break;
    }
  }
  return result;
}

ExpressionBuilder::Tall ExpressionBuilder::superscript(const SyntaxNode& suffix, Span whole,
                                                       Tall base) {
  const Span here = span(suffix);
  const std::string exponent = exponent_of(tokens_.text(suffix.begin));
  if (exponent == "-1") {  // as on the page: Σ⁻¹ is the inverse
    Tall result = over(AstKind::call, whole, here, std::move(base));
    result.expr.text = "inv";
    result.expr.spelling = tokens_.text(suffix.begin);
    result.expr.argument_names.emplace_back();
    return result;
  }
  Tall power{number(exponent[0] == '-' ? exponent.substr(1) : exponent, here), 1};
  if (exponent[0] == '-') power = over(AstKind::negate, here, here, std::move(power));
  return binary(BinaryOp::power, whole, here, std::move(base), std::move(power));
}

ExpressionBuilder::Tall ExpressionBuilder::call(const SyntaxNode& node) {
  const AstName function = name(*node.children[0]);
  Tall result;
  result.expr.kind = AstKind::call;
  result.expr.span = span(node);
  result.expr.head = function.span;
  result.expr.text = function.name;
  result.expr.spelling = function.spelling;
  for (const auto& argument : node.children[1]->children) {
    if (failed_) break;
    if (argument->kind == SyntaxKind::by) {
      result.expr.by = names(*argument);
    } else {
      add_argument(*argument, result);
    }
  }
  return result;
}

void ExpressionBuilder::add_argument(const SyntaxNode& node, Tall& call) {
  auto& seen = call.expr.argument_names;
  if (node.kind == SyntaxKind::named_argument) {
    const AstName argument = name(*node.children[0]);
    if (std::find(seen.begin(), seen.end(), argument.name) != seen.end()) {
      error(argument.span, fmt::format("the argument `{}` is given twice", argument.spelling));
    }
    add_child(call, *node.children[1]);
    seen.push_back(argument.name);
    return;
  }
  if (!seen.empty() && !seen.back().empty()) {
    Diagnostic& d = error(span(node), "positional argument after a named one");
    d.hint = fmt::format("write the arguments without names first in {}(...)", call.expr.spelling);
  }
  if (node.kind == SyntaxKind::formula) {
    const Span tilde = tokens_.tokens[node.children[1]->begin - 1].span;
    Tall formula = over(AstKind::formula, span(node), tilde, tall(*node.children[0]));
    add_child(formula, *node.children[1]);
    call.height = std::max(call.height, formula.height + 1);
    call.expr.children.push_back(std::move(formula.expr));
  } else {
    add_child(call, node);
  }
  seen.emplace_back();
}

ExpressionBuilder::Tall ExpressionBuilder::bracket(const SyntaxNode& node) {
  Tall result;
  result.expr.kind = AstKind::bracket;
  result.expr.span = result.expr.head = span(node);
  for (const auto& row : node.children) {
    for (const auto& entry : row->children) {
      if (failed_) return result;
      add_child(result, *entry);
    }
    result.expr.row_lengths.push_back(static_cast<int>(row->children.size()));
  }
  // Row vectors are spliced in only where there is no `;`, so entries can be counted here.
  const auto& lengths = result.expr.row_lengths;
  for (std::size_t i = 1; i < lengths.size(); ++i) {
    if (lengths[i] == lengths[0]) continue;
    Diagnostic& d = error(span(*node.children[i]), "the rows of a bracket differ in length");
    d.label = fmt::format("row {} has {} {}, row 1 has {}", i + 1, lengths[i],
                          lengths[i] == 1 ? "entry" : "entries", lengths[0]);
    break;
  }
  return result;
}

void ExpressionBuilder::add_child(Tall& parent, const SyntaxNode& node) {
  if (failed_) return;
  Tall child = tall(node);
  parent.height = std::max(parent.height, child.height + 1);
  parent.expr.children.push_back(std::move(child.expr));
  check_height(parent, parent.expr.head);
}

void ExpressionBuilder::check_height(const Tall& tree, Span where) {
  if (failed_ || tree.height <= limits_.terms + 1) return;
  Diagnostic& d = error(where, "the expression is too long");
  d.code = ExitCode::limit;
  d.label = fmt::format("at most {} operators in a row", limits_.terms);
  d.hint = "define parts of it by statements of their own";
}

}  // namespace lmmdsl
