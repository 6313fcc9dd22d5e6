#include "compiler/model/patterns.h"

#include <fmt/format.h>

namespace lmmdsl {

Model with_patterns(const Model& model) {
  Model result = model;
  for (std::size_t k = 0; k < model.stated.size(); ++k) {
    Density& d = result.stated[k];
    if (d.response < 0 || d.value->shape.is_scalar() || d.observed) continue;
    const SymbolId id = static_cast<SymbolId>(result.symbols.size());
    Symbol pattern;
    pattern.name = "observed";
    for (int k = 2; result.find(pattern.name) >= 0; ++k)
      pattern.name = fmt::format("observed_{}", k);
    pattern.spelling = pattern.name;
    pattern.role = Role::pattern;
    pattern.span = d.span;
    pattern.column_type = ColumnType::factor;
    pattern.plate = factor_plate({id});
    pattern.shape = d.value->shape;
    result.symbols.push_back(std::move(pattern));
    d.observed = reference(result, id);
    if (d.plate.rows) d.plate = row_plate();
    // No rewrite speaks of vector responses: the density stands in the model as it was stated.
    for (Density& now : result.densities)
      if (now.response == d.response && now.span.begin == d.span.begin) now = d;
  }
  return result;
}

}  // namespace lmmdsl
