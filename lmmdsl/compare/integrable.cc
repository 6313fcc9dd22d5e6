#include "lmmdsl/compare/integrable.h"

#include <algorithm>

#include "compiler/derive/inline.h"
#include "compiler/math/dependence.h"

namespace lmmdsl {
namespace {

std::vector<SymbolId> mentioned(const Expr& inlined, const std::vector<SymbolId>& candidates) {
  std::vector<SymbolId> found;
  for (const SymbolId c : candidates)
    if (mentions(inlined, c)) found.push_back(c);
  return found;
}

/// The candidates that stand in the way of a joint Normal distribution in this density.
std::vector<SymbolId> obstacles(const Model& model, const Density& density,
                                const std::vector<SymbolId>& candidates) {
  std::vector<SymbolId> in_value;
  if (density.target < 0) in_value = mentioned(inline_derived(model, density.value), candidates);
  if (!in_value.empty()) return in_value;
  for (std::size_t k = 0; k < density.args.size(); ++k) {
    const std::vector<SymbolId> here =
        mentioned(inline_derived(model, density.args[k]), candidates);
    if (here.empty()) continue;
    if (k != 0 || density.family != FamilyId::normal) return here;
    Expr rest = inline_derived(model, density.args[0]);
    for (const SymbolId c : here) {
      const auto form = affine(rest, reference(model, c));
      const Affine* found = std::get_if<Affine>(&form);
      if (found == nullptr) return {c};
      const std::vector<SymbolId> others = mentioned(found->A, candidates);
      if (!others.empty()) return others;
      rest = found->b;
    }
  }
  return {};
}

}  // namespace

Integrable integrable(const Model& model, const std::vector<SymbolId>& candidates) {
  Integrable result;
  for (const SymbolId c : candidates) {
    const Density& prior = model.densities[static_cast<std::size_t>(model[c].prior)];
    const bool plain = prior.family == FamilyId::normal && prior.value->op == Op::symbol &&
                       !prior.lower && !prior.upper;
    (plain ? result.coefficients : result.others).push_back(c);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const Density& d : model.densities) {
      const std::vector<SymbolId> away = obstacles(model, d, result.coefficients);
      for (const SymbolId c : away) {
        std::erase(result.coefficients, c);
        result.others.push_back(c);
        changed = true;
      }
      if (changed) break;
    }
  }
  return result;
}

bool lies_within(const Data& data, const Plate& plate, SymbolId factor) {
  if (plate.once()) return false;
  if (plate.rows ||
      std::find(plate.factors.begin(), plate.factors.end(), factor) != plate.factors.end())
    return true;
  const std::vector<std::int32_t>& codes = data.factors[static_cast<std::size_t>(factor)].codes;
  const PlateElements& elements = data.plate(plate);
  std::vector<std::int32_t> level(elements.size, -1);
  for (std::size_t row = 0; row < data.rows(); ++row) {
    const std::int32_t e = elements.of_row[row];
    if (e < 0) continue;
    std::int32_t& known = level[static_cast<std::size_t>(e)];
    if (known >= 0 && known != codes[row]) return false;
    known = codes[row];
  }
  return true;
}

}  // namespace lmmdsl
