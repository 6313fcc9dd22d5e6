// Names of components: a design's columns name its coefficients, and a Normal statement hands them
// on between its value, mean and covariance, in both directions, until nothing changes. Two designs
// with different columns for one vector leave it without names.

#include "compiler/model/build.h"

namespace lmmdsl::resolution {

namespace {

const Dim& size_of(const Symbol& symbol) {
  return symbol.shape.kind == ShapeKind::row ? symbol.shape.cols : symbol.shape.rows;
}

}  // namespace

void name_components(Scope& s) {
  std::vector<bool> ambiguous(s.names.size(), false);
  bool changed = true;
  const auto give = [&](SymbolId id, const std::vector<ComponentName>& names) {
    Symbol& symbol = s.model.symbols[id];
    if (names.empty() || ambiguous[id] || symbol.shape.is_scalar()) return;
    if (!may_equal(size_of(symbol), count(names))) return;
    if (symbol.component_names.empty()) {
      symbol.component_names = names;
      changed = true;
    } else if (symbol.component_names != names && symbol.role == Role::parameter) {
      ambiguous[id] = true;
      changed = true;
    }
  };
  while (changed) {
    changed = false;
    for (const NamingFact& fact : s.naming) {
      if (fact.symbol < 0) continue;
      if (!fact.names.empty()) give(fact.symbol, fact.names);
      if (fact.like >= 0) {
        if (!ambiguous[fact.like]) give(fact.symbol, s.model[fact.like].component_names);
        if (!ambiguous[fact.symbol] && fact.names.empty()) {
          give(fact.like, s.model[fact.symbol].component_names);
        }
      }
    }
  }
  for (SymbolId id = 0; id < static_cast<SymbolId>(s.names.size()); ++id) {
    if (ambiguous[id]) s.model.symbols[id].component_names.clear();
  }
}

}  // namespace lmmdsl::resolution
