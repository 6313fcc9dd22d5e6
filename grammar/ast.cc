#include "grammar/ast.h"

#include <fmt/core.h>

namespace lmmdsl {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string listed(const std::vector<AstName>& names) {
  std::string result;
  for (const AstName& name : names) result += ' ' + name.name;
  return result;
}

const char* word(ParamType type) {
  switch (type) {
    case ParamType::scalar:
      return "scalar";
    case ParamType::positive:
      return "positive";
    case ParamType::vector:
      return "vector";
    case ParamType::row:
      return "row";
    case ParamType::matrix:
      return "matrix";
    case ParamType::covariance:
      return "covariance";
  }
  return "";
}

/// Appends an expression as a list with the operator first: x + 1 is (+ x 1).
void write(const AstExpr& e, std::string& out) {
  auto children = [&](std::size_t first = 0) {
    for (std::size_t i = first; i < e.children.size(); ++i) {
      out += ' ';
      write(e.children[i], out);
    }
    out += ')';
  };
  switch (e.kind) {
    case AstKind::number:
      out += e.text;
      break;
    case AstKind::string:
      out += quoted(e.text);
      break;
    case AstKind::name:
      out += e.text;
      break;
    case AstKind::identity:
      if (e.children.empty()) {
        out += 'I';
      } else {
        out += "(I";
        children();
      }
      break;
    case AstKind::negate:
      out += "(neg", children();
      break;
    case AstKind::logical_not:
      out += "(not", children();
      break;
    case AstKind::transpose:
      out += "(transpose", children();
      break;
    case AstKind::binary:
      out += std::string("(") + symbol(e.op), children();
      break;
    case AstKind::index:
      out += "(index", children();
      break;
    case AstKind::field:
      out += "(field " + e.text, children();
      break;
    case AstKind::formula:
      out += "(formula", children();
      break;
    case AstKind::call:
      out += "(call " + e.text;
      for (std::size_t i = 0; i < e.children.size(); ++i) {
        out += ' ';
        if (!e.argument_names[i].empty()) out += e.argument_names[i] + '=';
        write(e.children[i], out);
      }
      if (!e.by.empty()) out += " (by" + listed(e.by) + ')';
      out += ')';
      break;
    case AstKind::bracket: {
      out += "(bracket";
      std::size_t next = 0;
      for (int length : e.row_lengths) {
        out += " (row";
        for (int i = 0; i < length; ++i) out += ' ', write(e.children[next++], out);
        out += ')';
      }
      out += ')';
      break;
    }
  }
}

void write(const Statement& s, std::string& out) {
  switch (s.kind) {
    case StatementKind::data:
      out += fmt::format("data{} : {}", listed(s.data.names), name(s.data.type));
      for (const auto& bound : s.data.bounds) {
        out += fmt::format(" ({} {})", symbol(bound.op), bound.value);
      }
      if (s.data.header) out += " from " + quoted(*s.data.header);
      break;
    case StatementKind::param:
      out += "param " + s.param.name.name;
      if (!s.param.plate.empty()) out += " (plate" + listed(s.param.plate) + ')';
      out += fmt::format(" : {}", word(s.param.type));
      for (const AstExpr& size : s.param.sizes) out += ' ', write(size, out);
      break;
    case StatementKind::latent:
      out += fmt::format("latent {} : factor ", s.latent.name.name);
      write(s.latent.levels, out);
      break;
    case StatementKind::title:
      out += "model " + quoted(s.title.title);
      break;
    case StatementKind::define:
      out += "define\n  ";
      write(s.define.lhs, out);
      out += "\n  ";
      write(s.define.rhs, out);
      break;
    case StatementKind::distribution:
      out += "distribution\n  ";
      write(s.distribution.lhs, out);
      if (!s.distribution.over.empty()) out += "\n  over" + listed(s.distribution.over);
      out += "\n  ";
      write(s.distribution.rhs, out);
      break;
  }
  out += '\n';
}

}  // namespace

const char* name(ColumnType type) {
  switch (type) {
    case ColumnType::real:
      return "real";
    case ColumnType::factor:
      return "factor";
    case ColumnType::count:
      return "count";
    case ColumnType::binary:
      return "binary";
  }
  return "";
}

const char* symbol(BinaryOp op) {
  switch (op) {
    case BinaryOp::add:
      return "+";
    case BinaryOp::subtract:
      return "-";
    case BinaryOp::multiply:
      return "*";
    case BinaryOp::divide:
      return "/";
    case BinaryOp::power:
      return "^";
    case BinaryOp::less:
      return "<";
    case BinaryOp::less_equal:
      return "<=";
    case BinaryOp::greater:
      return ">";
    case BinaryOp::greater_equal:
      return ">=";
    case BinaryOp::equal:
      return "==";
    case BinaryOp::not_equal:
      return "!=";
    case BinaryOp::logical_and:
      return "and";
    case BinaryOp::logical_or:
      return "or";
  }
  return "";
}

std::string to_text(const Ast& ast) {
  std::string result;
  for (const Statement& statement : ast.statements) write(statement, result);
  return result;
}

}  // namespace lmmdsl
