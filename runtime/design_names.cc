// Names of design columns: "1", "nitro", and for factors as R writes them, "varietyVictory",
// "nitro:varietyVictory".
#include <algorithm>

#include "compiler/math/render.h"
#include "runtime/bind.h"

namespace lmmdsl {

std::size_t reference_level(const std::string& coding, const Factor& factor) {
  const auto colon = coding.find(':');
  if (colon == std::string::npos) return 0;
  const std::string label = coding.substr(colon + 1);
  for (std::size_t i = 0; i < factor.levels.size(); ++i) {
    if (label_matches(factor.levels[i], label)) return i;
  }
  return 0;  // check_labels has refused a label that is no level
}

namespace {

std::vector<std::string> level_names(const std::string& name, const std::string& coding,
                                     const Factor& factor) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < factor.levels.size(); ++i) {
    if (coding == "sum") {
      if (i + 1 < factor.levels.size()) names.push_back(name + std::to_string(i + 1));
    } else if (coding == "full" || i != reference_level(coding, factor)) {
      names.push_back(name + factor.levels[i]);
    }
  }
  return names;
}

std::vector<std::string> coding_names(const Data& data, const Expr& e) {
  std::string head;
  for (std::size_t k = e->labels.size(); k < e->args.size(); ++k) {
    head += render(e->args[k], data.model) + ":";
  }
  std::vector<std::string> names = {""};
  for (std::size_t k = 0; k < e->labels.size(); ++k) {
    const SymbolId id = e->args[k]->symbol;
    std::vector<std::string> product;
    for (const std::string& own :
         level_names((*data.model)[id].name, e->labels[k], data.factors[id])) {
      for (const std::string& before : names) {
        product.push_back(before.empty() ? own : before + ":" + own);
      }
    }
    names = std::move(product);
  }
  for (std::string& n : names) n = head + n;
  return names;
}

}  // namespace

std::vector<std::string> design_names(const Data& data, const Expr& design) {
  const Model& model = *data.model;
  if (design->op == Op::symbol && !design->shape.is_scalar() && model[design->symbol].definition) {
    return design_names(data, model[design->symbol].definition);
  }
  if (design->op == Op::coding) return coding_names(data, design);
  std::vector<std::string> names;
  if (design->op == Op::hcat) {
    for (const Expr& part : design->args) {
      const std::vector<std::string> more = design_names(data, part);
      names.insert(names.end(), more.begin(), more.end());
    }
    return names;
  }
  const std::string text = render(design, &model);
  if (design->shape.is_scalar()) return {text};
  const int n = data.length(design->shape.cols);
  for (int i = 1; i <= n; ++i) names.push_back(text + std::to_string(i));
  return names;
}

}  // namespace lmmdsl
