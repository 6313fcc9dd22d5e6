// Names of components: "1", "nitro", and for the columns of factors as R writes them,
// "varietyVictory", "nitro:varietyVictory"; of probabilities of levels "variety=Victory".
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
    } else if (coding == "level") {
      names.push_back(name + "=" + factor.levels[i]);
    } else if (coding == "full" || i != reference_level(coding, factor)) {
      names.push_back(name + factor.levels[i]);
    }
  }
  return names;
}

std::vector<std::string> coding_names(const Data& data, const Expr& e) {
  std::vector<std::string> names = {""};
  for (std::size_t k = 0; k < e->args.size(); ++k) {
    const SymbolId id = e->args[k]->symbol;
    const std::vector<std::string> own =
        codes_number(e->labels[k])
            ? std::vector<std::string>{e->labels[k].substr(e->labels[k].find(':') + 1)}
            : level_names((*data.model)[id].name, e->labels[k], data.factors[id]);
    std::vector<std::string> product;
    for (const std::string& last : own) {
      for (const std::string& before : names) {
        product.push_back(before.empty() ? last : before + ":" + last);
      }
    }
    names = std::move(product);
  }
  return names;
}

}  // namespace

std::vector<std::string> component_names(const Data& data, const Symbol& symbol) {
  std::vector<std::string> names;
  for (const ComponentName& name : symbol.component_names) {
    if (!name.coding) {
      names.push_back(name.text);
      continue;
    }
    for (const std::string& column : coding_names(data, name.coding)) {
      names.push_back(name.before + column + name.after);
    }
  }
  return names;
}

}  // namespace lmmdsl
