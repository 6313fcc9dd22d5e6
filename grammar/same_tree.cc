#include "grammar/same_tree.h"

#include <algorithm>

namespace lmmdsl {

namespace {

bool same(const AstName& a, const AstName& b) { return a.name == b.name; }

template <class T, class Same>
bool same_list(const std::vector<T>& a, const std::vector<T>& b, Same equal) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

bool same_names(const std::vector<AstName>& a, const std::vector<AstName>& b) {
  return same_list(a, b, same);
}

bool same_expressions(const std::vector<AstExpr>& a, const std::vector<AstExpr>& b) {
  return same_list(a, b, [](const AstExpr& x, const AstExpr& y) { return same_tree(x, y); });
}

bool same_statement(const Statement& a, const Statement& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case StatementKind::data:
      return false;  // compared as columns
    case StatementKind::param:
      return same(a.param.name, b.param.name) && same_names(a.param.plate, b.param.plate) &&
             a.param.type == b.param.type && same_expressions(a.param.sizes, b.param.sizes);
    case StatementKind::latent:
      return same(a.latent.name, b.latent.name) && same_tree(a.latent.levels, b.latent.levels);
    case StatementKind::title:
      return a.title.title == b.title.title;
    case StatementKind::define:
      return same_tree(a.define.lhs, b.define.lhs) && same_tree(a.define.rhs, b.define.rhs);
    case StatementKind::distribution:
      return same_tree(a.distribution.lhs, b.distribution.lhs) &&
             same_names(a.distribution.over, b.distribution.over) &&
             same_tree(a.distribution.rhs, b.distribution.rhs);
  }
  return false;
}

struct DeclaredColumn {
  const AstName* name;
  const DataStatement* data;
  const std::string& header() const { return data->header ? *data->header : name->spelling; }
};

bool same_column(const DeclaredColumn& a, const DeclaredColumn& b) {
  auto same_bound = [](const DataStatement::Bound& x, const DataStatement::Bound& y) {
    return x.op == y.op && x.value == y.value;
  };
  return same(*a.name, *b.name) && a.data->type == b.data->type && a.header() == b.header() &&
         same_list(a.data->bounds, b.data->bounds, same_bound);
}

std::vector<DeclaredColumn> columns_of(const Ast& ast) {
  std::vector<DeclaredColumn> result;
  for (const Statement& statement : ast.statements) {
    if (statement.kind != StatementKind::data) continue;
    for (const AstName& name : statement.data.names) result.push_back({&name, &statement.data});
  }
  return result;
}

std::vector<const Statement*> others_of(const Ast& ast) {
  std::vector<const Statement*> result;
  for (const Statement& statement : ast.statements) {
    if (statement.kind != StatementKind::data) result.push_back(&statement);
  }
  return result;
}

}  // namespace

bool same_tree(const AstExpr& a, const AstExpr& b) {
  return a.kind == b.kind && a.text == b.text && a.op == b.op && a.number == b.number &&
         a.argument_names == b.argument_names && same_names(a.by, b.by) &&
         a.row_lengths == b.row_lengths && same_expressions(a.children, b.children);
}

bool same_tree(const Ast& a, const Ast& b) {
  return same_list(columns_of(a), columns_of(b), same_column) &&
         same_list(others_of(a), others_of(b),
                   [](const Statement* x, const Statement* y) { return same_statement(*x, *y); });
}

}  // namespace lmmdsl
