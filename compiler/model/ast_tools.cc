#include "compiler/model/ast_tools.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lmmdsl::resolution {

std::optional<double> literal(const AstExpr& e) {
  if (e.kind == AstKind::number) return e.number;
  if (e.kind == AstKind::negate && e.children[0].kind == AstKind::number) {
    return -e.children[0].number;
  }
  return std::nullopt;
}

std::optional<int> literal_int(const AstExpr& e, int least) {
  const std::optional<double> value = literal(e);
  if (!value || *value != std::floor(*value) || *value < least || *value > 1e6) return std::nullopt;
  return static_cast<int>(*value);
}

namespace {

std::optional<LeftQuantity> plain(const AstExpr& e) {
  if (e.kind == AstKind::name) return LeftQuantity{&e, nullptr, Transform::none};
  if (e.kind == AstKind::index && e.children[0].kind == AstKind::name) {
    return LeftQuantity{&e.children[0], &e, Transform::none};
  }
  return std::nullopt;
}

std::optional<LeftQuantity> with(std::optional<LeftQuantity> q, Transform transform) {
  if (q) q->transform = transform;
  return q;
}

}  // namespace

std::optional<LeftQuantity> quantity(const AstExpr& e) {
  if (is_binary(e, BinaryOp::power)) {
    const std::optional<double> exponent = literal(e.children[1]);
    if (exponent == 2.0) return with(plain(e.children[0]), Transform::square);
    if (exponent == -1.0) return with(plain(e.children[0]), Transform::inverse);
    if (exponent == -2.0) return with(plain(e.children[0]), Transform::reciprocal_square);
    return std::nullopt;
  }
  if (is_binary(e, BinaryOp::divide) && literal(e.children[0]) == 1.0) {
    const AstExpr& below = e.children[1];
    if (is_binary(below, BinaryOp::power) && literal(below.children[1]) == 2.0) {
      return with(plain(below.children[0]), Transform::reciprocal_square);
    }
    return with(plain(below), Transform::reciprocal);
  }
  if (e.kind == AstKind::call && e.children.size() == 1 && e.by.empty()) {
    if (e.text == "inv") return with(plain(e.children[0]), Transform::inverse);
    if (e.text == "log") return with(plain(e.children[0]), Transform::log);
  }
  return plain(e);
}

Extent extent(const Scope& s, const AstExpr& e) {
  if (e.kind == AstKind::name) {
    const SymbolId id = s.find(e.text);
    return id >= 0 && s[id].definition ? s[id].extent : Extent{};
  }
  Extent whole;
  for (const AstExpr& child : e.children) {
    const Extent part = extent(s, child);
    whole.terms += part.terms;
    whole.levels = std::max(whole.levels, part.levels);
  }
  return whole;
}

const AstExpr* family_within(const AstExpr& e) {
  if ((e.kind == AstKind::name || e.kind == AstKind::call) && find_family(e.text)) return &e;
  for (const AstExpr& child : e.children) {
    if (const AstExpr* found = family_within(child)) return found;
  }
  return nullptr;
}

namespace {

/// Binding strength, for the parentheses that source_text needs.
int strength(const AstExpr& e) {
  switch (e.kind) {
    case AstKind::binary:
      switch (e.op) {
        case BinaryOp::logical_or:
          return 1;
        case BinaryOp::logical_and:
          return 2;
        case BinaryOp::add:
        case BinaryOp::subtract:
          return 5;
        case BinaryOp::multiply:
        case BinaryOp::divide:
          return 6;
        case BinaryOp::power:
          return 8;
        default:
          return 4;
      }
    case AstKind::logical_not:
      return 3;
    case AstKind::negate:
      return 7;
    default:
      return 9;
  }
}

std::string bracketed(const AstExpr& e, int least) {
  const std::string text = source_text(e);
  return strength(e) < least ? "(" + text + ")" : text;
}

std::string list(const std::vector<AstExpr>& items, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < items.size(); ++i) {
    text += (i > from ? ", " : "") + source_text(items[i]);
  }
  return text;
}

}  // namespace

std::string source_text(const AstExpr& e) {
  switch (e.kind) {
    case AstKind::number:
      return e.text.empty() ? fmt::format("{}", e.number) : e.text;
    case AstKind::string:
      return "\"" + e.text + "\"";
    case AstKind::name:
      return e.text;
    case AstKind::identity:
      return e.children.empty() ? "I" : "I(" + source_text(e.children[0]) + ")";
    case AstKind::negate:
      return "-" + bracketed(e.children[0], 7);
    case AstKind::logical_not:
      return "not " + bracketed(e.children[0], 3);
    case AstKind::transpose:
      return bracketed(e.children[0], 9) + "'";
    case AstKind::binary: {
      const int own = strength(e);
      const bool power = e.op == BinaryOp::power;
      return bracketed(e.children[0], power ? own + 1 : own) +
             (power ? "^" : fmt::format(" {} ", symbol(e.op))) +
             bracketed(e.children[1], power ? 7 : own + 1);
    }
    case AstKind::index:
      return bracketed(e.children[0], 9) + "[" + list(e.children, 1) + "]";
    case AstKind::field:
      return bracketed(e.children[0], 9) + "." + e.text;
    case AstKind::call: {
      std::string text = e.text + "(" + list(e.children, 0);
      for (std::size_t i = 0; i < e.by.size(); ++i) text += (i ? ", " : ", by ") + e.by[i].name;
      return text + ")";
    }
    case AstKind::formula:
      return source_text(e.children[0]) + " ~ " + source_text(e.children[1]);
    case AstKind::bracket: {
      std::string text = "[";
      std::size_t i = 0;
      for (std::size_t r = 0; r < e.row_lengths.size(); ++r) {
        for (int c = 0; c < e.row_lengths[r]; ++c, ++i) {
          text += (c ? ", " : r ? "; " : "") + source_text(e.children[i]);
        }
      }
      return text + "]";
    }
  }
  return {};
}

}  // namespace lmmdsl::resolution
