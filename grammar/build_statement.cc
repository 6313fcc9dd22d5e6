#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "grammar/build_expression.h"
#include "grammar/scan.h"

namespace lmmdsl {

namespace {

struct DataType {
  const char* name;
  ColumnType type;
};
constexpr DataType kDataTypes[] = {{"real", ColumnType::real},
                                   {"factor", ColumnType::factor},
                                   {"count", ColumnType::count},
                                   {"binary", ColumnType::binary}};

/// What other languages call these types.
constexpr std::pair<const char*, const char*> kOtherNames[] = {
    {"numeric", "real"}, {"double", "real"},     {"float", "real"},         {"number", "real"},
    {"int", "count"},    {"integer", "count"},   {"character", "factor"},   {"string", "factor"},
    {"text", "factor"},  {"category", "factor"}, {"categorical", "factor"}, {"group", "factor"},
    {"vector", "real"},  {"matrix", "real"},     {"array", "real"},         {"column", "real"},
    {"id", "factor"},    {"logical", "binary"},  {"bool", "binary"},        {"boolean", "binary"},
};

struct ParameterType {
  const char* name;
  ParamType type;
  int sizes;
  const char* form;
};
constexpr ParameterType kParamTypes[] = {
    {"scalar", ParamType::scalar, 0, "scalar"},
    {"positive", ParamType::positive, 0, "positive"},
    {"vector", ParamType::vector, 1, "vector(p)"},
    {"row", ParamType::row, 1, "row(p)"},
    {"matrix", ParamType::matrix, 2, "matrix(p, q)"},
    {"covariance", ParamType::covariance, 1, "covariance(p)"},
};

template <class Table>
auto find_by_name(const Table& table, const std::string& name) {
  return std::find_if(std::begin(table), std::end(table),
                      [&](const auto& row) { return name == row.name; });
}

template <class Table>
std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> result;
  for (const auto& row : table) result.push_back(row.name);
  return result;
}

std::string joined(const std::vector<std::string>& words) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : ", ") + word;
  return result;
}

class StatementBuilder {
 public:
  StatementBuilder(const StatementTokens& tokens, const ParseLimits& limits,
                   Diagnostics& diagnostics)
      : tokens_(tokens), build_(tokens, limits, diagnostics) {}

  std::optional<Statement> build(const SyntaxNode& node) {
    Statement result;
    result.span = build_.span(node);
    switch (node.kind) {
      case SyntaxKind::data:
        data(node, result);
        break;
      case SyntaxKind::param:
        param(node, result);
        break;
      case SyntaxKind::latent:
        latent(node, result);
        break;
      case SyntaxKind::title:
        result.kind = StatementKind::title;
        result.title.title = string_value(tokens_.text(node.children[0]->begin));
        break;
      default:
        relation(node, result);
        break;
    }
    if (build_.failed()) return std::nullopt;
    return result;
  }

 private:
  void unknown_type(const AstName& type, const std::vector<std::string>& known) {
    Diagnostic& d = build_.error(type.span, fmt::format("unknown type `{}`", type.spelling));
    d.label = "the types are " + joined(known);
    std::string meant = nearest(type.name, known);
    for (const auto& [other, ours] : kOtherNames) {
      const bool exists = std::find(known.begin(), known.end(), ours) != known.end();
      if (exists && type.name == other) meant = ours;
    }
    if (!meant.empty()) d.hint = fmt::format("did you mean `{}`?", meant);
  }

  void data(const SyntaxNode& node, Statement& result) {
    result.kind = StatementKind::data;
    DataStatement& data = result.data;
    std::size_t next = 0;
    const std::size_t colon = colon_of(node);
    while (node.children[next]->begin < colon)
      data.names.push_back(build_.name(*node.children[next++]));
    const AstName type = build_.name(*node.children[next++]);
    auto known = find_by_name(kDataTypes, type.name);
    if (known == std::end(kDataTypes)) {
      unknown_type(type, names_of(kDataTypes));
    } else {
      data.type = known->type;
    }
    for (; next < node.children.size(); ++next) {
      const SyntaxNode& part = *node.children[next];
      if (part.kind == SyntaxKind::bound) {
        bound(part, data);
      } else {
        data.header = string_value(tokens_.text(part.children[0]->begin));
        if (data.names.size() > 1) {
          Diagnostic& d = build_.error(build_.span(part), "`from` goes with a single column");
          d.hint = "declare the columns in statements of their own";
        }
      }
    }
  }

  /// The first `:` of a declaration.
  std::size_t colon_of(const SyntaxNode& node) const {
    std::size_t at = node.begin;
    while (tokens_.tokens[at].kind != TokenKind::colon) ++at;
    return at;
  }

