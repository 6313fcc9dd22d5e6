#include "compiler/model/model.h"

namespace lmmdsl {

SymbolId Model::find(const std::string& name) const {
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (symbols[i].name == name) return static_cast<SymbolId>(i);
  }
  return -1;
}

std::vector<SymbolId> Model::parameters() const {
  std::vector<SymbolId> ids;
  for (const Density& d : densities) {
    if (d.target >= 0) ids.push_back(d.target);
  }
  return ids;
}

std::vector<SymbolId> Model::derived() const {
  std::vector<SymbolId> ids;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (symbols[i].role == Role::derived) ids.push_back(static_cast<SymbolId>(i));
  }
  return ids;
}

Dim count(const std::vector<ComponentName>& names) {
  Dim n{0};
  for (const ComponentName& name : names) n = n + (name.coding ? name.coding->shape.cols : Dim{});
  return n;
}

Expr reference(const Model& model, SymbolId id) {
  const Symbol& s = model[id];
  return symbol(id, s.name, s.shape, s.plate, s.positive, s.symmetric);
}

std::string describe(const Model& model, const Plate& plate) {
  if (plate.rows) return "each row";
  if (plate.factors.empty()) return "once";
  if (plate.factors.size() == 1) return "each " + model[plate.factors.front()].spelling;
  const std::size_t n = plate.factors.size();
  std::string text = n == 2 ? "each pair of " : "each combination of ";
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) text += i + 1 == n ? " and " : ", ";
    text += model[plate.factors[i]].spelling;
  }
  return text;
}

}  // namespace lmmdsl
