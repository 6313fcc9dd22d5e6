// Symbols of the model, and the expressions of definitions in the order of their dependence.

#include <fmt/format.h>

#include "compiler/model/ast_tools.h"
#include "compiler/model/build.h"

namespace lmmdsl::resolution {

namespace {

/// The symbol as far as names, plates and inferred shapes tell.
void complete_symbol(Scope& s, SymbolId id) {
  Name& n = s[id];
  Symbol& symbol = s.model.symbols[id];
  symbol.role = n.role;
  symbol.plate = n.plate;
  symbol.positive = n.positive && n.role == Role::parameter;
  symbol.symmetric = n.symmetric && n.role == Role::parameter;
  symbol.levels = n.levels;
  if (n.data) {
    symbol.column_type = n.data->type;
    for (const DataStatement::Bound& b : n.data->bounds) {
      symbol.bounds.push_back({b.op, b.value});
    }
    symbol.header = n.data->header ? *n.data->header : n.spelling;
  }
  if (n.role != Role::parameter || n.in_error) return;
  if (!n.shape.complete()) {
    if (!s.failed()) {
      const std::string kind = n.shape.kind == ShapeKind::vector   ? "vector(p)"
                               : n.shape.kind == ShapeKind::row    ? "row(p)"
                               : n.shape.kind == ShapeKind::matrix ? "covariance(p)"
                                                                   : "vector(p)";
      s.error(n.span, fmt::format("the size of {} is not known", quoted(n.spelling)),
              "nothing in the file says it",
              fmt::format("write  param {} : {}", s.indexed(id), kind));
    }
    n.in_error = true;
    return;
  }
  symbol.shape = finished(n.shape);
  if (symbol.shape.kind != ShapeKind::matrix) symbol.symmetric = false;
  if (!symbol.shape.is_scalar()) symbol.positive = false;
}

std::string subject_of(const Scope& s, const Statement& statement) {
  return s.text_of(statement.kind == StatementKind::define ? statement.define.lhs.span
                                                           : statement.distribution.lhs.span);
}

void define(Scope& s, SymbolId id, std::vector<NamingFact>& naming) {
  Name& n = s[id];
  Symbol& symbol = s.model.symbols[id];
  const Statement& statement = *n.definition;
  const AstExpr& rhs = statement.define.rhs;
  Context context;
  context.plate = n.plate;
  context.subject = subject_of(s, statement);
  context.statement = statement.span;
  // mean(x, by g) and fit.coef carry the plate of their `by`.
  const bool by_itself = statement.define.lhs.kind == AstKind::name && !n.plate.factors.empty();
  context.free = by_itself;
  Builder builder(s, context);
  if (n.role == Role::fit) {
    const auto [y, X] = builder.build_fit(rhs);
    if (!y || !X) n.in_error = true;
    return;
  }
  Value v = builder.build_complete(rhs);
  naming.insert(naming.end(), builder.naming.begin(), builder.naming.end());
  if (!v) {
    n.in_error = true;
    return;
  }
  symbol.definition = v.e;
  symbol.shape = v.e->shape;
  symbol.symmetric = v.e->symmetric;
  symbol.positive = v.e->positive;
  symbol.component_names = names_of(s, v);
  n.shape = known(v.e->shape);
  if (!symbol.shape.is_scalar()) naming.push_back({id, v.named_like, v.names});
  // A definition on the row plate may have turned out to be the same for all rows, and the reverse.
  if (n.plate.rows && v.e->plate.once()) n.plate = symbol.plate = once_plate();
}

}  // namespace

void create_symbols(Scope& s) {
  for (const Name& n : s.names) {
    Symbol symbol;
    symbol.name = n.name;
    symbol.spelling = n.spelling;
    symbol.span = n.span;
    symbol.role = n.role;
    s.model.symbols.push_back(std::move(symbol));
  }
}

void build_definitions(Scope& s) {
  for (SymbolId id = 0; id < static_cast<SymbolId>(s.names.size()); ++id) complete_symbol(s, id);
  for (SymbolId id : s.order) {
    Name& n = s[id];
    if (n.definition && !n.in_error) define(s, id, s.naming);
  }
}

}  // namespace lmmdsl::resolution
