#include "compiler/model/model.h"

#include "grammar/listed_words.h"

namespace lmmdsl {

SymbolId Model::find(const std::string& name) const {
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (symbols[i].name == name) return static_cast<SymbolId>(i);
  }
  return -1;
}

namespace {

std::vector<SymbolId> targets(const std::vector<Density>& densities) {
  std::vector<SymbolId> ids;
  for (const Density& d : densities) {
    if (d.target >= 0) ids.push_back(d.target);
  }
  return ids;
}

}  // namespace

std::vector<SymbolId> Model::parameters() const { return targets(stated); }

std::vector<SymbolId> Model::unknowns() const { return targets(densities); }

const Density& stated_prior(const Model& model, SymbolId parameter) {
  for (const Density& d : model.stated)
    if (d.target == parameter) return d;
  return model.densities[model[parameter].prior];
}

std::vector<SymbolId> Model::derived() const {
  std::vector<SymbolId> ids;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (symbols[i].role == Role::derived) ids.push_back(static_cast<SymbolId>(i));
  }
  return ids;
}

const Density& density_at(const Model& model, int index) {
  const int n = static_cast<int>(model.densities.size());
  return index < n ? model.densities[index] : model.stated[index - n];
}

Model stated_model(const Model& model) {
  Model stated = model;
  stated.densities = model.stated;
  stated.rewrites.clear();
  while (!stated.symbols.empty() && stated.symbols.back().auxiliary) stated.symbols.pop_back();
  for (std::size_t d = 0; d < stated.densities.size(); ++d)
    if (stated.densities[d].target >= 0)
      stated.symbols[stated.densities[d].target].prior = static_cast<int>(d);
  return stated;
}

Dim count(const std::vector<ComponentName>& names) {
  Dim n{0};
  for (const ComponentName& name : names) n = n + (name.coding ? name.coding->shape.cols : Dim{});
  return n;
}

SymbolId unobserved_factor(const Model& model) {
  for (std::size_t id = 0; id < model.symbols.size(); ++id)
    if (model.symbols[id].levels > 0) return static_cast<SymbolId>(id);
  return -1;
}

Expr reference(const Model& model, SymbolId id) {
  const Symbol& s = model[id];
  return symbol(id, s.name, s.shape, s.plate, s.positive, s.symmetric);
}

std::string describe(const Model& model, const Plate& plate) {
  if (plate.rows && plate.missing) return "each row without " + model[plate.response].name;
  if (plate.rows) return "each row";
  if (plate.factors.empty()) return "once";
  if (plate.factors.size() == 1) return "each " + model[plate.factors.front()].spelling;
  std::vector<std::string> names;
  for (SymbolId f : plate.factors) names.push_back(model[f].spelling);
  return (names.size() == 2 ? "each pair of " : "each combination of ") + listed_words(names);
}

}  // namespace lmmdsl