  void bound(const SyntaxNode& node, DataStatement& data) {
    DataStatement::Bound bound;
    bound.span = build_.span(node);
    switch (tokens_.tokens[node.begin].kind) {
      case TokenKind::less:
        bound.op = BinaryOp::less;
        break;
      case TokenKind::less_equal:
        bound.op = BinaryOp::less_equal;
        break;
      case TokenKind::greater:
        bound.op = BinaryOp::greater;
        break;
      case TokenKind::greater_equal:
        bound.op = BinaryOp::greater_equal;
        break;
      default:
        build_.error(tokens_.tokens[node.begin].span, "a bound is one of < <= > >= and a number");
        return;
    }
    const std::string_view text = tokens_.text(node.end - 1);
    std::from_chars(text.data(), text.data() + text.size(), bound.value);
    if (tokens_.tokens[node.begin + 1].kind == TokenKind::minus) bound.value = -bound.value;
    data.bounds.push_back(bound);
  }

  void param(const SyntaxNode& node, Statement& result) {
    result.kind = StatementKind::param;
    ParamStatement& param = result.param;
    std::size_t next = 0;
    param.name = build_.name(*node.children[next++]);
    if (node.children[next]->kind == SyntaxKind::plate) {
      param.plate = build_.names(*node.children[next++]);
    }
    const AstName type = build_.name(*node.children[next++]);
    auto known = find_by_name(kParamTypes, type.name);
    if (known == std::end(kParamTypes)) return unknown_type(type, names_of(kParamTypes));
    param.type = known->type;
    if (next < node.children.size()) {
      for (const auto& size : node.children[next]->children) {
        param.sizes.push_back(build_.expression(*size));
      }
    }
    if (static_cast<int>(param.sizes.size()) != known->sizes) {
      Span span{type.span.begin, result.span.end};
      build_.error(span, fmt::format("the type is written `{}`", known->form));
    }
  }

  void latent(const SyntaxNode& node, Statement& result) {
    result.kind = StatementKind::latent;
    result.latent.name = build_.name(*node.children[0]);
    const AstName type = build_.name(*node.children[1]);
    if (type.name != "factor") {
      Diagnostic& d = build_.error(type.span, "an unobserved quantity of this kind is a factor");
      d.hint = fmt::format("latent {} : factor(3)", result.latent.name.spelling);
    }
    result.latent.levels = build_.expression(*node.children[2]);
  }

  void relation(const SyntaxNode& node, Statement& result) {
    const auto& parts = node.children;
    const bool has_over = parts[1]->kind == SyntaxKind::over;
    const Token& sign = tokens_.tokens[parts[has_over ? 2 : 1]->begin];
    AstExpr lhs = build_.expression(*parts[0]);
    AstExpr rhs = build_.expression(*parts[has_over ? 3 : 2]);
    if (build_.failed()) return;
    if (sign.kind == TokenKind::tilde) {
      result.kind = StatementKind::distribution;
      result.distribution.lhs = std::move(lhs);
      if (has_over) result.distribution.over = build_.names(*parts[1]);
      result.distribution.rhs = std::move(rhs);
      return;
    }
    result.kind = StatementKind::define;
    if (has_over) build_.error(build_.span(*parts[1]), "`over` goes with `~`, not with `=`");
    check_defined(lhs);
    result.define.lhs = std::move(lhs);
    result.define.rhs = std::move(rhs);
  }

  void check_defined(const AstExpr& lhs) {
    const AstExpr& inner = lhs.kind == AstKind::index ? lhs.children[0] : lhs;
    if (inner.kind == AstKind::name) return;
    if (inner.kind == AstKind::identity) {
      Diagnostic& d = build_.error(inner.span, "the reserved word `I` cannot be a name");
      d.label = "I is the identity matrix";
      return;
    }
    Diagnostic& d = build_.error(lhs.span, "only a name can be defined by `=`");
    d.hint = "write  name = ...  or  name[factor] = ...; a distribution is given by `~`";
  }

  const StatementTokens& tokens_;
  ExpressionBuilder build_;
};

}  // namespace

std::optional<Statement> build_statement(const SyntaxNode& root, const StatementTokens& tokens,
                                         const ParseLimits& limits, Diagnostics& diagnostics) {
  return StatementBuilder(tokens, limits, diagnostics).build(*root.children[0]);
}

std::optional<AstExpr> build_expression(const SyntaxNode& root, const StatementTokens& tokens,
                                        const ParseLimits& limits, Diagnostics& diagnostics) {
  ExpressionBuilder builder(tokens, limits, diagnostics);
  AstExpr result = builder.expression(*root.children[0]);
  if (builder.failed()) return std::nullopt;
  return result;
}

}  // namespace lmmdsl
