#include "compiler/model/hold.h"

#include <algorithm>
#include <functional>
#include <map>

#include "compiler/math/render.h"
#include "compiler/model/elementwise.h"

namespace lmmdsl {

namespace {

bool contains(const std::vector<SymbolId>& ids, SymbolId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

class Holder {
 public:
  explicit Holder(const Model& model) : original_(model), held_{model, {}} {
    for (const Density& d : model.densities)
      for (const auto& columns : response_columns(model, d))
        responses_.insert(responses_.end(), columns.begin(), columns.end());
  }

  Held run() {
    for (const Density& d : original_.densities)
      for (const Expr& a : d.args) name_held(a);
    if (held_.constants.empty()) return std::move(held_);
    // Copies are added to the symbols while definitions are rewritten.
    for (std::size_t id = 0; id < original_.symbols.size(); ++id) {
      if (original_.symbols[id].role != Role::derived) continue;
      const Expr definition = renewed(original_.symbols[id].definition);
      held_.model.symbols[id].definition = definition;
    }
    for (Density& d : held_.model.densities) {
      for (Expr& a : d.args) a = renewed(a);
      if (d.response < 0) continue;
      d.value = renewed(d.value);
      d.response = copy(d.response);
      if (d.plate.response >= 0) d.plate.response = d.response;
    }
    return std::move(held_);
  }

 private:
  /// Whether e mentions a response, itself or through definitions.
  bool mentions_response(const Expr& e) const {
    return std::any_of(e->symbols.begin(), e->symbols.end(), [&](SymbolId id) {
      const Symbol& s = original_[id];
      return contains(responses_, id) || (s.definition && mentions_response(s.definition));
    });
  }

  bool is_held(const Expr& e) const {
    return gathers(e->op) && is_constant(original_, e) && mentions_response(e);
  }

  /// Whether something held is part of e.
  bool has_held(const Expr& e) const {
    if (is_held(e)) return true;
    if (e->op == Op::symbol && original_[e->symbol].definition)
      return has_held(original_[e->symbol].definition);
    return std::any_of(e->args.begin(), e->args.end(), [&](const Expr& a) { return has_held(a); });
  }

  void name_held(const Expr& e) {
    const bool named = e->op == Op::symbol && original_[e->symbol].role == Role::constant;
    if (named || is_held(e)) {
      if (!has_held(e)) return;
      const std::string name = named ? original_[e->symbol].spelling : render(e, &original_);
      auto& names = held_.constants;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      return;
    }
    if (e->op == Op::symbol && original_[e->symbol].definition)
      name_held(original_[e->symbol].definition);
    for (const Expr& a : e->args) name_held(a);
  }

  /// A response, or a constant with a value for each row that is made of one.
  bool is_drawn(SymbolId id) const {
    const Symbol& s = original_[id];
    if (s.role == Role::column) return contains(responses_, id);
    if (s.role != Role::constant) return false;
    const std::vector<SymbolId> needed = elementwise_columns(original_, s.definition);
    return std::any_of(needed.begin(), needed.end(),
                       [&](SymbolId column) { return contains(responses_, column); });
  }

  SymbolId copy(SymbolId id) {
    const auto found = copies_.find(id);
    if (found != copies_.end()) return found->second;
    Symbol symbol = original_[id];
    if (symbol.definition) symbol.definition = renewed(symbol.definition);
    const auto made = static_cast<SymbolId>(held_.model.symbols.size());
    held_.model.symbols.push_back(std::move(symbol));
    return copies_[id] = made;
  }

  /// e with copies in the place of what is drawn, outside what is held.
  Expr renewed(const Expr& e) {
    return rewrite(e, [&](const Expr& part) -> Expr {
      if (gathers(part->op) && is_constant(original_, part)) return part;
      if (part->op != Op::symbol || !is_drawn(part->symbol)) return nullptr;
      const SymbolId id = copy(part->symbol);
      return at(reference(held_.model, id), part->span);
    });
  }

  const Model& original_;
  std::vector<SymbolId> responses_;
  std::map<SymbolId, SymbolId> copies_;
  Held held_;
};

}  // namespace

std::vector<std::vector<SymbolId>> response_columns(const Model& model, const Density& density) {
  std::vector<std::vector<SymbolId>> columns;
  const std::function<void(const Expr&)> visit = [&](const Expr& e) {
    if (e->op == Op::vcat || e->op == Op::hcat || e->op == Op::gather || e->op == Op::transpose) {
      for (const Expr& a : e->args) visit(a);
    } else if (e->op == Op::symbol && model[e->symbol].definition) {
      visit(model[e->symbol].definition);
    } else {
      columns.push_back(elementwise_columns(model, e));
      if (contains(columns.back(), density.response)) columns.back() = {density.response};
    }
  };
  if (density.response >= 0) visit(density.value);
  return columns;
}

Held hold_functions_of_responses(const Model& model) {
  // Auxiliary variables come again when the result is compiled.
  const Model stated = stated_model(model);
  return Holder(stated).run();
}

}  // namespace lmmdsl
